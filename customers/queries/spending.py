"""What customers spent in a span of time, and where to reach them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.enums import CustomerStatus
from customers.models import Customer

_SPEND: Final = """
SELECT customer_id, sum(total_rial - returned_rial)
FROM customers_purchase
WHERE business_id = %(business)s AND customer_id = ANY(%(customers)s)
  AND occurred_at >= %(start)s AND occurred_at < %(end)s
GROUP BY customer_id
"""


# Whether somebody bought in a span and kept some of it: who, since and until are columns of
# `people`. Parameters: business.
BOUGHT_WITHIN: Final = """
EXISTS (SELECT FROM customers_purchase p WHERE p.business_id = %(business)s
        AND p.customer_id = people.who AND p.occurred_at >= people.since
        AND p.occurred_at < people.until AND p.returned_rial < p.total_rial)
"""


def spend_by_customer(
    customer_ids: Collection[UUID], start: datetime, end: datetime
) -> dict[UUID, int]:
    """Return {customer: rial spent in [start, end), net of returns so far}; 0 is left out."""
    wanted: dict[str, Any] = {
        "business": active_business_id(),
        "customers": list(customer_ids),
        "start": start,
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, wanted)
        return {customer_id: int(spent) for customer_id, spent in cursor.fetchall()}


def contacts_of(customer_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return {customer: (name, mobile)} of those who still are customers and have a mobile."""
    rows = Customer.objects.filter(
        id__in=customer_ids, status=CustomerStatus.ACTIVE, mobile__isnull=False
    )
    return {
        customer_id: (name, mobile)
        for customer_id, name, mobile in rows.values_list("id", "name", "mobile")
        if mobile
    }
