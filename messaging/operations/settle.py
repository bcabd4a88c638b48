"""Writing down what the provider said about a send."""

from datetime import datetime, timedelta
from typing import Any, Final

from core.tenancy import operation
from messaging.enums import MessageState, Reason
from messaging.events import MessageSent
from messaging.models import Message
from messaging.operations.decide import Claim, failure, without_code
from messaging.providers import Outcome, Sending
from outbox.operations import publish

_FIRST_CHECK: Final = timedelta(seconds=10)
_PAUSES_S: Final = (5, 30, 120, 600, 1800, 3600)
_NO_CREDIT_CODE: Final = "418"


@operation
def settle(*, claim: Claim, sending: Sending, now: datetime) -> None:
    """Apply the outcome of a send, once: a message no longer being sent is left alone."""
    rows = Message.objects.select_for_update().filter(id=claim.id, attempts=claim.attempt)
    message = rows.filter(state=MessageState.SENDING).first()
    if message is not None:
        _APPLY[sending.outcome](message, sending, now)


def accept(message: Message, provider_ref: str, cost_rial: int | None, now: datetime) -> None:
    """Mark a locked message as taken in by the provider."""
    cost = message.cost_rial if cost_rial is None else cost_rial
    fields: dict[str, Any] = {
        **without_code(message),
        "state": MessageState.SENT,
        "reason": "",
        "provider_ref": provider_ref,
        "cost_rial": cost,
        "check_at": now + _FIRST_CHECK,
        "checks": 0,
    }
    Message.objects.filter(id=message.id).update(**fields)
    event = MessageSent(
        message_id=message.id,
        purpose=message.purpose,
        ref_kind=message.ref_kind,
        ref_id=message.ref_id,
        cost_rial=cost,
    )
    publish([event], now=now)


def _accepted(message: Message, sending: Sending, now: datetime) -> None:
    accept(message, sending.provider_ref, sending.cost_rial, now)


def _refused(message: Message, sending: Sending, now: datetime) -> None:
    _fail(message, Reason.REFUSED, sending.code, now)


def _not_sent(message: Message, sending: Sending, now: datetime) -> None:
    """Nothing left the house, so trying again is safe until the message's time is over."""
    reason = Reason.NO_CREDIT if sending.code == _NO_CREDIT_CODE else Reason.UNREACHABLE
    pause = _PAUSES_S[min(message.attempts, len(_PAUSES_S)) - 1]
    due = now + timedelta(seconds=pause)
    if message.expires_at is not None and due >= message.expires_at:
        _fail(message, reason, sending.code, now)
        return
    Message.objects.filter(id=message.id).update(
        state=MessageState.QUEUED,
        due_at=due,
        check_at=None,
        sent_at=None,
        reason=reason,
        provider_code=sending.code,
    )


def _unknown(message: Message, sending: Sending, now: datetime) -> None:
    Message.objects.filter(id=message.id).update(
        state=MessageState.UNKNOWN,
        reason=Reason.NO_ANSWER,
        provider_code=sending.code,
        check_at=now + _FIRST_CHECK,
        checks=0,
        **without_code(message),
    )


def _fail(message: Message, reason: Reason, code: str, now: datetime) -> None:
    Message.objects.filter(id=message.id).update(
        state=MessageState.FAILED,
        reason=reason,
        provider_code=code,
        check_at=None,
        finished_at=now,
        **without_code(message),
    )
    publish([failure(message, MessageState.FAILED, reason)], now=now)


_APPLY: Final = {
    Outcome.ACCEPTED: _accepted,
    Outcome.REFUSED: _refused,
    Outcome.NOT_SENT: _not_sent,
    Outcome.UNKNOWN: _unknown,
}
