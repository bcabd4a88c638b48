"""The programme in figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from core.tenancy import active_business_id
from loyalty.queries.programme import program

_OWED: Final = """
SELECT COALESCE(SUM(GREATEST(balance_points, 0)), 0), COALESCE(SUM(pending_points), 0),
    COALESCE(SUM(LEAST(balance_points, 0)), 0), count(*) FILTER (WHERE balance_points > 0)
FROM loyalty_wallet WHERE business_id = %(business)s
"""
# Past their date but not yet written off by the sweeper.
_GONE: Final = """
SELECT COALESCE(SUM(remaining_points), 0) FROM loyalty_lot
WHERE business_id = %(business)s AND state = 'active' AND expires_at <= %(now)s
"""
_EXPIRING: Final = """
SELECT COALESCE(SUM(remaining_points), 0) FROM loyalty_lot
WHERE business_id = %(business)s AND state = 'active' AND expires_at > %(now)s
    AND expires_at <= %(until)s
"""
_MOVED: Final = """
SELECT kind, COALESCE(SUM(points + pending_points), 0) FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND at >= %(since)s AND at < %(now)s
    AND kind IN ('earn', 'redeem', 'release', 'expire', 'clawback', 'adjust')
GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """Points in customers' hands; negative balances are not set off against others' points."""

    spendable_points: int
    pending_points: int
    negative_points: int
    members_with_points: int
    unit_value_rial: int

    @property
    def liability_rial(self) -> int:
        return (self.spendable_points + self.pending_points) * self.unit_value_rial


@dataclass(frozen=True, slots=True)
class Movements:
    """Points moved in a period, all positive: spent is net of what was given back."""

    earned: int
    spent: int
    expired: int
    taken_back: int
    adjusted: int


def points_owed(now: datetime) -> Owed:
    """Return what the business owes its customers in points."""
    spendable, pending, negative, members = _row(_OWED)
    (gone,) = _row(_GONE, now=now)
    current = program()
    unit = current.unit_value_rial if current else 0
    return Owed(int(spendable) - int(gone), int(pending), int(negative), members, unit)


def liability_rial(now: datetime) -> int:
    """Return points owed, spendable and pending, in rial."""
    return points_owed(now).liability_rial


def expiring_points(now: datetime, until: datetime) -> int:
    """Return the spendable points that will be gone by an instant."""
    return int(_row(_EXPIRING, now=now, until=until)[0])


def points_moved(since: datetime, now: datetime) -> Movements:
    """Return the points moved in [since, now)."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"business": active_business_id(), "since": since, "now": now})
        moved = {kind: int(points) for kind, points in cursor.fetchall()}
    return Movements(
        earned=moved.get("earn", 0),
        spent=-moved.get("redeem", 0) - moved.get("release", 0),
        expired=-moved.get("expire", 0),
        taken_back=-moved.get("clawback", 0),
        adjusted=moved.get("adjust", 0),
    )


def _row(sql: str, **values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        row: tuple[Any, ...] = cursor.fetchone()
    return row
