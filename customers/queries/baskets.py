"""How full baskets are and how various, by month (C035)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

_BASKETS: Final = """
SELECT width_bucket(p.local_date, %(starts)s::date[]) AS place,
       count(*), sum(p.total_rial)::bigint, sum(p.total_rial - p.returned_rial)::bigint,
       count(l.lines), coalesce(sum(l.lines), 0)::bigint
FROM customers_purchase p
LEFT JOIN LATERAL (
  SELECT nullif(count(*), 0) AS lines FROM customers_purchaseline x
  WHERE x.business_id = %(business)s AND x.purchase_id = p.id
) l ON true
WHERE p.business_id = %(business)s AND p.local_date >= %(since)s AND p.local_date < %(until)s
  AND p.id <> ALL(%(apart)s::uuid[])
GROUP BY place
"""
_VARIETY: Final = """
SELECT place, count(*), sum(categories)::bigint
FROM (
  SELECT width_bucket(p.local_date, %(starts)s::date[]) AS place, p.customer_id,
         count(DISTINCT x.category) AS categories
  FROM customers_purchase p
  JOIN customers_purchaseline x ON x.business_id = p.business_id AND x.purchase_id = p.id
  WHERE p.business_id = %(business)s AND p.local_date >= %(since)s AND p.local_date < %(until)s
    AND p.customer_id IS NOT NULL AND x.category <> '' AND p.id <> ALL(%(apart)s::uuid[])
  GROUP BY place, p.customer_id
) t GROUP BY place
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Baskets:
    """Purchases that began on or after a day; lines and categories only of those that told them.

    `customers` are those whose purchases told a category, `categories` the sum of how many
    different ones each of them bought of.
    """

    start: date
    purchases: int = 0
    total_rial: int = 0
    net_rial: int = 0
    with_lines: int = 0
    lines: int = 0
    customers: int = 0
    categories: int = 0

    @property
    def average_rial(self) -> int | None:
        """Return the average basket in whole rial, or None."""
        return self.total_rial // self.purchases if self.purchases else None

    @property
    def lines_each(self) -> float | None:
        """Return the lines of a purchase that told them, on average, or None."""
        return self.lines / self.with_lines if self.with_lines else None

    @property
    def categories_each(self) -> float | None:
        """Return how many categories a customer bought of, on average, or None."""
        return self.categories / self.customers if self.customers else None


def baskets(starts: Sequence[date], *, until: date, apart: Collection[UUID] = ()) -> list[Baskets]:
    """Return the spans that begin on `starts`, oldest first; the last ends before `until`.

    Business days throughout. Purchases kept `apart` are no baskets. Two queries however many spans.
    """
    values: dict[str, Any] = {
        "business": active_business_id(),
        "starts": list(starts),
        "since": starts[0],
        "until": until,
        "apart": list(apart),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BASKETS, values)
        full = {place: counts for place, *counts in cursor.fetchall()}
        cursor.execute(_VARIETY, values)
        various = {place: counts for place, *counts in cursor.fetchall()}
    return [
        _one(start, full.get(place, [0] * 5), various.get(place, [0] * 2))
        for place, start in enumerate(starts, start=1)
    ]


def _one(start: date, full: Sequence[int], various: Sequence[int]) -> Baskets:
    purchases, total, net, with_lines, lines = full
    return Baskets(
        start=start,
        purchases=purchases,
        total_rial=total,
        net_rial=net,
        with_lines=with_lines,
        lines=lines,
        customers=various[0],
        categories=various[1],
    )
