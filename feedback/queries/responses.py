"""Answers one by one."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from customers.queries.merging import survivor_of
from feedback.enums import InvitationState
from feedback.models import Response


def answers(
    *,
    kind: str = "",
    survey_id: UUID | None = None,
    customer_id: UUID | None = None,
    asked_since: datetime | None = None,
    most: int | None = None,
) -> QuerySet[Response]:
    """Return answers with their surveys and invitations; the caller orders and pages.

    Those `asked_since` a moment are what `results` counts from then on.
    """
    rows = Response.objects.select_related("survey", "invitation")
    if kind:
        rows = rows.filter(survey__kind=kind)
    if survey_id:
        rows = rows.filter(survey_id=survey_id)
    if customer_id:
        rows = rows.filter(customer_id=survivor_of(customer_id))
    if asked_since:
        rows = rows.filter(invitation__created_at__gte=asked_since).exclude(
            invitation__state=InvitationState.CANCELLED
        )
    return rows if most is None else rows.filter(score__lte=most)
