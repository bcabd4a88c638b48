"""Who joins the club may be given something for it."""

from datetime import datetime
from typing import Final

from customers.enums import CustomerStatus
from customers.events import CustomerActivated, CustomerCreated
from loyalty.operations.happenings import welcome
from outbox.events import Recorded
from outbox.subscriptions import subscribe

# Whom a file brings has joined long before.
_IMPORTED: Final = "import"


def _joins(event: CustomerCreated, now: datetime) -> bool:
    del now
    return event.status == CustomerStatus.ACTIVE and event.source != _IMPORTED


@subscribe(CustomerCreated, name="loyalty.welcome", when=_joins)
def welcome_known(event: Recorded[CustomerCreated], *, now: datetime) -> None:
    """Welcome whoever told who they are at first sight."""
    welcome(customer_id=event.body.customer_id, joined_at=event.at, now=now)


@subscribe(CustomerActivated, name="loyalty.welcome")
def welcome_activated(event: Recorded[CustomerActivated], *, now: datetime) -> None:
    """Welcome whoever was known by a card only until now."""
    welcome(customer_id=event.body.customer_id, joined_at=event.at, now=now)
