"""What returns did to points (C074)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from core.calendar import day_start
from core.tenancy import active_business_id

# Points that wait for an owner are owed to nobody, and are left out. What was taken below zero is
# in the entry's points too; the rest of it was let go.
_POINTS: Final = """
SELECT width_bucket(at, %(starts)s::timestamptz[]) AS place,
       -coalesce(sum(points + pending_points), 0)::bigint,
       coalesce(sum((data ->> 'owed')::bigint), 0)::bigint,
       coalesce(sum((data ->> 'forgiven')::bigint), 0)::bigint
FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND kind = 'clawback' AND at >= %(since)s AND at < %(until)s
    AND data ->> 'disowned' IS NULL
GROUP BY place ORDER BY place
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsOfReturns:
    """Points of one span: taken back in all, of those owed by customers, and not recoverable.

    Owed ones are a balance below zero, which the customer's next points repay.
    """

    place: int
    taken: int
    owed: int
    unrecoverable: int


def points_of_returns(
    starts: Sequence[date], *, until: date, zone: ZoneInfo
) -> list[PointsOfReturns]:
    """Return the points of returns booked in the spans that begin on `starts`. One query."""
    bounds = [day_start(start, zone) for start in starts]
    values: dict[str, Any] = {
        "business": active_business_id(),
        "starts": bounds,
        "since": bounds[0],
        "until": day_start(until, zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, values)
        rows = cursor.fetchall()
    return [
        PointsOfReturns(place=place - 1, taken=taken, owed=owed, unrecoverable=gone)
        for place, taken, owed, gone in rows
    ]
