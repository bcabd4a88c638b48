"""How many pieces of each product were sold, week by week (C070)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from core.tenancy import active_business_id

WEEK_DAYS: Final = 7
_WEEKS: Final = 52
_LATELY: Final = 26
# What is hardly sold has no volume to foresee.
_LEAST_WEEKS: Final = 8
_LEAST_PIECES: Final = 20
# Net of returns; the most money first. Weeks end with yesterday.
_VOLUMES: Final = """
WITH sold AS (
    SELECT coalesce(nullif(l.sku, ''), l.name) AS key, max(l.name) AS name,
           (p.local_date - %(since)s::date) / 7 AS week,
           sum(l.quantity * (1 - l.returned_rial::numeric / greatest(l.total_rial, 1))) AS pieces,
           sum(l.total_rial - l.returned_rial) AS rial
    FROM customers_purchase p
    JOIN customers_purchaseline l ON l.business_id = %(business)s AND l.purchase_id = p.id
    WHERE p.business_id = %(business)s
      AND p.local_date >= %(since)s::date AND p.local_date < %(today)s::date
      AND (l.sku <> '' OR l.name <> '')
    GROUP BY 1, 3
)
SELECT key, max(name), array_agg(week ORDER BY week), array_agg(pieces::float8 ORDER BY week)
FROM sold GROUP BY key
HAVING count(*) FILTER (WHERE week >= %(lately)s) >= %(least_weeks)s
   AND sum(pieces) FILTER (WHERE week >= %(lately)s) >= %(least_pieces)s
ORDER BY sum(rial) FILTER (WHERE week >= %(lately)s) DESC, key LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class SoldWeeks:
    """A product's pieces of each of the last fifty-two weeks, oldest first."""

    key: str
    name: str
    pieces: Sequence[float]


def sold_weeks(today: date, most: int) -> list[SoldWeeks]:
    """Return the products that are sold regularly, the most money first. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "since": today - timedelta(days=WEEK_DAYS * _WEEKS),
        "today": today,
        "lately": _WEEKS - _LATELY,
        "least_weeks": _LEAST_WEEKS,
        "least_pieces": _LEAST_PIECES,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VOLUMES, values)
        return [
            SoldWeeks(key, name or key, _filled(weeks, pieces))
            for key, name, weeks, pieces in cursor.fetchall()
        ]


def _filled(weeks: Sequence[int], pieces: Sequence[float]) -> list[float]:
    found = [0.0] * _WEEKS
    for week, sold in zip(weeks, pieces, strict=True):
        found[week] = sold
    return found
