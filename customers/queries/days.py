"""Sales per business day: closed days from their sums, open ones counted live."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Max

from businesses.queries import business_by_id
from core.calendar import day_start
from core.tenancy import active_business_id
from customers.models import Purchase, SalesDay

# One row per day with a purchase; the window is given as instants so that the index serves it.
_COUNT_DAYS: Final = """
SELECT p.local_date AS on,
       count(*) AS purchases,
       count(p.customer_id) AS known_purchases,
       count(*) FILTER (WHERE t.first_on < p.local_date) AS returning_purchases,
       count(DISTINCT p.customer_id) FILTER (WHERE t.first_on = p.local_date) AS new_customers,
       sum(p.total_rial)::bigint AS gross_rial,
       sum(p.returned_rial)::bigint AS returned_rial,
       coalesce(sum(p.total_rial - p.returned_rial)
                FILTER (WHERE t.first_on < p.local_date), 0)::bigint AS returning_rial
FROM customers_purchase p
LEFT JOIN {totals}
WHERE p.business_id = %(business)s
  AND p.occurred_at >= %(start)s AND p.occurred_at < %(end)s
GROUP BY p.local_date
"""
# For a long span all totals are read once; for a few days LIMIT 1 makes the planner, which knows
# little of the newest rows, look up each buyer instead.
_ALL: Final = "customers_customertotals t ON t.business_id = p.business_id AND t.id = p.customer_id"
_EACH: Final = """LATERAL (
    SELECT first_on FROM customers_customertotals
    WHERE business_id = p.business_id AND id = p.customer_id LIMIT 1
) t ON true"""
_FEW: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DaySums:
    """Sales of one business day; `net_rial` is after returns."""

    on: date
    purchases: int = 0
    known_purchases: int = 0
    returning_purchases: int = 0
    new_customers: int = 0
    gross_rial: int = 0
    returned_rial: int = 0
    returning_rial: int = 0

    @property
    def net_rial(self) -> int:
        """Sales less what came back."""
        return self.gross_rial - self.returned_rial


_COLUMNS: Final = tuple(field.name for field in fields(DaySums))


def sales_days(start: date, end: date) -> list[DaySums]:
    """Return every day from `start` to `end` inclusive, empty days as zeros.

    Three queries whatever the span: closed days are read, the days after the last closed one are
    counted live.
    """
    closed_until = last_closed_day()
    live_from = start if closed_until is None else max(start, closed_until + timedelta(days=1))
    found = {day.on: day for day in _closed(start, live_from)}
    if live_from <= end:
        found |= {day.on: day for day in count_days(live_from, end)}
    span = (end - start).days + 1
    return [found.get(on, DaySums(on)) for on in (start + timedelta(days=n) for n in range(span))]


def last_closed_day() -> date | None:
    """Return the last day of the active business whose sums are kept, or None."""
    last: date | None = SalesDay.objects.aggregate(last=Max("on"))["last"]
    return last


def count_days(start: date, end: date) -> list[DaySums]:
    """Count the days from `start` to `end` inclusive from the purchases themselves."""
    business_id = active_business_id()
    zone = business_by_id(business_id).timezone
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_DAYS.format(totals=_EACH if end - start < _FEW else _ALL),
            {
                "business": business_id,
                "start": day_start(start, zone),
                "end": day_start(end + timedelta(days=1), zone),
            },
        )
        return [DaySums(*row) for row in cursor.fetchall()]


def stale_days() -> list[tuple[UUID, date]]:
    """Return (business, day) of every day to be recounted; needs the worker's sight."""
    rows = SalesDay.objects.filter(stale=True).order_by("business_id", "on")
    return list(rows.values_list("business_id", "on"))


def _closed(start: date, before: date) -> Sequence[DaySums]:
    rows = SalesDay.objects.filter(on__gte=start, on__lt=before)
    return [DaySums(*row) for row in rows.values_list(*_COLUMNS)]


def day_of_purchase(purchase_id: UUID) -> date:
    """Return the business day a purchase belongs to."""
    return Purchase.objects.values_list("local_date", flat=True).get(id=purchase_id)
