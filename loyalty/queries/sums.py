"""The programme in figures: closed days in sums, the open ones from the ledger itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.tenancy import active_business_id
from loyalty.models import PointsDay
from loyalty.queries.programme import program

# What entries of lots say is owed; entries without a lot are what customers owe.
MOVED: Final = """
    COALESCE(SUM(points + pending_points) FILTER (WHERE kind = 'earn'), 0) AS earned,
    COALESCE(-SUM(points) FILTER (WHERE kind IN ('redeem', 'release')), 0) AS spent,
    COALESCE(-SUM(points + pending_points) FILTER (
        WHERE kind IN ('expire', 'left', 'rejoin')), 0) AS expired,
    COALESCE(-SUM(points + pending_points) FILTER (WHERE kind = 'clawback'), 0) AS returned,
    COALESCE(SUM(points) FILTER (WHERE kind IN ('adjust', 'gift', 'goodwill')), 0) AS adjusted,
    COALESCE(SUM(points) FILTER (WHERE lot_id IS NOT NULL), 0) AS spendable,
    COALESCE(SUM(pending_points), 0) AS pending,
    COALESCE(SUM(points) FILTER (WHERE lot_id IS NULL), 0) AS negative"""
_OPEN: Final = f"""
SELECT {MOVED} FROM loyalty_ledgerentry
WHERE business_id = %(business)s AND at >= %(since)s AND at < %(until)s
"""  # noqa: S608 - the parts are constants
# Past their date but not yet written off by the sweeper.
_GONE: Final = """
SELECT COALESCE(SUM(remaining_points), 0) FROM loyalty_lot
WHERE business_id = %(business)s AND state = 'active' AND expires_at <= %(now)s
"""
_ENDING: Final = """
SELECT COALESCE(SUM(remaining_points), 0) FROM loyalty_lot
WHERE business_id = %(business)s AND state = 'active' AND expires_at > %(now)s
    AND expires_at <= %(until)s
"""
_MEMBERS: Final = """
SELECT count(*) FROM loyalty_wallet WHERE business_id = %(business)s AND balance_points > 0
"""
_LONG_AGO: Final = datetime.min.replace(tzinfo=ZoneInfo("UTC")) + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Owed:
    """Points in customers' hands; negative balances are not set off against others' points."""

    spendable_points: int
    pending_points: int
    negative_points: int
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
    zone = business_by_id(active_business_id()).timezone
    closed = last_closed_day(before=business_day(now, zone))
    since = _after(closed.on, zone) if closed else _LONG_AGO
    *_moved, spendable, pending, negative = _open(since, now + timedelta(microseconds=1))
    if closed is not None:
        spendable += closed.spendable_points
        pending += closed.pending_points
        negative += closed.negative_points
    current = program()
    unit = current.unit_value_rial if current else 0
    return Owed(spendable - _one(_GONE, now=now), pending, negative, unit)


def liability_rial(now: datetime) -> int:
    """Return points owed, spendable and pending, in rial."""
    return points_owed(now).liability_rial


def members_with_points() -> int:
    """Return how many customers have something to spend; counts wallets one by one."""
    return _one(_MEMBERS)


def expiring_points(now: datetime, until: datetime) -> int:
    """Return the spendable points that will be gone by an instant."""
    return _one(_ENDING, now=now, until=until)


def points_moved(since: datetime, now: datetime) -> Movements:
    """Return the points moved in [since, now)."""
    zone = business_by_id(active_business_id()).timezone
    first = business_day(since, zone) + timedelta(days=1)
    closed = last_closed_day(before=business_day(now, zone))
    if closed is None or closed.on < first:
        return Movements(*_open(since, now)[:5])
    parts = (
        _open(since, day_start(first, zone)),
        _closed(first, closed.on),
        _open(_after(closed.on, zone), now),
    )
    return Movements(*(sum(part[place] for part in parts) for place in range(5)))


def points_days(start: date, end: date) -> list[PointsDay]:
    """Return the closed days of [start, end], oldest first."""
    return list(PointsDay.objects.filter(on__range=(start, end)).order_by("on"))


def last_closed_day(*, before: date | None = None) -> PointsDay | None:
    """Return the last closed day (before another day), or None."""
    days = PointsDay.objects.order_by("-on")
    return (days if before is None else days.filter(on__lt=before)).first()


def _after(day: date, zone: ZoneInfo) -> datetime:
    return day_start(day + timedelta(days=1), zone)


def _closed(first: date, last: date) -> tuple[int, ...]:
    names = ("earned", "spent", "expired", "returned", "adjusted")
    sums = PointsDay.objects.filter(on__range=(first, last)).aggregate(
        **{name: Sum(f"{name}_points", default=0) for name in names}
    )
    return tuple(int(sums[name]) for name in names)


def _open(since: datetime, until: datetime) -> list[int]:
    return [int(value) for value in _row(_OPEN, since=since, until=until)]


def _one(sql: str, **values: Any) -> int:
    return int(_row(sql, **values)[0])


def _row(sql: str, **values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        row: tuple[Any, ...] = cursor.fetchone()
    return row
