"""What is new to the buyer of a sale: a customer to the business, goods to the customer (C038)."""

from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

# Categories of the sale its buyer had not bought in the two years before it.
_NEW: Final = """
SELECT DISTINCT l.category
FROM customers_purchase p
JOIN customers_purchaseline l ON l.business_id = %(business)s AND l.purchase_id = p.id
WHERE p.business_id = %(business)s AND p.id = %(purchase)s AND p.customer_id IS NOT NULL
  AND l.category <> '' AND NOT EXISTS (
    SELECT FROM customers_purchase q
    JOIN customers_purchaseline m ON m.business_id = %(business)s AND m.purchase_id = q.id
    WHERE q.business_id = %(business)s AND q.customer_id = p.customer_id
      AND q.id <> p.id AND q.occurred_at <= p.occurred_at
      AND q.local_date > p.local_date - interval '24 months' AND m.category = l.category)
ORDER BY l.category
"""


def new_categories(purchase_id: UUID) -> list[str]:
    """Return the categories of a sale that are new to its buyer. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "purchase": purchase_id}
    with connection.cursor() as cursor:
        cursor.execute(_NEW, values)
        return [category for (category,) in cursor.fetchall()]
