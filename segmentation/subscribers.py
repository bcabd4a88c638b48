"""A purchase or a return re-scores its customer at once."""

from datetime import datetime

from customers.events import PurchaseRecorded, ReturnRecorded
from outbox.events import Recorded
from outbox.subscriptions import subscribe
from segmentation.operations import rescore


def _scored_at_once(event: PurchaseRecorded, _now: datetime) -> bool:
    """Imported history waits for the next run, thousands at a time."""
    return event.customer_id is not None and event.source != "import"


@subscribe(PurchaseRecorded, name="segmentation.rescore", when=_scored_at_once)
def on_purchase(event: Recorded[PurchaseRecorded], *, now: datetime) -> None:
    """Re-score the buyer."""
    if event.body.customer_id is not None:
        rescore(customer_ids=[event.body.customer_id], now=now)


@subscribe(ReturnRecorded, name="segmentation.rescore")
def on_return(event: Recorded[ReturnRecorded], *, now: datetime) -> None:
    """Re-score the customer whose purchase shrank."""
    if event.body.customer_id is not None:
        rescore(customer_ids=[event.body.customer_id], now=now)
