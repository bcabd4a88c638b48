"""When goods come back: an invitation not yet sent is cancelled, an answer is flagged."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from feedback.enums import InvitationState
from feedback.models import Response, SurveyInvitation
from messaging.operations import cancel_queued

MESSAGE_KIND = "survey"


@operation
def note_returns(*, purchase_ids: Collection[UUID], now: datetime) -> None:
    """Cancel or flag what was asked about these purchases. Nothing is ever deleted."""
    rows = SurveyInvitation.objects.select_for_update().filter(purchase_id__in=purchase_ids)
    found = dict(rows.order_by("id").values_list("id", "state"))
    if not found:
        return
    SurveyInvitation.objects.filter(id__in=found, refunded_at__isnull=True).update(refunded_at=now)
    unsent = {one for one, state in found.items() if state == InvitationState.WAITING}
    opened = {one for one, state in found.items() if state == InvitationState.OPEN}
    if opened:
        unsent |= cancel_queued(ref_kind=MESSAGE_KIND, ref_ids=opened, now=now)
    SurveyInvitation.objects.filter(id__in=unsent).update(state=InvitationState.CANCELLED)
    Response.objects.filter(purchase_id__in=purchase_ids).update(flagged=True)
