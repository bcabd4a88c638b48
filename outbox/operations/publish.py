"""Recording events in the caller's transaction."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from pydantic_core import to_json

from core.ids import new_id
from core.tenancy import active_business_id, in_real_transaction
from core.tenancy.prepared import Prepared, Unprepared, is_owing
from outbox.events import DomainEvent, Recorded
from outbox.operations.fence import Fence
from outbox.subscriptions import Subscription, subscribers_of

DELIVER_TASK: Final = "outbox.deliver"
# A burst of sales needs one nudge, not thousands; the sweeper covers what a skipped nudge missed.
_NUDGE_PAUSE_S: Final = 0.5
# A broker that does not answer must not hold up every sale.
_SULK_S: Final = 5.0
# Deferred keys and sums are checked inside the savepoint: at COMMIT they would undo the sale.
_CHECK: Final = Unprepared("SET CONSTRAINTS ALL IMMEDIATE")
_DEFER: Final = Unprepared("SET CONSTRAINTS ALL DEFERRED")
_CHECK_ONCE: Final = Unprepared(f"{_CHECK.sql}; {_DEFER.sql}")
# Whether they are checked after every statement just now.
_checking: ContextVar[bool] = ContextVar("checking", default=False)

_INSERT: Final = Prepared(
    """
WITH written AS (
    INSERT INTO outbox_event (id, business_id, name, payload, at)
    SELECT id, %(business)s, name, payload, %(now)s
    FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(payloads)s::jsonb[])
         AS e (id, name, payload)
)
INSERT INTO outbox_delivery
    (id, business_id, event_id, subscriber, state, attempts, due_at, last_error)
SELECT id, %(business)s, event_id, subscriber, 'pending', 0, %(now)s, error
FROM unnest(%(d_ids)s::uuid[], %(d_events)s::uuid[], %(d_names)s::text[], %(d_errors)s::text[])
     AS d (id, event_id, subscriber, error)
UNION ALL
SELECT app_new_id(), %(business)s, e.id, i.subscriber, 'pending', 0, %(now)s, ''
FROM unnest(%(ids)s::uuid[], %(names)s::text[]) AS e (id, name)
JOIN outbox_interest i ON i.business_id = %(business)s AND i.event = e.name
""",
    business="uuid",
    now="timestamptz",
    ids="uuid[]",
    names="text[]",
    payloads="jsonb[]",
    d_ids="uuid[]",
    d_events="uuid[]",
    d_names="text[]",
    d_errors="text[]",
)


class OutsideTransaction(RuntimeError):
    """`publish` was called where a rollback could not take the event back."""


class _Nudge:
    """Wakes the workers after commit, at most once per pause and process."""

    last: float = 0.0

    def __call__(self) -> None:
        if time.monotonic() - self.last < _NUDGE_PAUSE_S:
            return
        self.last = time.monotonic()
        try:
            current_app.send_task(DELIVER_TASK, queue="default", expires=30, retry=False)
        except OperationalError:
            # The rows are committed; the sweeper delivers them when Redis is back.
            self.last = time.monotonic() + _SULK_S


_nudge = _Nudge()


def publish(events: Sequence[DomainEvent], *, now: datetime) -> list[Recorded[Any]]:
    """Record events with their deliveries and run the in-transaction subscribers.

    One statement however many events. Raises OutsideTransaction outside one.
    """
    if not in_real_transaction():
        raise OutsideTransaction
    business_id = active_business_id()
    recorded = [Recorded(new_id(), business_id, now, event) for event in events]
    if recorded:
        _write(recorded, _ordinary(recorded), now)
        _run_in_transaction(recorded, now)
    return recorded


Owed = tuple[UUID, str, str]  # event id, subscriber, what went wrong so far


def _ordinary(recorded: Sequence[Recorded[Any]]) -> list[Owed]:
    return [
        (event.id, sub.name, "")
        for event in recorded
        for sub in subscribers_of(event.body.name)
        if not sub.in_transaction and not sub.on_request and sub.wants(event.body, event.at)
    ]


def _write(recorded: Sequence[Recorded[Any]], owed: Sequence[Owed], now: datetime) -> None:
    _INSERT.later(
        {
            "business": active_business_id(),
            "now": now,
            "ids": [event.id for event in recorded],
            "names": [event.body.name for event in recorded],
            "payloads": [to_json(event.body.payload()).decode() for event in recorded],
            "d_ids": [new_id() for _ in owed],
            "d_events": [event_id for event_id, _, _ in owed],
            "d_names": [subscriber for _, subscriber, _ in owed],
            "d_errors": [error for _, _, error in owed],
        },
        owed=True,
    )
    if owed and settings.OUTBOX_NUDGE:
        transaction.on_commit(_nudge, robust=True)


Work = tuple[Subscription, list[Recorded[Any]]]


def _run_in_transaction(recorded: Sequence[Recorded[Any]], now: datetime) -> None:
    work = _work_of(recorded)
    if not work:
        return
    whole = all(sub.whole for sub, _events in work)
    with Fence("in-transaction subscribers") as fence, _settled(whole=whole):
        for sub, events in work:
            sub.handler(events, now=now)
    if fence.error:
        _run_one_by_one(work, now)


@contextmanager
def _settled(*, whole: bool) -> Iterator[None]:
    """A savepoint that is released only when the deferred constraints hold too.

    Checking them at its end is a round trip. Where every statement leaves them satisfied they are
    checked as it goes, and the end costs nothing, unless a statement waits that was not heard yet.
    """
    outer = _checking.get()
    with transaction.atomic():
        if whole != outer:
            (_CHECK if whole else _DEFER).later()
        token = _checking.set(whole)
        try:
            yield
        finally:
            _checking.reset(token)
        if whole and not is_owing():
            if not outer:
                _DEFER.later()
        else:
            (_CHECK if outer else _CHECK_ONCE).run()


def _run_one_by_one(work: Sequence[Work], now: datetime) -> None:
    """Give every subscriber its own savepoint, so that one bad one harms only itself."""
    owed: list[Owed] = []
    for sub, events in work:
        with Fence(sub.name) as fence, _settled(whole=sub.whole):
            sub.handler(events, now=now)
        if fence.error:
            owed += [(event.id, sub.name, fence.error) for event in events]
    if owed:
        _write([], owed, now)


def _work_of(recorded: Sequence[Recorded[Any]]) -> list[Work]:
    work: dict[tuple[str, str], Work] = {}
    for event in recorded:
        for sub in subscribers_of(event.body.name):
            if sub.in_transaction and sub.wants(event.body, event.at):
                work.setdefault((event.body.name, sub.name), (sub, []))[1].append(event)
    return list(work.values())
