"""A new business gets its trade's attributes; late news recounts the closed days it touches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from businesses.events import BusinessCreated
from customers.events import (
    CustomersMerged,
    CustomersUnmerged,
    PurchaseRecorded,
    ReturnRecorded,
)
from customers.operations.attributes import lay_out_preset
from customers.operations.days import mark_days_of, mark_stale
from customers.queries.days import day_of_purchase
from outbox.events import Recorded
from outbox.subscriptions import subscribe

# Younger sales fall on days that are still open.
_SURELY_OPEN: Final = timedelta(hours=20)


def _late(event: PurchaseRecorded, now: datetime) -> bool:
    return event.source != "import" and now - event.occurred_at > _SURELY_OPEN


@subscribe(BusinessCreated, name="customers.attributes", in_transaction=True)
def lay_out_attributes(events: Sequence[Recorded[BusinessCreated]], *, now: datetime) -> None:
    """Give a new business the attributes of its trade."""
    for event in events:
        lay_out_preset(vertical=event.body.vertical, now=now)


@subscribe(PurchaseRecorded, name="customers.recount_days", when=_late)
def on_late_purchase(event: Recorded[PurchaseRecorded], *, now: datetime) -> None:
    """Mark the days since a late purchase."""
    mark_stale(since=event.body.local_date, now=now)


@subscribe(ReturnRecorded, name="customers.recount_days")
def on_return(event: Recorded[ReturnRecorded], *, now: datetime) -> None:
    """Mark the day of the purchase that shrank, when it is closed."""
    mark_stale(since=day_of_purchase(event.body.purchase_id), now=now)


@subscribe(CustomersMerged, name="customers.recount_days")
def on_merge(event: Recorded[CustomersMerged], *, now: datetime) -> None:
    """Mark the days on which one of two customers was called new."""
    mark_days_of(customer_ids=[event.body.survivor_id, event.body.merged_id], now=now)


@subscribe(CustomersUnmerged, name="customers.recount_days")
def on_unmerge(event: Recorded[CustomersUnmerged], *, now: datetime) -> None:
    """Mark them again: there are two customers after all."""
    mark_days_of(customer_ids=[event.body.survivor_id, event.body.merged_id], now=now)
