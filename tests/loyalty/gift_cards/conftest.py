"""Gift cards in a shop, and sales paid with them."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
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
    record_purchases,
)
from loyalty.models import GiftCard
from loyalty.operations.gift_cards import (
    IssuedCards,
    NewGiftCards,
    issue_gift_cards,
    reserve_gift_card,
)
from loyalty.queries.invariants import broken
from payments.models import MoneyEntry
from tests.loyalty.conftest import BUYER, FAR

LAST_DAY = date(2027, 3, 20)

Issue = Callable[..., IssuedCards]
Pay = Callable[..., PurchaseOutcome]


def issue_cards(now: datetime, rial: int = 1_000_000, **more: Any) -> IssuedCards:
    """Make cards: bought in cash unless told otherwise."""
    wanted = {"name": "نوروز", "paid_by": "cash", **more}
    return issue_gift_cards(new=NewGiftCards(amount_rial=rial, **wanted), by="test", now=now)


def sale_with(
    total: int, uses: list[tuple[UUID, int]], customer: CustomerHint | None = BUYER
) -> NewPurchase:
    """Return a sale paid by held gift cards, the rest in cash."""
    by_card = [
        NewTender(method="gift_card", amount_rial=rial, reference=str(use)) for use, rial in uses
    ]
    rest = total - sum(rial for _use, rial in uses)
    cash = [NewTender(method="cash", amount_rial=rest)] if rest else []
    return NewPurchase(
        external_id=str(new_id()),
        channel="till",
        customer=customer,
        tenders=(*by_card, *cash),
    )


@pytest.fixture
def issue(acting: BusinessInfo, now: datetime) -> Iterator[Issue]:
    """Return a function that makes cards; afterwards all sums agree."""

    def make(rial: int = 1_000_000, **more: Any) -> IssuedCards:
        return issue_cards(now, rial, **more)

    yield make
    assert broken(now + FAR) == []


@pytest.fixture
def pay(now: datetime) -> Pay:
    """Return a function that sells for `total`, up to `by_card` of it with a card's code."""

    def record(
        total: int, code: str, by_card: int | None = None, *, at: datetime | None = None
    ) -> PurchaseOutcome:
        when = at or now
        use = reserve_gift_card(code=code, most_rial=by_card or total, exact=False, now=when)
        new = sale_with(total, [(use.id, use.amount_rial)])
        [outcome] = record_purchases(purchases=[new], source="till", now=when)
        return outcome

    return record


def left_on(issued: IssuedCards, number: int = 0) -> int:
    """Return what is on a card."""
    return GiftCard.objects.get(id=issued.card_ids[number]).balance_rial


def refused(call: Callable[..., Any], **named: Any) -> str:
    """Return the code of the problem a call meets."""
    with pytest.raises(Problem) as caught:
        call(**named)
    return caught.value.code


def moved(account: str) -> int:
    """Return what an account of the money journal holds."""
    rows = MoneyEntry.objects.filter(account=account)
    return sum(rows.values_list("amount_rial", flat=True))


def code_of(outcome: PurchaseOutcome) -> str:
    """Return why a sale was refused."""
    assert outcome.error is not None
    return outcome.error.code
