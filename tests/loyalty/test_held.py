"""What a sale uses stays held from its verdict until it stands (R43)."""

import threading

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import record_purchases
from customers.operations.purchases import record as recording
from customers.operations.purchases import resolve as resolving
from loyalty.models import CouponUse, GiftCardUse
from loyalty.operations.coupons import release_coupon, reserve_coupon
from loyalty.operations.gift_cards import release_gift_card, reserve_gift_card
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.coupons.conftest import basket, make, sale_of
from tests.loyalty.gift_cards.conftest import issue_cards, sale_with

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def meanwhile(monkeypatch, in_parallel, business):
    """Return how to sell while somebody else lets go, after the verdict and before the sale."""
    resolve = resolving.resolve

    def sell(new, release, now):
        told: list[str] = []

        def let_go():
            def run():
                try:
                    with acting_for(business.id):
                        release()
                    told.append("released")
                except Problem as refusal:
                    told.append(refusal.code)

            in_parallel(run)

        other = threading.Thread(target=let_go)

        def resolved(*arguments):
            other.start()
            other.join(0.7)
            return resolve(*arguments)

        monkeypatch.setattr(recording, "resolve", resolved)
        with acting_for(business.id):
            [sold] = record_purchases(purchases=[new], source="till", now=now)
        other.join()
        assert sold.error is None
        return told

    return sell


def test_a_gift_card_let_go_meanwhile_pays_all_the_same(meanwhile, business, now):
    with acting_for(business.id):
        issued = issue_cards(now, 1_000_000)
        use = reserve_gift_card(code=issued.codes[0], most_rial=10**6, exact=True, now=now)

    def release():
        release_gift_card(use_id=use.id, now=now)

    assert meanwhile(sale_with(10**6, [(use.id, 10**6)]), release, now) == ["gift_card_spent"]
    with acting_for(business.id):
        assert GiftCardUse.objects.get().state == "committed"
        assert broken(now + FAR) == []


def test_a_coupon_let_go_meanwhile_is_spent_all_the_same(meanwhile, business, now):
    with acting_for(business.id):
        make(now)
        of = basket(100_000)
        use, told = reserve_coupon(code="YALDA", basket=of, now=now)

    def release():
        release_coupon(use_id=use.id, now=now)

    assert meanwhile(sale_of(use.id, of, told.of_lines, None), release, now) == ["coupon_spent"]
    with acting_for(business.id):
        assert CouponUse.objects.get().state == "committed"
        assert broken(now + FAR) == []
