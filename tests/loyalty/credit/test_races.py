"""Many tills and one customer's store credit, on real connections (R41, R42, R48)."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import record_purchases, record_return
from loyalty.models import StoreCredit
from loyalty.operations.credit import credit_return, hold_store_credit
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.credit.conftest import filled, has, known, sale_by_credit, switch_on


def attempt(business_id, call):
    try:
        with acting_for(business_id):
            return call()
    except Problem as refusal:
        return refusal.code


def test_twelve_tills_spend_exactly_what_there_is(in_parallel, business, now):
    """Rule R41, complaint 4.3: three fillings, one balance, nobody gets a rial too much."""
    with acting_for(business.id):
        switch_on(now)
        sara = known(now)
        for rial in (400_000, 350_000, 250_000):
            filled(sara, now, rial)

    def till():
        uses = hold_store_credit(customer_id=sara, most_rial=100_000, exact=True, now=now)
        [sold] = record_purchases(purchases=[sale_by_credit(150_000, uses)], source="till", now=now)
        return sold.error

    outcomes = in_parallel(*[partial(attempt, business.id, till)] * 12)
    expected = ["None"] * 10 + ["insufficient_store_credit"] * 2
    assert sorted(map(str, outcomes)) == expected
    with acting_for(business.id):
        assert has(sara, now) == 0
        assert broken(now + FAR) == []


def test_many_fillings_at_once_never_pass_the_cap_and_a_number_fills_once(
    in_parallel, business, now
):
    """Rule R42."""
    with acting_for(business.id):
        switch_on(now, most_rial=500_000)
        sara = known(now)

    def fill(number):
        filled(sara, now, 100_000, external_id=str(number % 8))
        return "filled"

    in_parallel(*[partial(attempt, business.id, partial(fill, n)) for n in range(16)])
    with acting_for(business.id):
        assert has(sara, now) == 500_000
        assert StoreCredit.objects.count() == 5
        assert broken(now + FAR) == []


def test_r42_one_number_at_once_fills_once_and_is_told_the_same(in_parallel, business, now):
    """Rule R42: without a cap nobody waits for anybody before the number's own key."""
    with acting_for(business.id):
        switch_on(now)
        sara = known(now)

    def fill():
        return filled(sara, now, 100_000, external_id="one").id

    told = in_parallel(*[partial(attempt, business.id, fill)] * 8)
    assert len(set(told)) == 1
    with acting_for(business.id):
        assert has(sara, now) == 100_000
        assert broken(now + FAR) == []


def test_returns_sales_and_fillings_at_once_lose_nothing(in_parallel, business, now):
    """Rule R48: everybody locks in one order, so nobody waits for ever."""
    with acting_for(business.id):
        switch_on(now, most_rial=10**9)
        sara = known(now)
        filled(sara, now, 1_000_000)
        uses = hold_store_credit(customer_id=sara, most_rial=400_000, exact=True, now=now)
        [sold] = record_purchases(purchases=[sale_by_credit(900_000, uses)], source="till", now=now)
    sale_id = sold.purchase_id
    assert sale_id is not None

    def back(number):
        if number % 2:
            credit_return(
                purchase_id=sale_id,
                external_id=str(number),
                amount_rial=100_000,
                by="t",
                now=now,
            )
        else:
            record_return(
                purchase_id=sale_id, external_id=str(number), amount_rial=100_000, now=now
            )

    def spend():
        uses = hold_store_credit(customer_id=sara, most_rial=50_000, exact=True, now=now)
        record_purchases(purchases=[sale_by_credit(50_000, uses)], source="till", now=now)

    works = [partial(attempt, business.id, partial(back, n)) for n in range(8)]
    works += [partial(attempt, business.id, spend)] * 4
    works += [partial(attempt, business.id, partial(filled, sara, now, 10_000))] * 4
    in_parallel(*works)
    with acting_for(business.id):
        credited = sum(
            StoreCredit.objects.filter(source="return").values_list("amount_rial", flat=True)
        )
        # Eight ninths of the sale are back: so much of the credit that paid for it went home.
        assert has(sara, now) == 600_000 + 800_000 * 4 // 9 + credited - 200_000 + 40_000
        assert broken(now + FAR) == []
