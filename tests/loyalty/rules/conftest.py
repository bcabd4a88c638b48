"""Rules in force, and baskets with lines sold under them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, NewPurchase, record_purchases
from loyalty.models import RuleReplay
from loyalty.operations.rules.drafts import publish_draft, save_draft
from loyalty.operations.rules.replays import claim_due_replay, run_replay
from loyalty.queries.invariants import broken
from loyalty.queries.rules.document import Bonus, Rate, Rules, When
from tests.loyalty.conftest import BUYER, FAR

Line = tuple[str, str, int]
RATE = Rate(num=1, den=100_000)


def bonus(
    effect: str = "times", num: int = 2, den: int = 1, name: str = "قاعده", **more: Any
) -> Bonus:
    """Return a rule; doubles the points without more."""
    when = When(**more.pop("when", {}))
    return Bonus(name=name, effect=effect, num=num, den=den, when=when, **more)


def put(*bonuses: Bonus, now: datetime, rate: Rate = RATE) -> Any:
    """Publish rules as the owner does."""
    draft = save_draft(rules=Rules(rate=rate, bonuses=bonuses), actor=None, now=now)
    return publish_draft(
        draft_id=draft.id, helps_customer=True, benefit_note="بله", actor=None, now=now
    )


def basket(
    *lines: Line, customer: CustomerHint | None = BUYER, at: datetime, **more: Any
) -> NewPurchase:
    """Return a purchase of lines (SKU, category, rial)."""
    return NewPurchase(
        external_id=str(new_id()),
        channel=more.pop("channel", "till"),
        occurred_at=at,
        customer=customer,
        lines=tuple(
            NewLine(sku=sku, category=category, unit_price_rial=rial)
            for sku, category, rial in lines
        ),
        **more,
    )


def record(*new: NewPurchase, now: datetime) -> list[UUID]:
    """Record purchases in one call; return their ids."""
    outcomes = record_purchases(purchases=new, source="api", now=now)
    assert [one.error for one in outcomes] == [None] * len(new)
    return [one.purchase_id for one in outcomes if one.purchase_id]


@pytest.fixture
def buy(acting: BusinessInfo, now: datetime) -> Iterator[Callable[..., UUID]]:
    """Return a function that sells lines; afterwards all sums agree."""

    def sold(*lines: Line, at: datetime | None = None, **more: Any) -> UUID:
        [purchase_id] = record(basket(*lines, at=at or now, **more), now=now)
        return purchase_id

    yield sold
    assert broken(now + FAR) == []


@pytest.fixture
def replayed(business, as_role):
    """Return a function that carries the due replay through as a worker does."""

    def run(now):
        with as_role("vafa_worker"):
            found = claim_due_replay(now=now)
        assert found is not None
        business_id, replay_id = found
        assert business_id == business.id
        run_replay(business_id=business_id, replay_id=replay_id, clock=lambda: now)
        with acting_for(business_id):
            return RuleReplay.objects.get(id=replay_id)

    return run
