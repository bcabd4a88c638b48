"""A shop that celebrates its customers' days."""

from datetime import datetime
from typing import Any
from uuid import UUID

from customers.operations import CustomerHint, find_or_create
from loyalty.operations.occasions import NewRules, celebrate_occasions
from messaging.enums import ConsentSource, Purpose
from messaging.operations import record_consent

MOBILE = "+989121234567"


def celebrate(now: datetime, **changes: Any) -> None:
    """Open celebrations, or change them."""
    told: dict[str, Any] = {"is_open": True} | changes
    celebrate_occasions(new=NewRules(**told), actor=None, now=now)


def known(now: datetime, mobile: str = "09121234567") -> UUID:
    """Return a customer since a moment."""
    hint = CustomerHint(mobile=mobile, name="سارا محمدی")
    customer_id: UUID = find_or_create(customer=hint, source="api", now=now).customer_id
    return customer_id


def agree(now: datetime) -> None:
    """Let her agree to offers."""
    record_consent(
        address=MOBILE,
        purpose=Purpose.MARKETING,
        granted=True,
        source=ConsentSource.TILL,
        now=now,
    )
