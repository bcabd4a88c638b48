"""What must always hold in a business's customers and purchases."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

_MOST_NAMED: Final = 20

# Both sides of each comparison are stacked and summed by key: one pass over each table, with no
# join whose order the planner might get wrong for a business it has no statistics of.
_CHECKS: Final[dict[str, str]] = {
    "running totals differ from the purchases": """
SELECT id FROM (
    SELECT id, purchases::bigint AS purchases, purchase_days::bigint AS days, gross_rial AS gross,
           returned_rial AS returned, first_on AS kept_first, NULL::date AS first,
           last_on AS kept_last, NULL::date AS last, last_at AS kept_at, NULL::timestamptz AS at
    FROM customers_customertotals WHERE business_id = %(business)s
    UNION ALL
    SELECT customer_id, -count(*), -count(DISTINCT local_date), -sum(total_rial),
           -sum(returned_rial), NULL, min(local_date), NULL, max(local_date), NULL,
           max(occurred_at)
    FROM customers_purchase WHERE business_id = %(business)s AND customer_id IS NOT NULL
    GROUP BY customer_id
) parts
GROUP BY id
HAVING (sum(purchases), sum(days), sum(gross), sum(returned)) <> (0, 0, 0, 0)
    OR (max(kept_first), max(kept_last), max(kept_at))
       IS DISTINCT FROM (max(first), max(last), max(at))
LIMIT %(most)s""",
    "a customer and running totals do not go together": """
SELECT id FROM (
    SELECT id, 1 AS n FROM customers_customer
    WHERE business_id = %(business)s AND status <> 'merged'
    UNION ALL
    SELECT id, -1 FROM customers_customertotals WHERE business_id = %(business)s
) parts
GROUP BY id HAVING sum(n) <> 0 LIMIT %(most)s""",
    "lines or tenders do not add up to the purchase": """
SELECT id FROM (
    SELECT id, total_rial AS total, NULL::bigint AS lines, NULL::bigint AS tenders
    FROM customers_purchase WHERE business_id = %(business)s
    UNION ALL
    SELECT purchase_id, NULL, total_rial, NULL
    FROM customers_purchaseline WHERE business_id = %(business)s
    UNION ALL
    SELECT purchase_id, NULL, NULL, amount_rial
    FROM customers_tender WHERE business_id = %(business)s
) parts
GROUP BY id HAVING sum(lines) <> sum(total) OR sum(tenders) <> sum(total) LIMIT %(most)s""",
    "returns do not add up to what the purchase says": """
SELECT id FROM (
    SELECT id, returned_rial AS rial FROM customers_purchase WHERE business_id = %(business)s
    UNION ALL
    SELECT purchase_id, -amount_rial FROM customers_return WHERE business_id = %(business)s
) parts
GROUP BY id HAVING sum(rial) <> 0 LIMIT %(most)s""",
    "a merged profile still owns something": """
SELECT c.id FROM customers_customer c
WHERE c.business_id = %(business)s AND c.status = 'merged' AND (
    EXISTS (SELECT FROM customers_customeridentity i
            WHERE i.business_id = %(business)s AND i.customer_id = c.id)
    OR EXISTS (SELECT FROM customers_purchase p
               WHERE p.business_id = %(business)s AND p.customer_id = c.id))
LIMIT %(most)s""",
    "a merged profile and its merge do not go together": """
SELECT id FROM (
    SELECT id, merged_into_id AS survivor FROM customers_customer
    WHERE business_id = %(business)s AND status = 'merged'
    UNION ALL
    SELECT merged_id, survivor_id FROM customers_customermerge
    WHERE business_id = %(business)s AND state = 'standing'
) parts
GROUP BY id HAVING count(*) <> 2 OR count(DISTINCT survivor) <> 1 LIMIT %(most)s""",
    "an erased profile still names or recognises somebody": """
SELECT c.id FROM customers_customer c
WHERE c.business_id = %(business)s AND c.status = 'erased' AND (
    c.name <> '' OR c.mobile IS NOT NULL OR c.email IS NOT NULL OR c.search_key <> ''
    OR EXISTS (SELECT FROM customers_customeridentity i
               WHERE i.business_id = %(business)s AND i.customer_id = c.id))
LIMIT %(most)s""",
    "a card number is kept in clear": """
SELECT id FROM customers_tender
WHERE business_id = %(business)s AND masked_pan ~ '\\d{12}' LIMIT %(most)s""",
}


def broken(now: datetime) -> list[str]:
    """Return what does not hold in the active business, one sentence per row (twenty a kind)."""
    del now
    found: list[str] = []
    values: dict[str, UUID | int] = {"business": active_business_id(), "most": _MOST_NAMED}
    with connection.cursor() as cursor:
        for promise, sql in _CHECKS.items():
            cursor.execute(sql, values)
            found += [f"{promise}: {row[0]}" for row in cursor.fetchall()]
    return found
