"""Telling receivers, one call at a time each, several receivers at once.

A receiver's row is leased while it is served; each message's try is committed before the call and
settled after it, so a killed worker has told at most what is told again: at least once. Who does
not answer waits longer and longer, and keeps nobody else waiting.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

import httpx
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import Min

from core.http import ForbiddenAddress, NotSent, OutcomeUnknown, Stranger, post_to_stranger
from core.tenancy import acting_for
from outbox.operations.fence import Fence
from webhooks.enums import MessageState
from webhooks.models import WebhookEndpoint, WebhookMessage
from webhooks.operations.alerts import call_for, settle_call
from webhooks.queries.signing import signed

# Between the tries of one message; after the last it is given up.
PAUSES_S: Final = (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400)
MOST_TRIES: Final = len(PAUSES_S) + 1
# Between the turns of a receiver that failed so often in a row.
_TURNS_S: Final = (2, 10, 30, 120, 600)
AT_ONCE: Final = 16
_MOST_IN_A_TURN: Final = 100
_TURN_S: Final = 5.0
_PATIENCE: Final = timedelta(seconds=10)
# A turn and its last call are over long before.
LEASE: Final = timedelta(seconds=90)
_MOST_ANSWER: Final = 500
_OK: Final = range(200, 300)

Clock = Callable[[], datetime]

_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT business_id, id FROM webhooks_webhookendpoint
    WHERE next_at <= %(now)s AND is_open AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE webhooks_webhookendpoint e SET leased_until = %(until)s
FROM due WHERE e.business_id = due.business_id AND e.id = due.id
RETURNING e.business_id, e.id
"""


