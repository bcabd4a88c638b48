"""Many tills at once, on real connections with real commits (R41, R43, R48)."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, record_purchases, record_return
from loyalty.models import LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations import commit_redemption, release_redemption, reserve_redemption
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import BUYER, FAR, sale


def sell(business_id, now, rial, hint=BUYER):
    with acting_for(business_id):
        new = sale(rial, customer=hint, at=now)
        [outcome] = record_purchases(purchases=[new], source="api", now=now)
        return outcome


def reserve(business_id, customer, points, now):
    try:
        with acting_for(business_id):
            return reserve_redemption(customer_id=customer, points=points, now=now).id
    except Problem as refusal:
        return refusal.code


def test_twenty_tills_never_spend_a_wallet_twice(in_parallel, business, now):
    """Rule R41. Complaint 4.3."""
    customer = sell(business.id, now, 5_000_000).customer_id
    outcomes = in_parallel(*[partial(reserve, business.id, customer, 7, now)] * 20)
    refused = [one for one in outcomes if one == "insufficient_points"]
    assert len(outcomes) - len(refused) == 7
    assert len(refused) == 13
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 1
        assert broken(now + FAR) == []


def test_a_hold_is_either_committed_or_released(in_parallel, business, now):
    """Rule R43."""
    customer = sell(business.id, now, 1_000_000).customer_id
    hold = reserve(business.id, customer, 10, now)

    def attempt(operation):
        try:
            with acting_for(business.id):
                return operation(redemption_id=hold, now=now).state
        except Problem as refusal:
            return refusal.code

    works = [partial(attempt, commit_redemption), partial(attempt, release_redemption)] * 5
    outcomes = set(in_parallel(*works))
    with acting_for(business.id):
        state = Redemption.objects.get().state
        assert outcomes in (
            {"committed", "redemption_committed"},
            {"released", "redemption_released"},
        )
        assert state in outcomes
        assert Wallet.objects.get().balance_points == (0 if state == "committed" else 10)
        assert broken(now + FAR) == []


def test_what_is_undone_many_times_at_once_comes_back_once(in_parallel, business, now):
    """One return told by many, and many returns of all of it, in the same moment. Complaint 4.3."""
    customer = sell(business.id, now, 1_000_000).customer_id
    hold = reserve(business.id, customer, 10, now)
    bought = sell(business.id, now, 2_000_000).purchase_id
    with acting_for(business.id):
        commit_redemption(redemption_id=hold, purchase_id=bought, now=now)

    def back(number):
        try:
            with acting_for(business.id):
                record_return(purchase_id=bought, external_id=number, now=now)
                return "returned"
        except Problem as refusal:
            return refusal.code

    outcomes = in_parallel(*[partial(back, number) for number in ["same"] * 6 + list("abcd")])
    assert set(outcomes) <= {"returned", "invalid_amount"}  # nothing is left to come back
    with acting_for(business.id):
        assert Redemption.objects.get().returned_points == 10
        assert Wallet.objects.get().balance_points == 10
        assert LedgerEntry.objects.filter(kind="release").count() == 1
        assert LedgerEntry.objects.filter(kind="clawback").count() == 1
        assert broken(now + FAR) == []


def test_selling_spending_and_returning_at_once_keeps_the_sums(in_parallel, business, now):
    first = sell(business.id, now, 9_000_000)

    def back(number):
        with acting_for(business.id):
            record_return(
                purchase_id=first.purchase_id,
                external_id=str(number),
                amount_rial=1_000_000,
                now=now,
            )

    works = [
        *[partial(sell, business.id, now, 1_050_000)] * 6,
        *[partial(reserve, business.id, first.customer_id, 20, now)] * 6,
        *[partial(back, number) for number in range(6)],
    ]
    in_parallel(*works)
    with acting_for(business.id):
        assert broken(now + FAR) == []
        assert Lot.objects.get(id=first.purchase_id).reversed_points == 60
        assert LedgerEntry.objects.filter(kind="earn").count() == 7


def test_batches_naming_the_same_customers_in_any_order_do_not_deadlock(in_parallel, business, now):
    """Rule R48."""
    hints = [CustomerHint(mobile=f"0912000{n:04}") for n in range(30)]

    def batch(order):
        with acting_for(business.id):
            news = [sale(200_000, customer=hint, at=now) for hint in order]
            made = record_purchases(purchases=news, source="api", now=now)
            return [one.error for one in made]

    batch(hints)
    outcomes = in_parallel(*[partial(batch, hints), partial(batch, hints[::-1])] * 4)
    assert all(error is None for errors in outcomes for error in errors)
    with acting_for(business.id):
        assert set(Wallet.objects.values_list("balance_points", flat=True)) == {18}
        assert broken(now + FAR) == []
