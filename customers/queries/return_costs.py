"""What came back of sales, by month, reason and category (C074)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Sum

from core.tenancy import active_business_id
from customers.models import Purchase

_BY_REASON: Final = """
SELECT width_bucket(local_date, %(starts)s::date[]) AS place, reason, count(*),
       sum(amount_rial)::bigint
FROM customers_return
WHERE business_id = %(business)s AND local_date >= %(since)s AND local_date < %(until)s
GROUP BY place, reason
ORDER BY place, reason
"""
_BY_CATEGORY: Final = """
SELECT l.category, count(DISTINCT r.id), sum(x.amount_rial)::bigint
FROM customers_return r
JOIN customers_returnline x ON x.business_id = r.business_id AND x.parent_id = r.id
JOIN customers_purchaseline l ON l.business_id = x.business_id AND l.id = x.purchase_line_id
WHERE r.business_id = %(business)s AND r.local_date >= %(since)s AND r.local_date < %(until)s
GROUP BY l.category
ORDER BY sum(x.amount_rial) DESC, l.category
"""


@dataclass(frozen=True, slots=True)
class ReturnedFor:
    """Returns of one reason in one of the spans; `place` counts spans from 0."""

    place: int
    reason: str
    count: int
    rial: int


@dataclass(frozen=True, slots=True)
class ReturnedOf:
    """What came back of one category; "" are lines without one."""

    category: str
    count: int
    rial: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """Returns of a span of business days; `bare_rial` named no lines, so it has no category."""

    sold_rial: int
    by_reason: Sequence[ReturnedFor]
    by_category: Sequence[ReturnedOf]

    @property
    def count(self) -> int:
        """Return how many returns there were."""
        return sum(one.count for one in self.by_reason)

    @property
    def rial(self) -> int:
        """Return what came back."""
        return sum(one.rial for one in self.by_reason)

    @property
    def bare_rial(self) -> int:
        """Return what came back without anybody saying which lines."""
        return self.rial - sum(one.rial for one in self.by_category)


def returned(starts: Sequence[date], *, until: date) -> Returned:
    """Return what came back in the spans that begin on `starts`, the last one before `until`.

    A return counts on its own day, whenever its purchase was. Three queries.
    """
    values: dict[str, Any] = {
        "business": active_business_id(),
        "starts": list(starts),
        "since": starts[0],
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_REASON, values)
        reasons = [ReturnedFor(place - 1, *rest) for place, *rest in cursor.fetchall()]
        cursor.execute(_BY_CATEGORY, values)
        categories = [ReturnedOf(*row) for row in cursor.fetchall()]
    sold = Purchase.objects.filter(local_date__gte=starts[0], local_date__lt=until)
    return Returned(
        sold_rial=int(sold.aggregate(rial=Sum("total_rial", default=0))["rial"]),
        by_reason=reasons,
        by_category=categories,
    )
