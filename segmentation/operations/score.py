"""RFM in set-based SQL from the customers' running totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from customers.queries.scoring import SCORING_TOTALS
from outbox.operations import publish
from segmentation.enums import SEGMENTS_BY_POSITION, Scale
from segmentation.events import SegmentChanged
from segmentation.models import ScoringRun
from segmentation.queries import latest_run, number_cuts, recency_cuts

MIN_FOR_QUANTILES: Final = 50
# Under fifty customers quintiles mean nothing: days since the last purchase, purchase days.
_FIXED_DAYS: Final = (240, 120, 60, 30)
_FIXED_FREQUENCY: Final = [2, 3, 4, 6]

# An upsert locks even the rows it leaves alone; so only what differs is written.
_SCORE: Final = """
WITH totals (customer_id, last_on, frequency, monetary) AS ({totals}),
marked AS (
    SELECT customer_id, last_on, frequency, monetary, {r} AS r, {f} AS f, {m} AS m FROM totals
    OFFSET 0  -- each mark is worked out once
),
scored AS (
    SELECT *, (%(names)s::text[])[1 + 25 * (r - 1) + 5 * (f - 1) + (m - 1)] AS segment FROM marked
),
changed AS (
    SELECT scored.*, coalesce(old.segment, '') AS before, old.r AS old_r, old.f AS old_f,
           old.monetary_rial AS old_monetary
    FROM scored LEFT JOIN segmentation_customerscore old
      ON old.business_id = %(business)s AND old.id = scored.customer_id
    WHERE old.id IS NULL
       OR (old.r, old.f, old.m, old.segment, old.last_on, old.frequency, old.monetary_rial)
          IS DISTINCT FROM (scored.r, scored.f, scored.m, scored.segment, scored.last_on,
                            scored.frequency, scored.monetary)
),
moved AS (
    INSERT INTO segmentation_segmenttransition
        (id, business_id, customer_id, "on", at, before, after)
    SELECT gen_random_uuid(), %(business)s, customer_id, %(on)s, %(now)s, before, segment
    FROM changed WHERE before <> segment
    RETURNING customer_id, before, after
),
written AS (
    INSERT INTO segmentation_customerscore
        (id, business_id, customer_id, r, f, m, segment, last_on, frequency, monetary_rial,
         scored_at)
    SELECT customer_id, %(business)s, customer_id, r, f, m, segment, last_on, frequency, monetary,
           %(now)s
    FROM changed
    ON CONFLICT (business_id, id) DO UPDATE SET
        r = excluded.r, f = excluded.f, m = excluded.m, segment = excluded.segment,
        last_on = excluded.last_on, frequency = excluded.frequency,
        monetary_rial = excluded.monetary_rial, scored_at = excluded.scored_at
),
counted AS (
    INSERT INTO segmentation_segmentcount (id, business_id, r, f, segment, customers, net_rial)
    SELECT gen_random_uuid(), %(business)s, r, f, segment, sum(n), sum(net)
    FROM (
        SELECT r, f, segment, 1 AS n, monetary AS net FROM changed
        UNION ALL
        SELECT old_r, old_f, before, -1, -old_monetary FROM changed WHERE before <> ''
    ) AS parts
    GROUP BY r, f, segment
)
SELECT {answer}
"""
# What is written depends on what was there, so a business is scored by one at a time.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':scores', 0))"
_FOLD: Final = """
WITH parts AS (
    DELETE FROM segmentation_segmentcount WHERE business_id = %(business)s
    RETURNING r, f, segment, customers, net_rial
)
INSERT INTO segmentation_segmentcount (id, business_id, r, f, segment, customers, net_rial)
SELECT gen_random_uuid(), %(business)s, r, f, segment, sum(customers), sum(net_rial)
FROM parts GROUP BY r, f, segment HAVING sum(customers) <> 0
"""
_COUNTS: Final = "(SELECT count(*) FROM totals), (SELECT count(*) FROM moved)"
_MOVES: Final = "customer_id, before, after FROM moved"


@dataclass(frozen=True, slots=True)
class Points:
    """The cut points in force."""

    r: list[date]
    f: list[int]
    m: list[int]


@operation
def score_business(*, now: datetime) -> ScoringRun:
    """Move the active business's cut points and score everybody; return the run.

    A handful of statements whatever the number of customers.
    """
    _run(_LOCK)
    as_of = _today(now)
    scale, points = _choose_points(as_of)
    run = ScoringRun.objects.create(
        as_of=as_of,
        started_at=now,
        scale=scale,
        r_cuts=points.r,
        f_cuts=points.f,
        m_cuts=points.m,
    )
    ((customers, moved),) = _apply(points, None, as_of, now, _COUNTS)
    _run(_FOLD)
    run.customers, run.moved, run.finished_at = customers, moved, now
    run.save(update_fields=["customers", "moved", "finished_at"])
    return run


@operation
def rescore(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Score some customers at once with the cut points in force; announce their moves."""
    _run(_LOCK)
    run = latest_run()
    as_of = _today(now)
    points = Points(run.r_cuts, run.f_cuts, run.m_cuts) if run else _choose_points(as_of)[1]
    moves = _apply(points, customer_ids, as_of, now, _MOVES)
    publish(
        [
            SegmentChanged(customer_id=customer_id, before=before, after=after)
            for customer_id, before, after in moves
        ],
        now=now,
    )


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id()})


def _today(now: datetime) -> date:
    return business_day(now, business_by_id(active_business_id()).timezone)


def _choose_points(as_of: date) -> tuple[Scale, Points]:
    recency, money = recency_cuts(), list(number_cuts("monetary").thresholds)
    if recency.rows < MIN_FOR_QUANTILES:
        fixed = [as_of - timedelta(days=days - 1) for days in _FIXED_DAYS]
        return Scale.FIXED, Points(fixed, list(_FIXED_FREQUENCY), money)
    frequency = list(number_cuts("frequency").thresholds)
    return Scale.QUANTILE, Points(list(recency.thresholds), frequency, money)


def _mark(column: str, cuts: Sequence[object], name: str, kind: str) -> str:
    return f"1 + width_bucket({column}, %({name})s::{kind}[])" if cuts else "3"


def _apply(
    points: Points, customer_ids: Sequence[UUID] | None, as_of: date, now: datetime, answer: str
) -> list[tuple[Any, ...]]:
    sql = _SCORE.format(
        totals=SCORING_TOTALS,
        r=_mark("last_on", points.r, "r", "date"),
        f=_mark("frequency", points.f, "f", "bigint"),
        m=_mark("monetary", points.m, "m", "bigint"),
        answer=answer,
    )
    arguments = {
        "business": active_business_id(),
        "customers": None if customer_ids is None else list(customer_ids),
        "names": SEGMENTS_BY_POSITION,
        "on": as_of,
        "now": now,
        "r": points.r,
        "f": points.f,
        "m": points.m,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
