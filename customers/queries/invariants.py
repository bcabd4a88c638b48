"""What must always hold in a business's customers and purchases."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

_MOST_NAMED: Final = 20

_CHECKS: Final[dict[str, str]] = {
    "running totals differ from the purchases": """
SELECT t.id FROM customers_customertotals t
LEFT JOIN (
    SELECT customer_id, count(*) AS purchases, count(DISTINCT local_date) AS days,
           sum(total_rial) AS gross, sum(returned_rial) AS returned, min(local_date) AS first_on,
           max(local_date) AS last_on, max(occurred_at) AS last_at
    FROM customers_purchase WHERE business_id = %(business)s GROUP BY customer_id
) p ON p.customer_id = t.id
WHERE t.business_id = %(business)s
  AND ((t.purchases, t.purchase_days, t.gross_rial, t.returned_rial)
      <> (coalesce(p.purchases, 0), coalesce(p.days, 0), coalesce(p.gross, 0),
          coalesce(p.returned, 0))
   OR (t.first_on, t.last_on, t.last_at) IS DISTINCT FROM (p.first_on, p.last_on, p.last_at))
""",
    "a customer has no running totals": """
SELECT c.id FROM customers_customer c
LEFT JOIN customers_customertotals t ON t.business_id = c.business_id AND t.id = c.id
WHERE c.business_id = %(business)s AND t.id IS NULL
""",
    "lines or tenders do not add up to the purchase": """
SELECT p.id FROM customers_purchase p
LEFT JOIN (SELECT purchase_id, sum(total_rial) AS total FROM customers_purchaseline
           WHERE business_id = %(business)s GROUP BY purchase_id) l ON l.purchase_id = p.id
LEFT JOIN (SELECT purchase_id, sum(amount_rial) AS total FROM customers_tender
           WHERE business_id = %(business)s GROUP BY purchase_id) t ON t.purchase_id = p.id
WHERE p.business_id = %(business)s
  AND (coalesce(l.total, p.total_rial) <> p.total_rial
       OR coalesce(t.total, p.total_rial) <> p.total_rial)
""",
    "returns do not add up to what the purchase says": """
SELECT p.id FROM customers_purchase p
LEFT JOIN (SELECT purchase_id, sum(amount_rial) AS total FROM customers_return
           WHERE business_id = %(business)s GROUP BY purchase_id) r ON r.purchase_id = p.id
WHERE p.business_id = %(business)s AND coalesce(r.total, 0) <> p.returned_rial
""",
    "a card number is kept in clear": """
SELECT id FROM customers_tender
WHERE business_id = %(business)s AND masked_pan ~ '\\d{12}'
""",
}


def broken(now: datetime) -> list[str]:
    """Return what does not hold in the active business, one sentence per row (twenty a kind)."""
    del now
    found: list[str] = []
    values: dict[str, UUID | int] = {"business": active_business_id(), "most": _MOST_NAMED}
    with connection.cursor() as cursor:
        for promise, sql in _CHECKS.items():
            cursor.execute(f"{sql} LIMIT %(most)s", values)
            found += [f"{promise}: {row[0]}" for row in cursor.fetchall()]
    return found
