"""What is earned of sales, by the share that goods of a category cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

# What a category's lines earn more (or less) than the usual margin, in hundredths of a rial.
_EARNED: Final = """
SELECT p.customer_id, sum(p.total_rial - p.returned_rial)::bigint AS net,
       div(sum(p.total_rial - p.returned_rial)::numeric * %(margin)s::int
           + coalesce(sum(d.more), 0), 100)::bigint AS earned
FROM customers_purchase p LEFT JOIN LATERAL (
    SELECT sum((l.total_rial - l.returned_rial) * (100 - c.cost - %(margin)s::int)) AS more
    FROM customers_purchaseline l
    JOIN unnest(%(categories)s::text[], %(costs)s::int[]) AS c (category, cost)
      ON c.category = l.category
    WHERE l.business_id = %(business)s AND l.purchase_id = p.id
) AS d ON true
WHERE p.business_id = %(business)s AND p.customer_id = ANY(%(customers)s::uuid[])
  AND p.local_date >= %(since)s::date
GROUP BY p.customer_id
"""
_SOLD: Final = """
SELECT l.category, sum(l.total_rial - l.returned_rial)::bigint AS net
FROM customers_purchaseline l JOIN customers_purchase p
  ON p.business_id = %(business)s AND p.id = l.purchase_id
WHERE l.business_id = %(business)s AND l.category <> '' AND p.local_date >= %(since)s::date
GROUP BY l.category ORDER BY net DESC, l.category LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Earned:
    """What somebody bought for, net of returns, and what was earned of it."""

    net_rial: int
    earned_rial: int

    def of(self, rial: int) -> int:
        """Return what is earned of so much, should they go on buying what they buy."""
        return rial * self.earned_rial // self.net_rial if self.net_rial > 0 else 0


def earned_of(
    customer_ids: Iterable[UUID], since: date, *, margin: int, costs: Mapping[str, int]
) -> dict[UUID, Earned]:
    """Return what was earned of these customers since a day. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": list(customer_ids),
        "since": since,
        "margin": margin,
        "categories": list(costs),
        "costs": list(costs.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_EARNED, values)
        return {who: Earned(net, earned) for who, net, earned in cursor.fetchall()}


def sold_categories(since: date, most: int) -> list[tuple[str, int]]:
    """Return the categories most was sold of since a day, with how much. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "since": since, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, values)
        return list(cursor.fetchall())
