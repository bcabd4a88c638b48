"""Customers with store credit, and sales paid with it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from core.errors import Problem
from core.ids import new_id
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    PurchaseOutcome,
    find_or_create,
    record_purchases,
)
from loyalty.models import GiftCardUse, StoreCredit
from loyalty.operations.credit import (
    NewCredit,
    NewCreditTerms,
    change_credit_terms,
    fill_store_credit,
    hold_store_credit,
)
from loyalty.queries.credit import credit_of
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import BUYER, FAR

Fill = Callable[..., StoreCredit]
Pay = Callable[..., PurchaseOutcome]


def switch_on(now: datetime, **more: Any) -> None:
    """Let store credit be filled."""
    change_credit_terms(new=NewCreditTerms(is_on=True, **more), actor=None, now=now)


def known(now: datetime, hint: CustomerHint = BUYER) -> UUID:
    """Return a customer."""
    return find_or_create(customer=hint, source="api", now=now).customer_id


def filled(customer_id: UUID, now: datetime, rial: int = 500_000, **more: Any) -> StoreCredit:
    """Fill somebody's store credit: paid in cash unless told otherwise."""
    wanted = {"reason": "شارژ", "external_id": str(new_id()), "paid_by": "cash", **more}
    new = NewCredit(customer_id=customer_id, amount_rial=rial, **wanted)
    return fill_store_credit(new=new, by="t", now=now)


def sale_by_credit(total: int, uses: Sequence[GiftCardUse], hint: Any = BUYER) -> NewPurchase:
    """Return a sale paid by held store credit, the rest in cash."""
    paid = [
        NewTender(method="store_credit", amount_rial=use.amount_rial, reference=str(use.id))
        for use in uses
    ]
    rest = total - sum(use.amount_rial for use in uses)
    cash = [NewTender(method="cash", amount_rial=rest)] if rest else []
    return NewPurchase(
        external_id=str(new_id()), channel="till", customer=hint, tenders=(*paid, *cash)
    )


@pytest.fixture
def sara(acting: BusinessInfo, now: datetime) -> Iterator[UUID]:
    """Return a customer of a shop with store credit; afterwards all sums agree."""
    switch_on(now)
    yield known(now)
    assert broken(now + FAR) == []


@pytest.fixture
def pay(sara: UUID, now: datetime) -> Pay:
    """Return a function that sells to her, up to `by_credit` of it with her credit."""

    def record(total: int, by_credit: int | None = None, at: datetime | None = None) -> Any:
        when = at or now
        uses = hold_store_credit(
            customer_id=sara, most_rial=by_credit or total, exact=False, now=when
        )
        new = sale_by_credit(total, uses)
        [outcome] = record_purchases(purchases=[new], source="till", now=when)
        assert outcome.error is None
        return outcome

    return record


def has(customer_id: UUID, now: datetime) -> int:
    """Return what somebody may spend."""
    return credit_of(customer_id, now).balance_rial


def refused(call: Callable[..., Any], *args: Any, **named: Any) -> str:
    """Return the code of the problem a call meets."""
    with pytest.raises(Problem) as caught:
        call(*args, **named)
    return caught.value.code
