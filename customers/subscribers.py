"""Late purchases and returns ask for a recount of the closed days they touch."""

from datetime import datetime, timedelta
from typing import Final

from customers.events import PurchaseRecorded, ReturnRecorded
from customers.operations.days import mark_stale
from customers.queries.days import day_of_purchase
from outbox.events import Recorded
from outbox.subscriptions import subscribe

# Younger sales fall on days that are still open.
_SURELY_OPEN: Final = timedelta(hours=20)


def _late(event: PurchaseRecorded, now: datetime) -> bool:
    return event.source != "import" and now - event.occurred_at > _SURELY_OPEN


@subscribe(PurchaseRecorded, name="customers.recount_days", when=_late)
def on_late_purchase(event: Recorded[PurchaseRecorded], *, now: datetime) -> None:
    """Mark the days since a late purchase."""
    mark_stale(since=event.body.local_date, now=now)


@subscribe(ReturnRecorded, name="customers.recount_days")
def on_return(event: Recorded[ReturnRecorded], *, now: datetime) -> None:
    """Mark the day of the purchase that shrank, when it is closed."""
    mark_stale(since=day_of_purchase(event.body.purchase_id), now=now)
