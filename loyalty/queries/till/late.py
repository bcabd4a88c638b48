"""What devices sent late, what of it did not fit, and what has not come yet."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from core.calendar import business_day, day_start
from core.tenancy import active_business_id
from loyalty.enums import TillState, TillVerb
from loyalty.models import TillTransaction

# Numbers a device gave away that never came, as runs: one look however many there are.
_MISSING: Final = """
SELECT device_id, before + 1, sequence - 1 FROM (
    SELECT device_id, sequence,
        lag(sequence, 1, 0::bigint) OVER (PARTITION BY device_id ORDER BY sequence) AS before
    FROM loyalty_tilltransaction
    WHERE business_id = %(business)s AND device_id = ANY(%(devices)s::uuid[])
        AND sequence IS NOT NULL
) gaps WHERE sequence > before + 1 ORDER BY device_id, sequence LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers of a device that have not come, from the first to the last of a run."""

    device_id: UUID
    first: int
    last: int

    @property
    def count(self) -> int:
        """Return how many they are."""
        return self.last - self.first + 1


def late_rows() -> QuerySet[TillTransaction]:
    """Return what came late; page it by `arrived_at`."""
    return TillTransaction.objects.select_related("device").filter(is_late=True)


def not_fitting() -> QuerySet[TillTransaction]:
    """Return what did not fit and nobody has dealt with, oldest first."""
    rows = TillTransaction.objects.select_related("device")
    return rows.filter(state=TillState.REFUSED, dealt_at=None).order_by("arrived_at", "id")


def last_sequence(device_id: UUID) -> int:
    """Return the highest number in its row a device has sent, 0 before the first."""
    rows = TillTransaction.objects.filter(device=device_id, sequence__isnull=False)
    return rows.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def missing_of(device_ids: Collection[UUID]) -> list[Missing]:
    """Return the numbers of devices that have not come, at most a hundred runs. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "devices": list(device_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, values)
        return [Missing(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class LateDay:
    """What came late of one business day, by the day it came."""

    day: date
    count: int
    total_rial: int
    longest: timedelta


def late_by_day(since: date, last: date, zone: ZoneInfo) -> list[LateDay]:
    """Return each day of a span with the sales of it that came late. One query."""
    rows = TillTransaction.objects.filter(
        is_late=True, verb=TillVerb.ACCRUE, arrived_at__gte=day_start(since, zone)
    )
    found: dict[date, list[tuple[int, timedelta]]] = defaultdict(list)
    for total, happened_at, arrived_at in rows.values_list(
        "total_rial", "happened_at", "arrived_at"
    ):
        found[business_day(arrived_at, zone)].append((total, arrived_at - happened_at))
    days = [since + timedelta(days=place) for place in range((last - since).days + 1)]
    return [_day(day, found[day]) for day in days]


def _day(day: date, sales: list[tuple[int, timedelta]]) -> LateDay:
    longest = max((late for _total, late in sales), default=timedelta())
    return LateDay(day, len(sales), sum(total for total, _late in sales), longest)
