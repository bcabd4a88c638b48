"""People who may give, and a customer to give something to. A point is worth UNIT rial."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from customers.operations import CustomerHint, find_or_create
from loyalty.models import Goodwill
from loyalty.operations.goodwill import Giver, NewBudget, What, allow_goodwill, give_goodwill

MINA, REZA = Giver(UUID(int=1), "مینا"), Giver(UUID(int=2), "رضا")
WHY = "معطل شد"
UNIT = 1_000

Grant = Callable[..., Goodwill]


def allow(now: datetime, **changes: Any) -> None:
    """Let everybody give what a hundred points are worth a week, or something else."""
    worth = {
        f"{name}_rial": changes.pop(old) * UNIT
        for old, name in (("points", "amount"), ("most_at_once", "most_at_once"))
        if old in changes
    }
    told: dict[str, Any] = (
        {"is_open": True, "amount_rial": 100 * UNIT, "span": "week"} | worth | changes
    )
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
        return give_goodwill(what=What(points=points), giver=giver, now=at or now, **told)

    return one
