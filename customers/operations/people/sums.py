"""Running totals counted again from the purchases themselves."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id, part_of_operation

_RECOUNT: Final = """
UPDATE customers_customertotals t
SET purchases = s.purchases, purchase_days = s.days, gross_rial = s.gross,
    returned_rial = s.returned, first_on = s.first_on, last_on = s.last_on, last_at = s.last_at
FROM (
    SELECT w.id, count(p.id) AS purchases, count(DISTINCT p.local_date) AS days,
           coalesce(sum(p.total_rial), 0) AS gross, coalesce(sum(p.returned_rial), 0) AS returned,
           min(p.local_date) AS first_on, max(p.local_date) AS last_on,
           max(p.occurred_at) AS last_at
    FROM unnest(%(customers)s::uuid[]) AS w (id)
    LEFT JOIN customers_purchase p ON p.business_id = %(business)s AND p.customer_id = w.id
    GROUP BY w.id
) s
WHERE t.business_id = %(business)s AND t.id = s.id
"""


@part_of_operation
def recount(customer_ids: Sequence[UUID]) -> None:
    """Count the totals of customers whose totals are locked anew."""
    values: dict[str, Any] = {"business": active_business_id(), "customers": list(customer_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, values)
