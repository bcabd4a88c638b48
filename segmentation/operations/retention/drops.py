"""Whose score dropped since the last night: noted for everybody at once, told of each once (C112).

Low is under half of the business's mean score. Who dropped is told again only after rising to three
quarters of it: a score that wavers about the line is one drop. Nothing is told on a night that
measures otherwise than the last (another horizon, another basis), nor of who was not foreseen
then: their score did not drop, we look at it for the first time.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id, operation
from outbox.operations import publish
from segmentation.events import RetentionDropped
from segmentation.models import OutlookRun, RetentionDrop

_LOW: Final = 0.5
_RISEN: Final = 0.75
# Who is erased or buys meanwhile waits, so that no run brings back what was.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':outlook', 0))"
_DROPS: Final = """
WITH moved AS (
    UPDATE segmentation_customeroutlook SET low = NOT low
    WHERE business_id = %(business)s
      AND CASE WHEN low THEN score >= %(risen)s ELSE score < %(line)s END
    RETURNING id, score, low, known_at
), risen AS (
    UPDATE segmentation_retentiondrop d SET risen_at = greatest(%(now)s, d.at)
    FROM moved m
    WHERE d.business_id = %(business)s AND d.risen_at IS NULL
      AND NOT m.low AND d.customer_id = m.id
)
INSERT INTO segmentation_retentiondrop (id, business_id, customer_id, at, score, line)
SELECT app_new_id(), %(business)s, m.id, %(now)s, m.score, %(line)s
FROM moved m WHERE m.low AND m.known_at <= %(since)s::timestamptz
ON CONFLICT (business_id, customer_id) WHERE risen_at IS NULL DO NOTHING
RETURNING customer_id::text, score
"""


@operation
def note_drops(*, now: datetime) -> int:
    """Hold the newest night's scores against its line; return how many were told of.

    One statement, whatever the number of customers: it writes only whoever crossed the line. A
    second time in a night finds nothing new.
    """
    lock_outlooks()
    run = OutlookRun.objects.select_related("model").order_by("-finished_at").first()
    if run is None or not run.customers:
        return 0
    mean = 100 * run.expected_customers / run.customers
    line = max(1, math.floor(_LOW * mean))
    since = _since(run)
    risen = max(line, math.ceil(_RISEN * mean))
    found = _run(_DROPS, now=now, line=line, risen=risen, since=since)
    OutlookRun.objects.filter(id=run.id).update(low_line=line)
    publish([_event(run, line, UUID(who), score) for who, score in sorted(found)], now=now)
    return len(found)


@operation
def leave_drops(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Forget the drops of who is foreseen no more: joined to others, erased, all returned."""
    del now
    lock_outlooks()
    RetentionDrop.objects.filter(customer_id__in=list(customer_ids)).delete()


def lock_outlooks() -> None:
    """Let nobody else write the active business's outlooks and drops until the end."""
    _run(_LOCK)


def _since(run: OutlookRun) -> datetime | None:
    """Return when the last night was that measured as this one does, or None."""
    last = (
        OutlookRun.objects.select_related("model")
        .filter(low_line__isnull=False, finished_at__lt=run.finished_at)
        .order_by("-finished_at")
        .first()
    )
    if last is None or _yardstick(last) != _yardstick(run):
        return None
    return last.finished_at


def _yardstick(run: OutlookRun) -> tuple[int, str]:
    return run.model.horizon_days, run.model.basis


def _event(run: OutlookRun, line: int, who: UUID, score: int) -> RetentionDropped:
    return RetentionDropped(
        customer_id=who,
        score=score,
        line=line,
        horizon_days=run.model.horizon_days,
        basis=run.model.basis,
        as_of=run.as_of,
    )


def _run(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return list(cursor.fetchall()) if cursor.description else []
