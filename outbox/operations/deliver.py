"""Carrying events to their subscribers, one transaction each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from core.tenancy import acting_for, operation
from outbox.enums import DeliveryState
from outbox.events import Recorded
from outbox.models import Delivery, Event
from outbox.operations.fence import Fence
from outbox.subscriptions import Subscription, subscription

_PAUSES_S: Final = (5, 15, 60, 300, 900, 3600, 3600, 3600, 6 * 3600, 6 * 3600)
MAX_ATTEMPTS: Final = len(_PAUSES_S)
_NOBODY: Final = UUID(int=0)

# The claim itself pushes due_at on by the lease: a killed worker's work comes back by itself.
# What killed its worker every time never reaches _postpone, so it is buried here.
# Materialised: inside a join the choice would run again for every row and pass its limit.
# Businesses take turns, each with its oldest: who waits with a hundred thousand delays nobody else.
_CLAIM: Final = """
WITH following AS MATERIALIZED (
    SELECT business_id, id FROM outbox_delivery
    WHERE state = 'pending' AND due_at <= %(now)s AND business_id > %(after)s
    ORDER BY business_id, due_at LIMIT 1 FOR UPDATE SKIP LOCKED
), from_the_first AS MATERIALIZED (
    SELECT business_id, id FROM outbox_delivery
    WHERE state = 'pending' AND due_at <= %(now)s AND NOT EXISTS (SELECT FROM following)
    ORDER BY business_id, due_at LIMIT 1 FOR UPDATE SKIP LOCKED
), due AS (
    SELECT * FROM following UNION ALL SELECT * FROM from_the_first
)
UPDATE outbox_delivery d
SET attempts = d.attempts + 1,
    due_at = %(now)s + %(lease)s,
    state = CASE WHEN d.attempts < %(most)s THEN d.state ELSE 'dead' END,
    last_error = CASE WHEN d.attempts < %(most)s THEN d.last_error
                      ELSE 'every try ended with its worker' END
FROM due
WHERE d.business_id = due.business_id AND d.id = due.id
RETURNING d.business_id, d.id, d.event_id, d.subscriber, d.attempts
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery we hold until its lease ends; `attempt` is the fencing number."""

    business_id: UUID
    id: UUID
    event_id: UUID
    subscriber: str
    attempt: int


@dataclass(slots=True)
class Turn:
    """Which business was served last; whoever goes on delivering keeps it between calls."""

    after: UUID = _NOBODY


def deliver_due(*, now: datetime, limit: int = 50, turn: Turn | None = None) -> int:
    """Claim and run up to `limit` due deliveries of all businesses; return how many.

    Claimed one by one: a killed worker takes nobody's try but that of the one it was running, and
    no lease runs out in a queue. Runs under the worker role, which sees queues of all businesses.
    """
    turn = turn or Turn()
    for done in range(limit):
        claim = _claim(turn, now)
        if claim is None:
            return done
        turn.after = claim.business_id
        _deliver(claim, now)
    return limit


@operation
def replay(*, delivery_id: UUID, now: datetime) -> bool:
    """Make a dead letter due again; return whether it was one."""
    return bool(
        Delivery.objects.filter(id=delivery_id, state=DeliveryState.DEAD).update(
            state=DeliveryState.PENDING, attempts=0, due_at=now
        )
    )


def _claim(turn: Turn, now: datetime) -> Claim | None:
    lease: Any = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)  # psycopg2 knows intervals
    values = {"now": now, "lease": lease, "most": MAX_ATTEMPTS, "after": turn.after}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
        return Claim(*row) if row else None


def _deliver(claim: Claim, now: datetime) -> None:
    with Fence(claim.subscriber) as fence:
        event, sub = _load(claim)
        if sub.unscoped and _still_ours(claim):
            sub.handler(event, now=now)
        with acting_for(claim.business_id):
            if _lock(claim):
                _run(sub, event, now)
                _mark_done(claim, now)
    if fence.error:
        _postpone(claim, fence.error, now)


class NobodyHears(RuntimeError):
    """A delivery names a subscriber this version of the code does not have."""


def _load(claim: Claim) -> tuple[Recorded[Any], Subscription]:
    with acting_for(claim.business_id):
        event = Event.objects.get(id=claim.event_id)
    sub = subscription(event.name, claim.subscriber)
    if sub is None:
        raise NobodyHears(f"{event.name} → {claim.subscriber}")
    body = sub.event.from_payload(event.payload)
    return Recorded(event.id, claim.business_id, event.at, body), sub


def _still_ours(claim: Claim) -> bool:
    with acting_for(claim.business_id):
        return _ours(claim).exists()


def _lock(claim: Claim) -> bool:
    """Lock the delivery; false when another worker took it over or finished it."""
    return _ours(claim).select_for_update().exists()


def _ours(claim: Claim) -> QuerySet[Delivery]:
    return Delivery.objects.filter(id=claim.id, state=DeliveryState.PENDING, attempts=claim.attempt)


def _run(sub: Subscription, event: Recorded[Any], now: datetime) -> None:
    if sub.unscoped:
        return
    if sub.in_transaction:
        sub.handler([event], now=now)
    else:
        sub.handler(event, now=now)


def _mark_done(claim: Claim, now: datetime) -> None:
    Delivery.objects.filter(id=claim.id).update(
        state=DeliveryState.DONE, done_at=now, last_error=""
    )


def _postpone(claim: Claim, error: str, now: datetime) -> None:
    pause = _PAUSES_S[min(claim.attempt, MAX_ATTEMPTS) - 1]
    state = DeliveryState.DEAD if claim.attempt >= MAX_ATTEMPTS else DeliveryState.PENDING
    with acting_for(claim.business_id):
        Delivery.objects.filter(id=claim.id, attempts=claim.attempt).update(
            state=state, due_at=now + timedelta(seconds=pause), last_error=error
        )