@dataclass(frozen=True, slots=True)
class _Turn:
    """A receiver that is ours until the lease ends; `until` tells our lease from the next one."""

    business_id: UUID
    endpoint_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class _Try:
    """One try of one message, committed before it is made."""

    message_id: UUID
    endpoint_id: UUID
    attempt: int
    key: UUID
    url: str
    body: bytes
    secrets: list[str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a try; `status` is None where nothing was answered."""

    status: int | None
    answer: str
    took_ms: int

    @property
    def delivered(self) -> bool:
        return self.status in _OK


def send_due(*, clock: Clock, seconds: float, at_once: int = AT_ONCE) -> int:
    """Serve the receivers that are due until none is or the time is spent; return how many tries.

    Run under the worker role and outside any scope.
    """
    stop = time.monotonic() + seconds
    turns = list(islice(iter(lambda: _claim(clock()), None), at_once))
    if not turns:
        return 0
    with ThreadPoolExecutor(max(1, at_once - 1), thread_name_prefix="webhooks") as pool:
        others = [pool.submit(_help, turn, clock, stop) for turn in turns[1:]]
        return _serve(turns[0], clock, stop) + sum(one.result() for one in others)


def _help(turn: _Turn, clock: Clock, stop: float) -> int:
    """Serve beside others, on a connection of this thread's own."""
    try:
        return _serve(turn, clock, stop)
    finally:
        connections.close_all()


def _serve(first: _Turn, clock: Clock, stop: float) -> int:
    """Serve one receiver, then those that are due after it."""
    done, turn = 0, first
    while True:
        with Fence(f"webhooks.send {turn.endpoint_id}"):
            done += _take_turn(turn, clock, stop)
        following = _claim(clock()) if time.monotonic() < stop else None
        if following is None:
            return done
        turn = following


def _claim(now: datetime) -> _Turn | None:
    until = now + LEASE
    values: dict[str, Any] = {"now": now, "until": until}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
        return _Turn(row[0], row[1], until) if row else None


def _take_turn(turn: _Turn, clock: Clock, stop: float) -> int:
    """Tell one receiver what waits for it, until it fails or its turn is over."""
    until, tries, failed = min(stop, time.monotonic() + _TURN_S), 0, False
    while not failed and tries < _MOST_IN_A_TURN and time.monotonic() < until:
        with acting_for(turn.business_id, durable=True):
            due = _next_try(turn, clock())
        if due is None:
            break
        outcome = _called(due, clock())
        with acting_for(turn.business_id, durable=True):
            _settle(due, outcome, clock())
        tries, failed = tries + 1, not outcome.delivered
    with acting_for(turn.business_id, durable=True):
        _end_turn(turn, clock(), failed=failed, told=bool(tries))
    return tries


def _next_try(turn: _Turn, now: datetime) -> _Try | None:
    """Commit to the next try; None when nothing is due or the receiver is not ours any more."""
    endpoint = _ours(turn)
    if endpoint is None or not endpoint.is_open:
        return None
    due = WebhookMessage.objects.select_for_update().filter(
        endpoint=endpoint, state=MessageState.PENDING, next_at__lte=now
    )
    row = due.order_by("next_at", "id").first()
    if row is None:
        return None
    row.attempts += 1
    row.next_at = now + LEASE
    row.save(update_fields=["attempts", "next_at"])
    return _Try(
        message_id=row.id,
        endpoint_id=endpoint.id,
        attempt=row.attempts,
        key=row.key,
        url=endpoint.url,
        body=row.body.encode(),
        secrets=endpoint.secrets(now),
    )


def _called(due: _Try, now: datetime) -> _Outcome:
    how = Stranger(
        timeout=httpx.Timeout(8.0, connect=3.0),
        patience=_PATIENCE,
        most_bytes=_MOST_ANSWER,
        inside=settings.WEBHOOKS_INSIDE,
    )
    began, status, answer = time.monotonic(), None, ""
    try:
        headers = signed(key=due.key, body=due.body, held=due.secrets, at=now)
        status, answer = post_to_stranger(due.url, due.body, headers, how)
    except ForbiddenAddress:
        answer = "this name leads to an address that is not public"
    except (NotSent, OutcomeUnknown) as error:
        answer = str(error)
    took_ms = int((time.monotonic() - began) * 1000)
    return _Outcome(status, answer.replace("\x00", ""), took_ms)


def _settle(due: _Try, outcome: _Outcome, now: datetime) -> None:
    """Write down what came of a try, unless somebody else tried since."""
    if outcome.delivered:
        state, next_at = MessageState.DELIVERED, None
    elif due.attempt >= MOST_TRIES:
        state, next_at = MessageState.DEAD, None
    else:
        state = MessageState.PENDING
        next_at = now + timedelta(seconds=PAUSES_S[due.attempt - 1])
    ours = WebhookMessage.objects.filter(
        id=due.message_id, attempts=due.attempt, state=MessageState.PENDING
    )
    settled = ours.update(
        state=state,
        next_at=next_at,
        done_at=None if next_at else now,
        status=outcome.status,
        answer=outcome.answer,
        took_ms=outcome.took_ms,
    )
    if settled and state == MessageState.DEAD:
        call_for(WebhookEndpoint.objects.get(id=due.endpoint_id), now)


def _end_turn(turn: _Turn, now: datetime, *, failed: bool, told: bool) -> None:
    """Give the receiver free, and say when it is due again."""
    endpoint = _ours(turn)
    if endpoint is None:
        return
    due = WebhookMessage.objects.filter(endpoint=endpoint, state=MessageState.PENDING)
    next_at = due.aggregate(at=Min("next_at"))["at"]
    if failed:
        endpoint.failures += 1
        pause = _TURNS_S[min(endpoint.failures, len(_TURNS_S)) - 1]
        next_at = next_at and max(next_at, now + timedelta(seconds=pause))
    elif told:
        endpoint.failures = 0
        settle_call(endpoint, now)
    endpoint.next_at, endpoint.leased_until = next_at, None
    endpoint.save(update_fields=["next_at", "leased_until", "failures"])


def _ours(turn: _Turn) -> WebhookEndpoint | None:
    rows = WebhookEndpoint.objects.select_for_update()
    return rows.filter(id=turn.endpoint_id, leased_until=turn.until).first()
