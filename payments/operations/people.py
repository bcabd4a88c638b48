"""What a person decides when the wire cannot: ask once more, or money went back another way."""

from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from payments.enums import AttemptState, OrphanState
from payments.models import OrphanCapture, PaymentAttempt


@operation
def ask_again(*, attempt_id: UUID, now: datetime) -> bool:
    """Let the poller ask about an attempt that was given to a person; return whether it was one."""
    waiting = PaymentAttempt.objects.filter(id=attempt_id, state=AttemptState.NEEDS_REVIEW)
    return bool(waiting.update(next_check_at=now, doubts=0))


@operation
def close_orphan(*, orphan_id: UUID, now: datetime) -> bool:
    """Note that a person sent orphaned money back by other means; return whether it was due."""
    waiting = OrphanCapture.objects.filter(id=orphan_id, state=OrphanState.NEEDS_PERSON)
    return bool(waiting.update(state=OrphanState.RETURNED, resolved_at=now))
