"""RFM in set-based SQL from the customers' totals."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from customers.queries.scoring import whom
from outbox.operations import publish
from segmentation.events import SegmentChanged
from segmentation.models import ScoringRun
from segmentation.operations.cutting import Marking, Points, choose_points
from segmentation.queries import latest_run
from segmentation.queries.source import source_as_of, source_of

# An upsert locks even the rows it leaves alone; so only what differs is written.
# Before the first moves nobody's is looked for: to an empty table the planner goes without an
# index, and would read what this very statement writes once for each customer.
_SCORE: Final = """
WITH {scored},
changed AS (
    SELECT scored.*, old.ctid AS place, old.segment AS old_segment, old.r AS old_r, old.f AS old_f,
           old.monetary_rial AS old_monetary, old.real_rial AS old_real,
           coalesce(old.segment, (
               -- Worked out afterwards, or left and here again.
               SELECT t.after FROM segmentation_segmenttransition t
               WHERE t.business_id = %(business)s AND t.customer_id = scored.customer_id
                 AND (SELECT EXISTS (SELECT FROM segmentation_segmenttransition
                                     WHERE business_id = %(business)s))
               ORDER BY t.at DESC LIMIT 1), '') AS before
    FROM scored LEFT JOIN segmentation_customerscore old
      ON old.business_id = %(business)s AND old.id = scored.customer_id
     AND (%(everybody)s OR old.id = ANY (%(customers)s::uuid[]))
    WHERE old.id IS NULL
       OR (old.r, old.f, old.m, old.segment, old.last_on, old.frequency, old.monetary_rial,
           old.real_rial)
          IS DISTINCT FROM (scored.r, scored.f, scored.m, scored.segment, scored.last_on,
                            scored.frequency, scored.monetary, scored.real)
),
moved AS (
    INSERT INTO segmentation_segmenttransition
        (id, business_id, customer_id, "on", at, before, after)
    SELECT app_new_id(), %(business)s, customer_id, %(on)s, %(now)s, before, segment
    FROM changed WHERE before <> segment
    RETURNING customer_id, before, after
),
written AS (
    UPDATE segmentation_customerscore s SET
        r = c.r, f = c.f, m = c.m, segment = c.segment, last_on = c.last_on,
        frequency = c.frequency, monetary_rial = c.monetary, real_rial = c.real, scored_at = %(now)s
    FROM changed c
    WHERE s.business_id = %(business)s AND s.ctid = c.place AND s.id = c.customer_id
),
come AS (
    INSERT INTO segmentation_customerscore
        (id, business_id, customer_id, r, f, m, segment, last_on, frequency, monetary_rial,
         real_rial, scored_at)
    SELECT customer_id, %(business)s, customer_id, r, f, m, segment, last_on, frequency, monetary,
           real, %(now)s
    FROM changed WHERE old_segment IS NULL
),
counted AS (
    INSERT INTO segmentation_segmentcount
        (id, business_id, r, f, segment, customers, net_rial, real_rial)
    SELECT app_new_id(), %(business)s, r, f, segment, sum(n), sum(net), sum(real)
    FROM (
        SELECT r, f, segment, 1 AS n, monetary AS net, real FROM changed
        UNION ALL
        SELECT old_r, old_f, old_segment, -1, -old_monetary, -old_real
        FROM changed WHERE old_segment IS NOT NULL
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
    RETURNING r, f, segment, customers, net_rial, real_rial
)
INSERT INTO segmentation_segmentcount
    (id, business_id, r, f, segment, customers, net_rial, real_rial)
SELECT app_new_id(), %(business)s, r, f, segment, sum(customers), sum(net_rial), sum(real_rial)
FROM parts GROUP BY r, f, segment HAVING sum(customers) <> 0
"""
_COUNTS: Final = "(SELECT count(*) FROM totals), (SELECT count(*) FROM moved)"
_MOVES: Final = "customer_id, before, after FROM moved"


@operation
def score_business(*, now: datetime) -> ScoringRun:
    """Move the active business's cut points and score everybody; return the run.

    A handful of statements whatever the number of customers.
    """
    _run(_LOCK)
    as_of = _today(now)
    source = source_as_of(as_of)
    scale, points = choose_points(source, as_of)
    ((customers, moved),) = _apply(Marking(source, points), None, as_of, now, _COUNTS)
    _run(_FOLD)
    return ScoringRun.objects.create(
        as_of=as_of,
        started_at=now,
        finished_at=now,
        scale=scale,
        r_cuts=points.r,
        f_cuts=points.f,
        m_cuts=points.m,
        since_on=source.since,
        money=source.money,
        base_level=source.base,
        customers=customers,
        moved=moved,
    )


@operation
def rescore(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Score some customers at once with the cut points in force; announce their moves."""
    _run(_LOCK)
    as_of = _today(now)
    moves = _apply(_marking(as_of), customer_ids, as_of, now, _MOVES)
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


def _marking(as_of: date) -> Marking:
    """Return what is in force: the newest run's, or before the first what it would choose."""
    run = latest_run()
    if run is None:
        source = source_as_of(as_of)
        return Marking(source, choose_points(source, as_of)[1])
    return Marking(source_of(run), Points(run.r_cuts, run.f_cuts, run.m_cuts))


def _apply(
    marking: Marking, customer_ids: Sequence[UUID] | None, as_of: date, now: datetime, answer: str
) -> list[tuple[Any, ...]]:
    sql = _SCORE.format(scored=marking.sql, answer=answer)
    arguments = {
        "business": active_business_id(),
        **whom(customer_ids),
        "on": as_of,
        "now": now,
        **marking.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
