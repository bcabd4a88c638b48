"""People who may give points, and a customer to give them to."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from customers.operations import CustomerHint, find_or_create
from loyalty.models import Goodwill
from loyalty.operations.goodwill import Giver, NewBudget, allow_goodwill, give_goodwill

MINA, REZA = Giver(UUID(int=1), "مینا"), Giver(UUID(int=2), "رضا")
WHY = "معطل شد"

Grant = Callable[..., Goodwill]


def allow(now: datetime, **changes: Any) -> None:
    """Let everybody give a hundred points a week, or something else."""
    told: dict[str, Any] = {"is_open": True, "points": 100, "span": "week"} | changes
    allow_goodwill(new=NewBudget(**told), actor=None, now=now)


def known(now: datetime, mobile: str = "09121234567") -> UUID:
    """Return a customer."""
    hint = CustomerHint(mobile=mobile, name="سارا محمدی")
    customer_id: UUID = find_or_create(customer=hint, source="api", now=now).customer_id
    return customer_id


@pytest.fixture
def sara(acting: BusinessInfo, now: datetime) -> UUID:
    """A customer of a shop whose people may give points."""
    allow(now)
    return known(now)


@pytest.fixture
def give(sara: UUID, now: datetime) -> Grant:
    """Return a function that gives her points."""

    def one(points: int, *, giver: Giver = MINA, at: datetime | None = None, **more: Any) -> Any:
        told: dict[str, Any] = {"customer_id": sara, "reason": WHY} | more
        return give_goodwill(points=points, giver=giver, now=at or now, **told)

    return one
