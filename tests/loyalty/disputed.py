"""Purchases customers say are not theirs, for the tests of N1."""

import pytest

from core.errors import Problem
from core.ids import new_id
from customers.models import CustomerTotals, Purchase
from customers.operations import CardHint, CustomerHint, NewPurchase, NewTender, record_purchases
from customers.queries import invariants as customers_hold
from loyalty.operations.disputes import decide_dispute, dispute_purchase
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR, MOBILE

CARD = CardHint(masked_pan="603799******1234", hash="a" * 40)
SARA = CustomerHint(mobile=MOBILE, card=CARD)
BY_CARD = CustomerHint(card=CARD)


def whole(now):
    """Return what does not hold, of customers and of points."""
    return broken(now + FAR) + customers_hold.broken(now)


def card_sale(now, who, rial=2_000_000, method="pos"):
    """Sell something by card; return whose it is and its id."""
    tender = NewTender(method=method, amount_rial=rial, masked_pan=CARD.masked_pan)
    new = NewPurchase(
        external_id=str(new_id()), channel="pos", customer=who, tenders=(tender,), occurred_at=now
    )
    (found,) = record_purchases(purchases=[new], source="api", now=now)
    assert found.error is None
    return found.customer_id, found.purchase_id


def say(purchase_id, now, words="این را من نخریده‌ام"):
    """Dispute a purchase as its customer."""
    whose = Purchase.objects.get(id=purchase_id).customer_id
    assert whose is not None
    return dispute_purchase(customer_id=whose, purchase_id=purchase_id, words=words, now=now)


def decide(told, now, *, is_theirs=False, answer="دیدیم"):
    decide_dispute(dispute_id=told, is_theirs=is_theirs, answer=answer, actor=None, now=now)


def code_of(work, *args, **named):
    """Return what a call is refused for."""
    with pytest.raises(Problem) as refused:
        work(*args, **named)
    return refused.value.code


def totals(customer_id):
    row = CustomerTotals.objects.get(id=customer_id)
    return row.purchases, row.gross_rial
