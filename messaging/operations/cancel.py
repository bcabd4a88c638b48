"""Taking back messages that have not left yet."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from messaging.enums import MessageState, Purpose, Reason
from messaging.models import Message


@operation
def cancel_queued(*, ref_kind: str, ref_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Withdraw what is still queued about these things; return whose message was withdrawn."""
    queued = Message.objects.filter(
        ref_kind=ref_kind, ref_id__in=ref_ids, state=MessageState.QUEUED
    )
    found = dict(queued.select_for_update().values_list("id", "ref_id"))
    if found:
        Message.objects.filter(id__in=found).update(
            state=MessageState.SUPPRESSED, reason=Reason.CANCELLED, finished_at=now
        )
        Message.objects.filter(id__in=found, purpose=Purpose.OTP).update(body="")
    return {ref_id for ref_id in found.values() if ref_id}
