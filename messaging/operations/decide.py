"""The decision to send, taken inside a lock and committed before the wire is touched."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.calendar import business_day, day_start, week_start
from core.sealing import CannotUnseal
from core.tenancy import active_business_id, operation
from messaging.enums import MessageState, Purpose, Reason
from messaging.events import MessageFailed
from messaging.models import Message, SmsAccount
from messaging.providers import Account, Outgoing
from messaging.queries import (
    Manners,
    first_polite_moment,
    has_manners,
    manners_of,
    may_be_sent,
    next_day,
    next_week,
    offers_since,
    sms_account,
    wire_account,
)
from outbox.operations import publish

# Longer than any call may take, so whoever finds the intent later can trust an inquiry.
SENDING_LEASE: Final = timedelta(minutes=5)
_LOCAL_ID_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class Claim:
    """A message we hold; `attempt` is the fencing number."""

    business_id: UUID
    id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Job:
    """What to put on the wire, decided and committed."""

    claim: Claim
    provider: str
    account: Account
    outgoing: Outgoing


def local_id(message_id: UUID) -> int:
    """Return our own number for a message: the random bits of its id."""
    return message_id.int & ((1 << _LOCAL_ID_BITS) - 1)


@operation
def decide(*, claim: Claim, now: datetime) -> Job | None:
    """Return what to send, or None after postponing or dropping the message."""
    message = _ours(claim)
    if message is None:
        return None
    account = sms_account()
    if account is None:
        _drop(message, MessageState.FAILED, Reason.NO_ACCOUNT, now)
        return None
    if not _may_go(message, account, now):
        return None
    try:
        wire = wire_account(account)
    except CannotUnseal:
        _drop(message, MessageState.FAILED, Reason.NO_ACCOUNT, now)
        return None
    return _commit_intent(message, claim, account.provider, wire, now)


def _ours(claim: Claim) -> Message | None:
    """Lock the message; None when another worker took it over or it was withdrawn."""
    rows = Message.objects.select_for_update()
    return rows.filter(id=claim.id, state=MessageState.QUEUED, attempts=claim.attempt).first()


def _commit_intent(
    message: Message, claim: Claim, provider: str, wire: Account, now: datetime
) -> Job:
    Message.objects.filter(id=message.id).update(
        state=MessageState.SENDING, sent_at=now, check_at=now + SENDING_LEASE, checks=0, reason=""
    )
    outgoing = Outgoing(local_id(message.id), message.address, message.body)
    return Job(claim, provider, wire, outgoing)


def _may_go(message: Message, account: SmsAccount, now: datetime) -> bool:
    if message.expires_at is not None and message.expires_at <= now:
        _drop(message, MessageState.EXPIRED, Reason.TOO_LATE, now)
        return False
    if not may_be_sent([message.address], message.purpose):
        _drop(message, MessageState.SUPPRESSED, Reason.NO_CONSENT, now)
        return False
    if not has_manners(message.purpose):
        return True
    return _is_polite(message, manners_of(account), now)


def _is_polite(message: Message, manners: Manners, now: datetime) -> bool:
    moment = first_polite_moment(now, manners)
    if moment > now:
        _postpone(message, moment, MessageState.EXPIRED, Reason.TOO_LATE, now)
        return False
    if message.purpose != Purpose.MARKETING:
        return True
    free = _free_at(message, manners, now)
    if free is not None:
        _postpone(message, free, MessageState.SUPPRESSED, Reason.FREQUENCY_CAP, now)
    return free is None


def _free_at(message: Message, manners: Manners, now: datetime) -> datetime | None:
    """Return when the address has room for another offer, None for now."""
    _lock_address(message.address)
    today = business_day(now, manners.zone)
    week = day_start(week_start(today), manners.zone)
    day = day_start(today, manners.zone)
    this_week, this_day = offers_since(message.address, week, day, but=message.id)
    if this_week >= manners.weekly_cap:
        return next_week(now, manners)
    return next_day(now, manners) if this_day >= manners.daily_cap else None


def _lock_address(address: str) -> None:
    """Let one worker at a time count and decide for an address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"messaging {active_business_id()} {address}"],
        )


def _postpone(
    message: Message, moment: datetime, state: MessageState, reason: Reason, now: datetime
) -> None:
    if message.expires_at is not None and moment >= message.expires_at:
        _drop(message, state, reason, now)
        return
    Message.objects.filter(id=message.id).update(due_at=moment, reason=reason)


def _drop(message: Message, state: MessageState, reason: Reason, now: datetime) -> None:
    Message.objects.filter(id=message.id).update(
        state=state, reason=reason, finished_at=now, check_at=None, **without_code(message)
    )
    publish([failure(message, state, reason)], now=now)


def without_code(message: Message) -> dict[str, Any]:
    """Return what to write over the text of a message that will not be sent again.

    A one-time code is nobody's business once it is on its way or given up.
    """
    return {"body": ""} if message.purpose == Purpose.OTP else {}


def failure(message: Message, state: str, reason: str) -> MessageFailed:
    """Return the news that a message will not arrive."""
    return MessageFailed(
        message_id=message.id,
        purpose=message.purpose,
        ref_kind=message.ref_kind,
        ref_id=message.ref_id,
        state=str(state),
        reason=str(reason),
    )
