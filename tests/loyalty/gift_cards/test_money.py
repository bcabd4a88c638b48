"""Gift cards behind a payment link, and money refunds of sales a card paid a part of (R24, N8)."""

from datetime import timedelta

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase, Return
from customers.operations import (
    NewLine,
    NewPurchase,
    NewReturnLine,
    NewTender,
    record_purchases,
)
from loyalty.models import GiftCard, Lot
from loyalty.operations.gift_cards import (
    NewGiftCards,
    issue_gift_cards,
    reserve_gift_card,
    take_back_issue,
)
from loyalty.queries.invariants import broken
from payments.models import MoneyEntry, Payment, Transfer
from payments.operations import expire_payment
from payments.operations.refunds import preview_refund, run_until_it_waits
from payments.queries.invariants import broken as broken_payments
from tests.loyalty.gift_cards.conftest import issue_cards
from tests.payments.conftest import bank, poll, shop, shop_of
from tests.payments.refunds.conftest import out, refunds
from tests.sandbox_server import fresh_sandbox, sandbox

__all__ = ["bank", "fresh_sandbox", "out", "poll", "refunds", "sandbox", "shop", "shop_of"]

FAR = timedelta(days=4000)


@pytest.fixture
def well(refunds):
    """Afterwards money and cards agree."""
    yield
    with acting_for(refunds.business_id):
        assert broken(refunds.now + FAR) == []
        assert broken_payments(refunds.now) == []


def by_link(shop, count=2):
    """Ask for cards by a link; return what was made and its payment."""
    with acting_for(shop.business.id):
        new = NewGiftCards(name="یلدا", amount_rial=450_000, count=count, paid_by="link")
        made = issue_gift_cards(new=new, by="t", now=shop.now)
        return made, Payment.objects.get(pay_token=made.pay_token)


def states():
    return set(GiftCard.objects.values_list("state", "balance_rial"))


def test_cards_behind_a_link_wait_for_their_money(refunds, well):
    shop = refunds.shop
    _made, payment = by_link(shop)
    with acting_for(shop.business.id):
        assert states() == {("waiting", 0)}
    shop.come_back(shop.pay(payment))
    with acting_for(shop.business.id):
        assert states() == {("active", 450_000)}
        assert not Purchase.objects.exists()
        assert not Lot.objects.exists()
        owed = MoneyEntry.objects.filter(account="gift_cards")
        assert sum(owed.values_list("amount_rial", flat=True)) == -900_000


def test_cards_nobody_paid_for_in_time_are_void(refunds, well):
    shop = refunds.shop
    _made, payment = by_link(shop)
    with acting_for(shop.business.id):
        expire_payment(payment_id=payment.id, now=payment.expires_at)
        assert states() == {("void", 0)}


def test_the_price_goes_back_only_with_the_cards(refunds, well):
    """A payment of live cards cannot be given back; taking them back gives it back."""
    shop = refunds.shop
    made, payment = by_link(shop)
    shop.come_back(shop.pay(payment))
    refunds.now += timedelta(hours=2)
    with acting_for(shop.business.id):
        with pytest.raises(Problem, match="gift_cards_live"):
            preview_refund(payment_id=payment.id, now=refunds.now)
        take_back_issue(issue_id=made.issue_id, actor=None, now=refunds.now)
        assert states() == {("void", 0)}
        asked = Transfer.objects.get()
    assert asked.amount_rial == 900_000
    run_until_it_waits(business_id=shop.business.id, transfer_id=asked.id, now=refunds.now)
    with acting_for(shop.business.id):
        assert broken(refunds.now + FAR) == []


def test_a_refund_of_a_mixed_sale_sends_back_money_and_fills_the_card(refunds, well):
    """N8 and R24: 900,000 by gateway and 100,000 by card; a line of 500,000 comes back."""
    shop = refunds.shop
    payment, purchase_id = mixed(refunds)
    lines = [NewReturnLine(position=1)]
    with acting_for(shop.business.id):
        told = preview_refund(payment_id=payment.id, lines=lines, now=refunds.now)
        assert told.returned is not None
        assert (told.amount_rial, told.returned.amount_rial) == (450_000, 500_000)
        assert told.effects["gift_card_back"] == 50_000
    give(refunds, payment, lines=lines)
    with acting_for(shop.business.id):
        assert Return.objects.get().amount_rial == 500_000
        assert GiftCard.objects.get().balance_rial == 50_000
        rest = preview_refund(payment_id=payment.id, now=refunds.now)
        assert (rest.amount_rial, rest.effects["gift_card_back"]) == (450_000, 50_000)
    give(refunds, payment)
    with acting_for(shop.business.id):
        assert GiftCard.objects.get().balance_rial == 100_000
        assert Purchase.objects.get(id=purchase_id).returned_rial == 1_000_000


def test_a_refund_by_amount_returns_the_goods_that_money_stands_for(refunds, well):
    """R24: 300,000 of the money back is 333,334 of goods, the rest of them on the card."""
    payment, purchase_id = mixed(refunds)
    give(refunds, payment, amount_rial=300_000)
    with acting_for(refunds.business_id):
        assert Purchase.objects.get(id=purchase_id).returned_rial == 333_333
        assert GiftCard.objects.get().balance_rial == 33_333
    give(refunds, payment)
    with acting_for(refunds.business_id):
        assert Purchase.objects.get(id=purchase_id).returned_rial == 1_000_000
        assert GiftCard.objects.get().balance_rial == 100_000


def mixed(refunds):
    """Sell for a million, a tenth of it by gift card, the rest through the gateway."""
    shop = refunds.shop
    with acting_for(shop.business.id):
        [code] = issue_cards(shop.now, 100_000).codes
        use = reserve_gift_card(code=code, most_rial=100_000, exact=True, now=shop.now)
        by_card = NewTender(method="gift_card", amount_rial=100_000, reference=str(use.id))
        sale = NewPurchase(
            external_id="mixed-1",
            channel="web",
            lines=tuple(NewLine(name=name, unit_price_rial=500_000) for name in "ab"),
            tenders=(NewTender(method="gateway", amount_rial=900_000), by_card),
        )
        [sold] = record_purchases(purchases=[sale], source="api", now=shop.now)
    payment = refunds.sold(900_000, external_id="mixed-1", customer=None)
    assert payment.purchase_id == sold.purchase_id
    return payment, sold.purchase_id


def give(refunds, payment, **details):
    asked = refunds.ask(payment, **details)
    refunds.wait(days=3)
    return refunds.see(asked)
