"""What must always hold of one business's surveys (`manage.py check_invariants`)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from feedback.enums import SCALES, InvitationState, SurveyKind
from feedback.models import Response, SurveyInvitation

_STUCK_AFTER: Final = timedelta(hours=1)


def broken(now: datetime) -> list[str]:
    """Return a sentence per broken promise; empty when all is well."""
    return [
        f"{what}: {', '.join(str(row_id) for row_id in found)}"
        for what, found in (
            ("answered invitations without an answer", _without_answer()),
            ("answers to invitations that are not answered", _without_invitation()),
            ("answers outside the scale", _off_the_scale()),
            ("invitations overdue for an hour", _stuck(now)),
        )
        if found
    ]


def _without_answer() -> list[UUID]:
    rows = SurveyInvitation.objects.filter(state=InvitationState.ANSWERED)
    answer = Exists(Response.objects.filter(invitation_id=OuterRef("id")))
    return list(rows.exclude(answer).values_list("id", flat=True))


def _without_invitation() -> list[UUID]:
    rows = Response.objects.exclude(invitation__state=InvitationState.ANSWERED)
    return list(rows.values_list("id", flat=True))


def _off_the_scale() -> list[UUID]:
    return [
        row_id
        for kind in SurveyKind
        for row_id in Response.objects.filter(survey__kind=kind)
        .exclude(score__in=list(SCALES[kind]))
        .values_list("id", flat=True)
    ]


def _stuck(now: datetime) -> list[UUID]:
    late = now - _STUCK_AFTER
    waiting = SurveyInvitation.objects.filter(state=InvitationState.WAITING, due_at__lt=late)
    over = SurveyInvitation.objects.filter(state=InvitationState.OPEN, expires_at__lt=late)
    return [*waiting.values_list("id", flat=True), *over.values_list("id", flat=True)]
