"""Merges on real connections with real commits (R48, R62)."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Customer, CustomerMerge
from customers.operations import (
    CustomerHint,
    merge_customers,
    record_purchases,
    record_return,
    undo_merge,
)
from customers.queries.invariants import broken as customers_broken
from loyalty.models import Lot, Wallet
from loyalty.operations import reserve_redemption
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR, sale

ONE, OTHER = CustomerHint(mobile="09121111111"), CustomerHint(mobile="09122222222")


def sell(business_id, now, hint, rial=1_000_000):
    with acting_for(business_id):
        new = sale(rial, customer=hint, at=now)
        [outcome] = record_purchases(purchases=[new], source="api", now=now)
        assert outcome.error is None
        return outcome


def attempt(business_id, act):
    try:
        with acting_for(business_id):
            return act()
    except Problem as refusal:
        return refusal.code


def whole(business_id, now):
    with acting_for(business_id):
        assert broken(now + FAR) == []
        assert customers_broken(now) == []


def test_r62_two_merges_of_the_same_people_at_once_are_one(in_parallel, business, now):
    one = sell(business.id, now, ONE).customer_id
    other = sell(business.id, now, OTHER).customer_id

    def merge(stays, goes):
        return attempt(
            business.id,
            lambda: merge_customers(survivor_id=stays, merged_id=goes, now=now).id,
        )

    outcomes = in_parallel(*[partial(merge, one, other), partial(merge, other, one)] * 3)
    assert outcomes.count("customer_closed") == 5
    with acting_for(business.id):
        assert CustomerMerge.objects.count() == 1
        assert Customer.objects.filter(status="merged").count() == 1
        assert sorted(Wallet.objects.values_list("balance_points", flat=True)) == [0, 20]
    whole(business.id, now)


def test_r62_a_merge_while_tills_sell_and_redeem_loses_nothing(in_parallel, business, now):
    one = sell(business.id, now, ONE, 3_000_000)
    other = sell(business.id, now, OTHER, 3_000_000)

    def spend(customer):
        hold = attempt(
            business.id,
            lambda: reserve_redemption(customer_id=customer, points=5, now=now).id,
        )
        return hold if isinstance(hold, str) else "held"

    def back():
        return attempt(
            business.id,
            lambda: record_return(
                purchase_id=other.purchase_id, external_id="1", amount_rial=1_000_000, now=now
            ),
        )

    works = [
        partial(
            attempt,
            business.id,
            lambda: merge_customers(
                survivor_id=one.customer_id, merged_id=other.customer_id, now=now
            ),
        ),
        *[partial(sell, business.id, now, OTHER)] * 6,
        *[partial(sell, business.id, now, ONE)] * 3,
        *[partial(spend, other.customer_id), partial(spend, one.customer_id)] * 2,
        back,
    ]
    outcomes = in_parallel(*works)
    held = sum(1 for one in outcomes if one == "held")
    with acting_for(business.id):
        stays = Wallet.objects.get(id=one.customer_id)
        assert stays.balance_points == 60 + 90 - 10 - 5 * held
        assert set(Lot.objects.values_list("customer_id", flat=True)) == {one.customer_id}
        assert Customer.objects.count() == 2
    whole(business.id, now)


def test_r62_an_undoing_while_tills_sell_and_redeem_loses_nothing(in_parallel, business, now):
    one = sell(business.id, now, ONE, 3_000_000)
    other = sell(business.id, now, OTHER, 3_000_000)
    with acting_for(business.id):
        merge = merge_customers(
            survivor_id=one.customer_id, merged_id=other.customer_id, now=now
        ).id

    def spend(customer):
        hold = attempt(
            business.id,
            lambda: reserve_redemption(customer_id=customer, points=5, now=now).id,
        )
        return hold if isinstance(hold, str) else "held"

    works = [
        *[partial(attempt, business.id, lambda: undo_merge(merge_id=merge, now=now).id)] * 2,
        *[partial(sell, business.id, now, OTHER)] * 4,
        *[partial(sell, business.id, now, ONE)] * 4,
        *[partial(spend, other.customer_id), partial(spend, one.customer_id)] * 2,
    ]
    outcomes = in_parallel(*works)
    held = sum(1 for one in outcomes if one == "held")
    assert outcomes.count("merge_undone") == 1
    with acting_for(business.id):
        spendable = sum(Wallet.objects.values_list("balance_points", flat=True))
        assert spendable == 60 + 80 - 5 * held
    whole(business.id, now)
