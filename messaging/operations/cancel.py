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
    _withdraw(found, now)
    return {ref_id for ref_id in found.values() if ref_id}


@operation
def cancel_all_to(*, addresses: Collection[str], now: datetime) -> None:
    """Withdraw everything still queued to these addresses."""
    queued = Message.objects.filter(address__in=addresses, state=MessageState.QUEUED)
    _withdraw(list(queued.select_for_update().values_list("id", flat=True)), now)


def _withdraw(ids: Collection[UUID], now: datetime) -> None:
    if ids:
        Message.objects.filter(id__in=ids).update(
            state=MessageState.SUPPRESSED, reason=Reason.CANCELLED, finished_at=now
        )
        Message.objects.filter(id__in=ids, purpose=Purpose.OTP).update(body="")
