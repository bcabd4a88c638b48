"""What rules for points ask about purchases: their goods, and which of a customer's they are."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.models import Purchase, PurchaseLine

# A purchase written a moment ago comes after everything else there is of its customer, whatever
# clocks say: the customer's totals are locked by then. One looked at later is told by its place.
_NUMBERS: Final = """
SELECT p.id, (
    SELECT count(*) FROM customers_purchase o
    WHERE o.business_id = %(business)s AND o.customer_id = p.customer_id
      AND CASE WHEN p.id = ANY(%(fresh)s::uuid[])
          THEN NOT (o.id = ANY(%(fresh)s::uuid[]) AND o.id > p.id)
          ELSE (o.recorded_at, o.id) <= (p.recorded_at, p.id) END)
FROM customers_purchase p
WHERE p.business_id = %(business)s AND p.id = ANY(%(purchases)s::uuid[])
  AND p.customer_id IS NOT NULL
"""

Line = tuple[str, str, int]


def goods_sold(purchase_ids: Collection[UUID]) -> Mapping[UUID, list[Line]]:
    """Return (SKU, category, rial) of the lines of purchases, in their order. One query."""
    found: dict[UUID, list[Line]] = {}
    rows = PurchaseLine.objects.filter(purchase_id__in=purchase_ids).order_by("position")
    for row in rows.only("purchase_id", "sku", "category", "total_rial"):
        found.setdefault(row.purchase_id, []).append((row.sku, row.category, row.total_rial))
    return found


def goods_returned(purchase_id: UUID) -> list[tuple[str, str, int, int]]:
    """Return (SKU, category, rial, of it returned) of the lines of a purchase. One query."""
    rows = PurchaseLine.objects.filter(purchase_id=purchase_id).order_by("position")
    return list(rows.values_list("sku", "category", "total_rial", "returned_rial"))


def purchase_numbers(
    purchase_ids: Collection[UUID], *, fresh: Collection[UUID] = ()
) -> Mapping[UUID, int]:
    """Return which purchase of its customer each is, from 1; nothing for unknown buyers.

    `fresh` ones were written in this transaction.
    """
    values: dict[str, Any] = {
        "business": active_business_id(),
        "purchases": list(purchase_ids),
        "fresh": list(fresh),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, values)
        return dict(cursor.fetchall())


def purchases_of(customer_id: UUID) -> int:
    """Return how many purchases of a customer there are. One query."""
    return Purchase.objects.filter(customer=customer_id).count()
