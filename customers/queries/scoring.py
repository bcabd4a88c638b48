"""What scoring and campaigns read of customers: running totals and contacts."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from customers.enums import CustomerStatus
from customers.models import Customer

# For set-based statements of the apps above, so that they need not know our tables. Parameters:
# business (UUID) and customers (list of UUID, or None for everybody with a purchase).
SCORING_TOTALS: Final = """
SELECT customer_id, last_on, purchase_days::bigint AS frequency,
       gross_rial - returned_rial AS monetary
FROM customers_customertotals
WHERE business_id = %(business)s AND purchase_days > 0
  AND (%(customers)s::uuid[] IS NULL OR id = ANY (%(customers)s::uuid[]))
"""


def contacts(customer_ids: QuerySet[Any, Any]) -> list[tuple[UUID, str, str | None]]:
    """Return (id, name, mobile) of the active customers among a subquery's ids. One query."""
    rows = Customer.objects.filter(status=CustomerStatus.ACTIVE, id__in=customer_ids)
    return list(rows.order_by("id").values_list("id", "name", "mobile"))
