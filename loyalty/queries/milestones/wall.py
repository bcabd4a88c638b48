"""The team's wall: who came, came again and stayed, month by month (C085)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from core.calendar import add_months, month_start
from core.tenancy import active_business_id

# A known buyer's first day; their second; and of those who bought the month before, how many did
# again. Returned whole is not bought.
_WALL: Final = """
WITH bought AS MATERIALIZED (
    SELECT DISTINCT p.customer_id, p.local_date FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id IS NOT NULL
        AND p.local_date >= %(before)s AND p.local_date < %(until)s
        AND p.returned_rial < p.total_rial
), buyer AS (
    SELECT customer_id, bool_or(local_date >= %(since)s) AS now,
        bool_or(local_date < %(since)s) AS earlier,
        MIN(local_date) FILTER (WHERE local_date >= %(since)s) AS first_here,
        COUNT(*) FILTER (WHERE local_date >= %(since)s) AS days_here
    FROM bought GROUP BY 1
), known AS (
    SELECT b.*, (
        SELECT COUNT(*) FROM (
            SELECT DISTINCT o.local_date FROM customers_purchase o
            WHERE o.business_id = %(business)s AND o.customer_id = b.customer_id
                AND o.local_date < %(since)s AND o.returned_rial < o.total_rial LIMIT 2
        ) d) AS days_before
    FROM buyer b
)
SELECT COUNT(*) FILTER (WHERE now AND days_before = 0),
    COUNT(*) FILTER (WHERE now AND days_before < 2 AND days_before + days_here >= 2),
    COUNT(*) FILTER (WHERE earlier), COUNT(*) FILTER (WHERE earlier AND now)
FROM known
"""


@dataclass(frozen=True, slots=True)
class Month:
    """One Jalali month: `kept` of `earlier` buyers of the month before bought again."""

    first: date
    new: int
    second: int
    earlier: int
    kept: int


def wall(today: date, months: int) -> list[Month]:
    """Return the last months, the running one last. One query a month."""
    running = month_start(today)
    return [_month(add_months(running, -back)) for back in range(months - 1, -1, -1)]


def _month(first: date) -> Month:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "before": add_months(first, -1),
        "since": first,
        "until": add_months(first, 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WALL, values)
        return Month(first, *(int(value) for value in cursor.fetchone()))
