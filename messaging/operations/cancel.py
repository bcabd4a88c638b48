"""Taking back messages that have not left yet."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from messaging.enums import MessageState, Reason
from messaging.models import Message


@operation
def cancel_queued(*, ref_kind: str, ref_ids: Collection[UUID], now: datetime) -> int:
    """Withdraw what is still queued about these things; return how many messages that were."""
    return Message.objects.filter(
        ref_kind=ref_kind, ref_id__in=ref_ids, state=MessageState.QUEUED
    ).update(state=MessageState.SUPPRESSED, reason=Reason.CANCELLED, finished_at=now)
