"""A sale and a return of one customer take cards, pools and wallets in one order (rule R41)."""

from functools import partial
from threading import Event

import pytest

from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import record_purchases, record_return
from loyalty.models import CouponPool, GiftCard, Wallet
from loyalty.operations.coupons import reserve_coupon
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.operations.held import give_held_back
from loyalty.queries.invariants import broken
from loyalty.queries.programme import program
from tests.loyalty.conftest import FAR
from tests.loyalty.coupons.conftest import basket, make, person, sale_of
from tests.loyalty.gift_cards.conftest import issue_cards, sale_with

_PATIENCE = 3


@pytest.fixture
def asked(monkeypatch):
    """Let a sale and a return go on together once each has what the other needs next.

    Return the list of times a sale was judged: one that PostgreSQL ended is judged again.
    """
    judged, of_sale, of_return = [], Event(), Event()

    def sale_has_its_cards():
        judged.append(1)
        of_sale.set()
        of_return.wait(_PATIENCE)
        return program()

    def return_has_its_wallet(**named):
        of_return.set()
        of_sale.wait(_PATIENCE)
        return give_held_back(**named)

    def begin():
        judged.clear()
        of_sale.clear()
        of_return.clear()
        monkeypatch.setattr("loyalty.operations.held.program", sale_has_its_cards)
        monkeypatch.setattr("loyalty.subscribers.points.give_held_back", return_has_its_wallet)
        return judged

    return begin


def sell(business_id, new, now):
    with acting_for(business_id):
        [outcome] = record_purchases(purchases=[new], source="till", now=now)
        assert outcome.error is None
        return outcome.purchase_id


def back(business_id, purchase_id, now):
    with acting_for(business_id):
        record_return(purchase_id=purchase_id, external_id=str(new_id()), now=now)


def at_once(in_parallel, business, asked, first, second, now):
    """Return the first sale while the second is recorded; neither may be ended by the other."""
    judged = asked()
    in_parallel(partial(back, business.id, first, now), partial(sell, business.id, second, now))
    assert judged == [1]


def test_r41_a_return_to_a_card_and_a_sale_with_it_never_wait_in_a_circle(
    in_parallel, business, now, asked
):
    with acting_for(business.id):
        [code] = issue_cards(now).codes
        one, two = (
            reserve_gift_card(code=code, most_rial=rial, exact=True, now=now)
            for rial in (300_000, 200_000)
        )
    first = sell(business.id, sale_with(400_000, [(one.id, 300_000)]), now)
    second = sale_with(700_000, [(two.id, 200_000)])
    at_once(in_parallel, business, asked, first, second, now)
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 800_000
        assert Wallet.objects.get().balance_points == 7
        assert broken(now + FAR) == []


def test_r41_a_coupon_given_back_and_used_never_wait_in_a_circle(in_parallel, business, now, asked):
    with acting_for(business.id):
        make(now, most_uses=9)
        of = basket(1_000_000, customer_id=person(now))
        sales = []
        for _sale in range(2):
            use, told = reserve_coupon(code="YALDA", basket=of, now=now)
            sales.append(sale_of(use.id, of, told.of_lines))
    first = sell(business.id, sales[0], now)
    at_once(in_parallel, business, asked, first, sales[1], now)
    with acting_for(business.id):
        assert CouponPool.objects.get().taken == 1
        assert Wallet.objects.get().balance_points == 9
        assert broken(now + FAR) == []
