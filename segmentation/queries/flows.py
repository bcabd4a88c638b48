"""Who went from which segment to which in a Jalali month, and who stayed."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import F

from core.calendar import add_months, month_start
from core.tenancy import active_business_id
from segmentation.models import ScoringRun, SegmentTransition
from segmentation.queries.scores import summary

# Each mover once: where they were before the first move and after the last one of the time. Who
# came from nowhere may have been worked out into the months before since.
_MOVES: Final = """
SELECT later, CASE WHEN before = '' THEN coalesce((
           SELECT t.after FROM segmentation_segmenttransition t
           WHERE t.business_id = %(business)s AND t.customer_id = moved.customer_id
             AND t.at < moved.since ORDER BY t.at DESC LIMIT 1), '') ELSE before END AS came_from,
       after, count(*)
FROM (
    SELECT "on" >= %(end)s AS later, customer_id, min(at) AS since,
           (array_agg(before ORDER BY at))[1] AS before,
           (array_agg(after ORDER BY at DESC))[1] AS after
    FROM segmentation_segmenttransition
    WHERE business_id = %(business)s AND "on" >= %(start)s AND before <> after
    GROUP BY later, customer_id
) AS moved GROUP BY later, came_from, after
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """How many went from one segment to another in a month; empty names stand for outside."""

    before: str
    after: str
    customers: int


@dataclass(frozen=True, slots=True)
class MonthFlows:
    """A month's flows, largest first; `worked_out`: before scoring began, from what was bought."""

    month_on: date
    flows: list[Flow]
    worked_out: bool


def month_flows(month_on: date) -> MonthFlows:
    """Return where everybody was when a month began and ended. Three queries.

    Whoever was in no segment on both days is left out.
    """
    start, end = month_start(month_on), add_months(month_start(month_on), 1)
    movers: Counter[tuple[str, str]] = Counter()
    at_end = Counter({row.segment.value: row.customers for row in summary()})
    for later, before, after, count in _moves(start, end):
        if later:
            at_end[before] += count
            at_end[after] -= count
        else:
            movers[before, after] += count
    for segment, size in at_end.items():
        if segment:
            arrived = sum(n for (_before, after), n in movers.items() if after == segment)
            movers[segment, segment] += size - arrived
    return MonthFlows(start, _flows(movers), worked_out=_is_before_scoring(start))


def first_move_on() -> date | None:
    """Return the day of the oldest move, or None when nobody was ever scored."""
    days = (
        SegmentTransition.objects.exclude(before=F("after"))
        .order_by("on")
        .values_list("on", flat=True)
    )
    return days.first()


def _moves(start: date, end: date) -> list[tuple[bool, str, str, int]]:
    values: dict[str, Any] = {"business": active_business_id(), "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, values)
        return list(cursor.fetchall())


def _flows(movers: Counter[tuple[str, str]]) -> list[Flow]:
    found = [
        Flow(before, after, count)
        for (before, after), count in movers.items()
        if count > 0 and (before or after)
    ]
    return sorted(found, key=lambda one: (-one.customers, one.before, one.after))


def _is_before_scoring(start: date) -> bool:
    first = ScoringRun.objects.order_by("started_at").values_list("as_of", flat=True).first()
    return first is not None and start < month_start(first)
