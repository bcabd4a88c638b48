"""Asking the provider: what became of sent messages, and of those it kept silent about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from core.tenancy import acting_for, operation
from messaging.enums import ConsentSource, MessageState, Purpose
from messaging.models import Message
from messaging.operations.consent import record_consents
from messaging.operations.decide import SENDING_LEASE, failure, local_id, without_code
from messaging.operations.settle import accept
from messaging.providers import Account, Inquiry, SmsProvider, Status, provider_named
from messaging.queries import sms_account, wire_account
from outbox.operations import publish

# A report may come 30 hours late; after the last pause we stop asking.
_PAUSES_S: Final = (20, 60, 300, 1800, 2 * 3600, 8 * 3600, 24 * 3600)
_LEASE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 200
# Only these are worth saying twice; an offer or a survey invitation never is.
_MAY_REPEAT: Final = frozenset({Purpose.TRANSACTIONAL})

_ENDS: Final = {
    Status.DELIVERED: MessageState.DELIVERED,
    Status.UNDELIVERED: MessageState.UNDELIVERED,
    Status.BLOCKED: MessageState.BLOCKED,
    Status.FAILED: MessageState.FAILED,
}

# Materialised: inside a join the choice would run again for every row and pass its limit.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT business_id, id FROM messaging_message
    WHERE check_at <= %(now)s
    ORDER BY check_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE messaging_message m
SET check_at = %(until)s, checks = m.checks + 1
FROM due
WHERE m.business_id = due.business_id AND m.id = due.id
RETURNING m.business_id, m.id, m.provider_ref, m.checks
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to ask about; without a provider's number we ask by our own."""

    business_id: UUID
    id: UUID
    provider_ref: str
    checks: int


def check_due(*, now: datetime, limit: int = _AT_ONCE) -> int:
    """Ask about up to `limit` messages whose check is due; return how many were asked about.

    Runs under the worker role with no transaction open.
    """
    asked = _claim(now, limit)
    for business_id in dict.fromkeys(one.business_id for one in asked):
        _check_business(business_id, [one for one in asked if one.business_id == business_id], now)
    return len(asked)


def _claim(now: datetime, limit: int) -> list[Asked]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + _LEASE, "limit": limit})
        return [Asked(*row) for row in cursor.fetchall()]


def _check_business(business_id: UUID, asked: list[Asked], now: datetime) -> None:
    with acting_for(business_id):
        row = sms_account()
        account = wire_account(row) if row else None
    if row is None or account is None:
        return
    answers = _answers(provider_named(row.provider), account, asked)
    with acting_for(business_id):
        apply_answers(answers=answers, now=now)


def _answers(
    provider: SmsProvider, account: Account, asked: Iterable[Asked]
) -> dict[UUID, Inquiry]:
    known = {one.provider_ref: one.id for one in asked if one.provider_ref}
    told = provider.statuses(account, list(known)) if known else {}
    answers = {
        message_id: told.get(ref, Inquiry(Status.UNKNOWN)) for ref, message_id in known.items()
    }
    for one in asked:
        if not one.provider_ref:
            answers[one.id] = provider.inquire(account, local_id(one.id))
    return answers


@operation
def apply_answers(*, answers: Mapping[UUID, Inquiry], now: datetime) -> None:
    """Write down what the provider said about each message; finished ones are left alone."""
    rows = Message.objects.select_for_update().filter(id__in=answers, check_at__isnull=False)
    blocked = []
    for message in rows.order_by("id"):
        inquiry = answers[message.id]
        _apply(message, inquiry, now)
        if inquiry.status is Status.BLOCKED:
            blocked.append(message.address)
    if blocked:
        record_consents(
            addresses=blocked,
            purpose=Purpose.MARKETING,
            granted=False,
            source=ConsentSource.BLOCKLIST,
            now=now,
        )


def _apply(message: Message, inquiry: Inquiry, now: datetime) -> None:
    if not message.provider_ref and inquiry.provider_ref:
        accept(message, inquiry.provider_ref, None, now)
    if inquiry.status in _ENDS:
        _end(message, _ENDS[inquiry.status], inquiry.code, now)
    elif inquiry.status is Status.NOT_FOUND and not message.provider_ref:
        _not_found(message, now)
    elif not inquiry.provider_ref or message.provider_ref:
        _ask_again(message, now)


def _end(message: Message, state: MessageState, code: str, now: datetime) -> None:
    Message.objects.filter(id=message.id).update(
        state=state,
        provider_code=code,
        check_at=None,
        finished_at=now,
        **without_code(message),
    )
    if state is not MessageState.DELIVERED:
        publish([failure(message, state, "")], now=now)


def _not_found(message: Message, now: datetime) -> None:
    """The provider never had it. That is final only once no call of ours can still arrive."""
    if message.sent_at is None or now - message.sent_at < SENDING_LEASE:
        _ask_again(message, now)
        return
    expired = message.expires_at is not None and message.expires_at <= now
    if message.purpose in _MAY_REPEAT and not expired:
        fields = {"state": MessageState.QUEUED, "due_at": now, "sent_at": None, "check_at": None}
    else:
        fields = {"state": MessageState.UNKNOWN, "finished_at": now, "check_at": None}
        fields |= without_code(message)
    Message.objects.filter(id=message.id).update(**fields)


def _ask_again(message: Message, now: datetime) -> None:
    """Ask later, less and less often; a message nobody could account for stays as it is."""
    if message.checks > len(_PAUSES_S):
        state = MessageState.SENT if message.provider_ref else MessageState.UNKNOWN
        Message.objects.filter(id=message.id).update(
            state=state, check_at=None, **without_code(message)
        )
        return
    pause = timedelta(seconds=_PAUSES_S[max(message.checks, 1) - 1])
    state = MessageState.SENT if message.provider_ref else MessageState.UNKNOWN
    Message.objects.filter(id=message.id).update(state=state, check_at=now + pause)
