"""Goods of first purchases, and whether their buyers came again (capability C003, C110)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

_FOLLOW_DAYS: Final = 60
_LOOK_DAYS: Final = 365
_FEWEST: Final = 30
# Of everybody whose first purchase is known by its goods and over by so many days.
_FIRSTS: Final = """
WITH firsts AS (
    SELECT p.id, t.customer_id, t.first_on AS local_date
    FROM customers_customertotals t CROSS JOIN LATERAL (
        SELECT id FROM customers_purchase
        WHERE business_id = %(business)s AND customer_id = t.customer_id
          AND local_date = t.first_on ORDER BY occurred_at, id LIMIT 1
    ) p
    WHERE t.business_id = %(business)s AND t.first_on >= %(since)s AND t.first_on < %(until)s
), seen AS (
    SELECT f.customer_id, f.id, EXISTS (
        SELECT FROM customers_purchase q
        WHERE q.business_id = %(business)s AND q.customer_id = f.customer_id
          AND q.local_date > f.local_date
          AND q.local_date <= f.local_date + %(follow)s)::int AS again
    FROM firsts f
), goods AS (
    SELECT DISTINCT s.customer_id, s.again, coalesce(nullif(l.sku, ''), l.name) AS key,
           coalesce(nullif(l.name, ''), l.sku) AS name
    FROM seen s JOIN customers_purchaseline l
      ON l.business_id = %(business)s AND l.purchase_id = s.id
    WHERE l.sku <> '' OR l.name <> ''
), whole AS (SELECT count(*) AS n, coalesce(sum(again), 0) AS again FROM seen)
SELECT g.key, max(g.name), count(*), sum(g.again), whole.n - count(*), whole.again - sum(g.again)
FROM goods g CROSS JOIN whole GROUP BY g.key, whole.n, whole.again
HAVING count(*) >= %(fewest)s AND whole.n - count(*) >= %(fewest)s ORDER BY count(*) DESC
"""
_CAME: Final = """
SELECT DISTINCT a.customer_id, a.day
FROM unnest(%(customers)s::uuid[], %(days)s::date[]) AS a (customer_id, day)
JOIN customers_purchase p ON p.business_id = %(business)s AND p.customer_id = a.customer_id
 AND p.local_date > a.day AND p.local_date <= a.day + %(follow)s
"""


@dataclass(frozen=True, slots=True)
class FirstGoods:
    """Of who first bought a product, and of who first bought others, how many came again."""

    key: str
    name: str
    customers: int
    again: int
    others: int
    others_again: int


def first_goods(today: date) -> list[FirstGoods]:
    """Return products many first purchases held, the most bought first. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "follow": _FOLLOW_DAYS,
        "until": today - timedelta(days=_FOLLOW_DAYS),
        "since": today - timedelta(days=_LOOK_DAYS + _FOLLOW_DAYS),
        "fewest": _FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRSTS, values)
        return [FirstGoods(*row) for row in cursor.fetchall()]


def came_after(asked: list[tuple[UUID, date]], follow_days: int) -> set[tuple[UUID, date]]:
    """Return which of these customers bought in the days after their day. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CAME,
            {
                "business": active_business_id(),
                "customers": [customer for customer, _day in asked],
                "days": [day for _customer, day in asked],
                "follow": follow_days,
            },
        )
        return {(customer, day) for customer, day in cursor.fetchall()}
