"""Who answers a survey did something for the shop: loyalty stands beside feedback, not above it."""

from datetime import datetime

from feedback.events import SurveyAnswered
from loyalty.enums.engagement import EngagementKind
from loyalty.operations.engagement import note_seen
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(SurveyAnswered, name="campaigns.note_answer")
def note_answer(event: Recorded[SurveyAnswered], *, now: datetime) -> None:
    """Note it whatever was answered, once for an answer (C065)."""
    note_seen(
        customer_id=event.body.customer_id,
        kind=EngagementKind.SURVEY,
        reference=str(event.body.response_id),
        now=now,
    )
