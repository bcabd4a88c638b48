"""What a return changes of what was asked about its sale, before it happens (N8); reads only."""

from uuid import UUID

from feedback.enums import InvitationState
from feedback.models import Response, SurveyInvitation


def survey_undone(purchase_id: UUID) -> str:
    """Return `flagged` where an answer will be marked, `cancelled` where nobody will be asked."""
    if Response.objects.filter(purchase_id=purchase_id, flagged=False).exists():
        return "flagged"
    rows = SurveyInvitation.objects.filter(
        purchase_id=purchase_id, state=InvitationState.WAITING, refunded_at__isnull=True
    )
    return "cancelled" if rows.exists() else ""
