"""A purchase, a return or a merge scores and foresees its customers at once."""

from datetime import datetime
from uuid import UUID

from customers.events import (
    CustomerErased,
    CustomersMerged,
    CustomersUnmerged,
    PurchaseDisowned,
    PurchaseRecorded,
    ReturnRecorded,
)
from feedback.events import SurveyAnswered
from outbox.events import Recorded
from outbox.subscriptions import subscribe
from segmentation.operations import (
    forget_actions,
    forget_named_segments,
    forget_scores,
    leave_named_segments,
    refresh_own_segments,
    rescore,
)
from segmentation.operations.retention import foresee_again, forget_outlooks, leave_drops


def _scored_at_once(event: PurchaseRecorded, _now: datetime) -> bool:
    """Imported history waits for the next run, thousands at a time."""
    return event.customer_id is not None and event.source != "import"


@subscribe(PurchaseRecorded, name="segmentation.rescore", when=_scored_at_once)
def on_purchase(event: Recorded[PurchaseRecorded], *, now: datetime) -> None:
    """Re-score the buyer, and hold them against the business's own segments."""
    if event.body.customer_id is not None:
        _look_again([event.body.customer_id], now)


@subscribe(ReturnRecorded, name="segmentation.rescore")
def on_return(event: Recorded[ReturnRecorded], *, now: datetime) -> None:
    """Re-score the customer whose purchase shrank."""
    if event.body.customer_id is not None:
        _look_again([event.body.customer_id], now)


@subscribe(PurchaseDisowned, name="segmentation.rescore")
def on_disowned(event: Recorded[PurchaseDisowned], *, now: datetime) -> None:
    """Score whoever a purchase was taken from by what is left, if anything is."""
    _again([event.body.customer_id], now)


@subscribe(SurveyAnswered, name="segmentation.own")
def on_answer(event: Recorded[SurveyAnswered], *, now: datetime) -> None:
    """Hold who answered against the business's own segments."""
    refresh_own_segments(customer_ids=[event.body.customer_id], now=now)


@subscribe(CustomersMerged, name="segmentation.rescore")
def on_merge(event: Recorded[CustomersMerged], *, now: datetime) -> None:
    """Score the profile that stays; the one that was joined to it is in no segment."""
    _again([event.body.survivor_id, event.body.merged_id], now)
    leave_named_segments(customer_ids=[event.body.merged_id], now=now)
    leave_drops(customer_ids=[event.body.merged_id], now=now)
    forget_actions(customer_ids=[event.body.merged_id], now=now)


@subscribe(CustomersUnmerged, name="segmentation.rescore")
def on_unmerge(event: Recorded[CustomersUnmerged], *, now: datetime) -> None:
    """Score both again."""
    _again([event.body.survivor_id, event.body.merged_id], now)


@subscribe(CustomerErased, name="segmentation.forget")
def on_erasure(event: Recorded[CustomerErased], *, now: datetime) -> None:
    """Take who was erased out of the segments."""
    forget_scores(customer_ids=[event.body.customer_id], now=now)
    forget_outlooks(customer_ids=[event.body.customer_id], now=now)
    forget_named_segments(customer_ids=[event.body.customer_id], now=now)
    leave_drops(customer_ids=[event.body.customer_id], now=now)
    forget_actions(customer_ids=[event.body.customer_id], now=now)
    refresh_own_segments(customer_ids=[event.body.customer_id], now=now)


def _look_again(customer_ids: list[UUID], now: datetime) -> None:
    rescore(customer_ids=customer_ids, now=now)
    foresee_again(customer_ids=customer_ids, now=now)
    refresh_own_segments(customer_ids=customer_ids, now=now)


def _again(customer_ids: list[UUID], now: datetime) -> None:
    rescore(customer_ids=customer_ids, now=now)
    foresee_again(customer_ids=customer_ids, now=now)
    refresh_own_segments(customer_ids=customer_ids, now=now)
    forget_scores(customer_ids=customer_ids, now=now)
