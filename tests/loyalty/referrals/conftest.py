"""Customers who bring friends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from core.ids import new_id
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from customers.operations.purchases.values import CardHint, PurchaseOutcome
from loyalty.models import Referral, Wallet
from loyalty.operations import sweep_business
from loyalty.operations.referrals import NewOffer, offer_referrals, referral_code_for

ANNA, FRIEND, THIRD = "09121111111", "09122222222", "09123333333"
OFFER = {
    "is_open": True,
    "referrer_points": 50,
    "friend_points": 20,
    "least_rial": 500_000,
    "wait_days": 7,
}
WEEK = timedelta(days=7)

Buy = Callable[..., PurchaseOutcome]


def offer(now: datetime, **changes: Any) -> None:
    """Open the offer, or change it."""
    offer_referrals(new=NewOffer(**(OFFER | changes)), actor=None, now=now)


def points(customer_id: UUID) -> int:
    """Return what a customer may spend, without what purchases earned."""
    wallet = Wallet.objects.filter(id=customer_id).first()
    return wallet.balance_points if wallet else 0


def only() -> Referral:
    """Return the only recommendation."""
    return Referral.objects.get()


@pytest.fixture
def buy(acting: BusinessInfo, now: datetime) -> Buy:
    """Return a function that sells to a mobile; small sales earn no points of their own."""

    def record(
        mobile: str | None,
        rial: int = 600_000,
        *,
        code: str = "",
        at: datetime | None = None,
        card: str = "",
        **more: Any,
    ) -> PurchaseOutcome:
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            occurred_at=at or now,
            customer=CustomerHint(mobile=mobile, card=CardHint(hash=card) if card else None),
            tenders=(NewTender(method="cash", amount_rial=rial),),
            referral_code=code,
            **more,
        )
        [outcome] = record_purchases(purchases=[new], source="till", now=max(at or now, now))
        return outcome

    return record


@pytest.fixture
def anna(buy: Buy, now: datetime) -> UUID:
    """A customer with an open offer behind her."""
    offer(now)
    outcome = buy(ANNA, at=now - timedelta(days=90))
    assert outcome.customer_id is not None
    return outcome.customer_id


@pytest.fixture
def code(anna: UUID, now: datetime) -> str:
    """Her code."""
    return referral_code_for(customer_id=anna, now=now)


def tick(now: datetime) -> None:
    """Let the worker look until nothing is due."""
    while sweep_business(now=now):
        pass
