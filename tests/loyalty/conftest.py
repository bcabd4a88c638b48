"""Sales, returns and clocks for the points ledger."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from core.ids import new_id
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from loyalty.models import Lot, Wallet
from loyalty.queries.invariants import broken

Sell = Callable[..., UUID]
Give = Callable[..., None]
MOBILE = "09121234567"
BUYER = CustomerHint(mobile=MOBILE)
# Later than any clock a test sets.
FAR = timedelta(days=4000)


def sale(
    rial: int,
    *,
    customer: CustomerHint | None,
    by_points: int = 0,
    at: datetime | None = None,
) -> NewPurchase:
    """Return a sale paid in cash, `by_points` rial of it with points."""
    tenders = [NewTender(method="cash", amount_rial=rial - by_points)] if rial > by_points else []
    if by_points:
        tenders.append(NewTender(method="points", amount_rial=by_points))
    return NewPurchase(
        external_id=str(new_id()),
        channel="till",
        occurred_at=at,
        customer=customer,
        tenders=tuple(tenders),
    )


@pytest.fixture
def sell(acting: BusinessInfo, now: datetime) -> Iterator[Sell]:
    """Return a function that sells and returns the purchase's id; afterwards all sums agree."""

    def record(
        rial: int,
        *,
        at: datetime | None = None,
        source: str = "api",
        customer: CustomerHint | None = BUYER,
        by_points: int = 0,
    ) -> UUID:
        when = at or now
        new = sale(rial, customer=customer, by_points=by_points, at=when)
        [outcome] = record_purchases(purchases=[new], source=source, now=max(when, now))
        assert outcome.error is None
        assert outcome.purchase_id is not None
        return outcome.purchase_id

    yield record
    assert broken(now + FAR) == []


@pytest.fixture
def take_return(acting: BusinessInfo, now: datetime) -> Give:
    """Return a function that takes back part of a purchase (all of it without an amount)."""

    def record(purchase_id: UUID, rial: int | None = None, *, at: datetime | None = None) -> None:
        record_return(
            purchase_id=purchase_id, external_id=str(new_id()), amount_rial=rial, now=at or now
        )

    return record


def buyer(purchase_id: UUID) -> UUID:
    """Return the customer whose lot a purchase made."""
    customer = Lot.objects.get(id=purchase_id).customer_id
    assert customer is not None
    return customer


def balance() -> int:
    """Return the balance of the only wallet."""
    return Wallet.objects.get().balance_points
