"""Whose score dropped since the last night: noted for everybody at once, told of each once (C112).

Low is under half of the business's mean score. Who dropped is told again only after rising to three
quarters of it: a score that wavers about the line is one drop. Nothing is told on a night that
measures otherwise than the last (another horizon, another basis), nor of who was not known then:
their score did not drop, we look at it for the first time.
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
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':drops', 0))"
_DROPS: Final = """
WITH risen AS (
    UPDATE segmentation_retentiondrop d SET risen_at = greatest(%(now)s, d.at)
    FROM segmentation_customeroutlook o
    WHERE d.business_id = %(business)s AND d.risen_at IS NULL
      AND o.business_id = %(business)s AND o.id = d.customer_id AND o.score >= %(risen)s
), low AS (
    SELECT o.id, o.score, %(since)s::timestamptz IS NOT NULL
           AND c.created_at <= %(since)s::timestamptz AS told
    FROM segmentation_customeroutlook o
    JOIN customers_customer c ON c.business_id = %(business)s AND c.id = o.id
    WHERE o.business_id = %(business)s AND o.score < %(line)s AND NOT EXISTS (
        SELECT FROM segmentation_retentiondrop d
        WHERE d.business_id = %(business)s AND d.customer_id = o.id AND d.risen_at IS NULL)
), come AS (
    INSERT INTO segmentation_retentiondrop (id, business_id, customer_id, at, score, line, told)
    SELECT gen_random_uuid(), %(business)s, id, %(now)s, score, %(line)s, told FROM low
    RETURNING customer_id, score, told
)
SELECT customer_id::text, score FROM come WHERE told ORDER BY customer_id
"""


@operation
def note_drops(*, now: datetime) -> int:
    """Hold the newest night's scores against its line; return how many were told of.

    One statement, whatever the number of customers; a second time in a night finds nothing new.
    """
    _run(_LOCK)
    run = OutlookRun.objects.select_related("model").order_by("-finished_at").first()
    if run is None or not run.customers:
        return 0
    mean = 100 * run.expected_customers / run.customers
    line = max(1, math.floor(_LOW * mean))
    found = _run(
        _DROPS,
        now=now,
        line=line,
        risen=max(line, math.ceil(_RISEN * mean)),
        since=_since(run),
    )
    OutlookRun.objects.filter(id=run.id).update(low_line=line)
    publish([_event(run, line, UUID(who), score) for who, score in found], now=now)
    return len(found)


@operation
def leave_drops(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Forget the drops of profiles that are no more: joined to others, or erased."""
    del now
    _run(_LOCK)
    RetentionDrop.objects.filter(customer_id__in=list(customer_ids)).delete()


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
