"""Closing business days of points."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.ids import new_id
from core.tenancy import active_business_id, operation
from loyalty.models import LedgerEntry
from loyalty.queries.sums import MOVED, last_closed_day

# A sale's transaction may still be on its way when its day ends.
_SETTLED: Final = timedelta(hours=1)
_AT_ONCE: Final = 400

_CLOSE: Final = f"""
WITH moved AS (
    SELECT width_bucket(at, %(starts)s::timestamptz[]) AS place, {MOVED}
    FROM loyalty_ledgerentry
    WHERE business_id = %(business)s AND at >= %(first)s AND at < %(end)s
    GROUP BY 1
),
before AS (
    SELECT spendable_points, pending_points, negative_points FROM loyalty_pointsday
    WHERE business_id = %(business)s ORDER BY "on" DESC LIMIT 1
),
counted AS (
    SELECT d.id, d.day, COALESCE(m.earned, 0) AS earned, COALESCE(m.spent, 0) AS spent,
        COALESCE(m.expired, 0) AS expired, COALESCE(m.returned, 0) AS returned,
        COALESCE(m.adjusted, 0) AS adjusted,
        SUM(COALESCE(m.spendable, 0)) OVER so_far AS spendable,
        SUM(COALESCE(m.pending, 0)) OVER so_far AS pending,
        SUM(COALESCE(m.negative, 0)) OVER so_far AS negative
    FROM unnest(%(ids)s::uuid[], %(days)s::date[]) WITH ORDINALITY AS d (id, day, place)
    LEFT JOIN moved m ON m.place = d.place
    WINDOW so_far AS (ORDER BY d.place)
)
INSERT INTO loyalty_pointsday
    (id, business_id, "on", earned_points, spent_points, expired_points, returned_points,
     adjusted_points, spendable_points, pending_points, negative_points, closed_at)
SELECT c.id, %(business)s, c.day, c.earned, c.spent, c.expired, c.returned, c.adjusted,
    c.spendable + COALESCE(b.spendable_points, 0), c.pending + COALESCE(b.pending_points, 0),
    c.negative + COALESCE(b.negative_points, 0), %(now)s
FROM counted c LEFT JOIN before b ON true
ON CONFLICT (business_id, "on") DO NOTHING
"""  # noqa: S608 - the parts are constants


@operation
def close_days(*, now: datetime) -> int:
    """Close every day of points that is over; return how many were written."""
    zone = business_by_id(active_business_id()).timezone
    last = business_day(now - _SETTLED, zone) - timedelta(days=1)
    first = _first_open_day(zone)
    written = 0
    while first is not None and first <= last:
        until = min(last, first + timedelta(days=_AT_ONCE - 1))
        written += _close(first, until, zone, now)
        first = until + timedelta(days=1)
    return written


def _first_open_day(zone: ZoneInfo) -> date | None:
    closed = last_closed_day()
    if closed is not None:
        return closed.on + timedelta(days=1)
    earliest = LedgerEntry.objects.order_by("at").values_list("at", flat=True).first()
    return None if earliest is None else business_day(earliest, zone)


def _close(first: date, last: date, zone: ZoneInfo, now: datetime) -> int:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts = [day_start(day, zone) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSE,
            {
                "business": active_business_id(),
                "starts": starts,
                "first": starts[0],
                "end": day_start(last + timedelta(days=1), zone),
                "ids": [new_id() for _ in days],
                "days": days,
                "now": now,
            },
        )
        return int(cursor.rowcount)
