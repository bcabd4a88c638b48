"""Many tills and one coupon, on real connections (R41, R42, R43)."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import record_return
from loyalty.models import CouponPool, CouponUse
from loyalty.operations.coupons import release_coupon, reserve_coupon
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.coupons.conftest import basket, make, record, sale_of, sell_with


def attempt(business_id, call):
    try:
        with acting_for(business_id):
            return call()
    except Problem as refusal:
        return refusal.code


def test_twelve_tills_never_use_a_coupon_oftener_than_promised(in_parallel, business, now):
    """R41."""
    with acting_for(business.id):
        make(now, most_uses=5)

    def till():
        return sell_with("YALDA", basket(100_000), now, None).error

    outcomes = in_parallel(*[partial(attempt, business.id, till)] * 12)
    assert sorted(map(str, outcomes)) == ["None"] * 5 + ["coupon_used_up"] * 7
    with acting_for(business.id):
        assert CouponPool.objects.get().taken == 5
        assert broken(now + FAR) == []


def test_a_hold_is_spent_or_released(in_parallel, business, now):
    """R43."""
    with acting_for(business.id):
        make(now)
        of = basket(100_000)
        use, told = reserve_coupon(code="YALDA", basket=of, now=now)

    def sell():
        outcome = record(sale_of(use.id, of, told.of_lines, None), now)
        return outcome.error.code if outcome.error else "sold"

    def release():
        return release_coupon(use_id=use.id, now=now).state

    works = [partial(attempt, business.id, sell), partial(attempt, business.id, release)] * 3
    outcomes = in_parallel(*works)
    with acting_for(business.id):
        state, taken = CouponUse.objects.get().state, CouponPool.objects.get().taken
        assert (state, taken) in {("committed", 1), ("released", 0)}
        assert (outcomes.count("sold") == 1) == (state == "committed")


def test_a_whole_return_gives_it_back_once(in_parallel, business, now):
    """R23."""
    with acting_for(business.id):
        made = make(now, code="", count=1)
        sold = sell_with(made.codes[0], basket(900_000), now)
        sale_id = sold.purchase_id
        assert sale_id is not None

    def back(number):
        record_return(purchase_id=sale_id, external_id=str(number), amount_rial=90_000, now=now)

    in_parallel(*[partial(attempt, business.id, partial(back, n)) for n in range(9)])
    with acting_for(business.id):
        assert CouponPool.objects.get().taken == 0
        assert CouponUse.objects.exclude(again_until=None).count() == 1
        assert broken(now + FAR) == []


def test_r23_a_sale_of_nothing_undone_at_many_tills_comes_back_once(in_parallel, business, now):
    """R23, R42: one return of nothing; the others find nothing left, and none is lost."""
    with acting_for(business.id):
        make(now, percent=100, most_uses=1)
        sold = sell_with("YALDA", basket(100_000), now)
        assert sold.error is None
        sale_id = sold.purchase_id
        assert sale_id is not None

    def back(number):
        return record_return(purchase_id=sale_id, external_id=str(number), now=now).amount_rial

    works = [partial(attempt, business.id, partial(back, n)) for n in range(8)]
    outcomes = in_parallel(*works)
    assert sorted(map(str, outcomes)) == ["0"] + ["return_exceeds_purchase"] * 7
    with acting_for(business.id):
        assert CouponPool.objects.get().taken == 0
        assert CouponUse.objects.exclude(again_until=None).count() == 1
        assert broken(now + FAR) == []
