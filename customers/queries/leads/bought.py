"""Whether somebody has bought, read from what stands of their purchases.

A purchase that came back whole does not count: who returned all they bought is a lead again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from core.tenancy import active_business_id
from customers.models import Purchase

_BOUGHT: Final = """
SELECT customer_id, min(occurred_at),
       (array_agg(DISTINCT local_date ORDER BY local_date))[2],
       count(*), sum(total_rial - returned_rial)
FROM customers_purchase
WHERE business_id = %(business)s AND customer_id = ANY(%(customers)s)
  AND returned_rial < total_rial
GROUP BY customer_id
"""


@dataclass(frozen=True, slots=True)
class Bought:
    """What somebody bought and kept: first when, on which second day, how often, for how much."""

    first_at: datetime
    second_on: date | None
    purchases: int
    net_rial: int


def standing() -> QuerySet[Purchase]:
    """Return the purchases of which something was kept."""
    return Purchase.objects.filter(returned_rial__lt=F("total_rial"))


def has_bought(customer_id: UUID) -> bool:
    """Tell whether somebody bought anything and kept it. One query."""
    return standing().filter(customer=customer_id).exists()


def bought_by(customer_ids: Collection[UUID]) -> dict[UUID, Bought]:
    """Return what some customers bought; who bought nothing is not there. One query."""
    if not customer_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BOUGHT, {"business": active_business_id(), "customers": list(customer_ids)})
        return {
            UUID(str(row[0])): Bought(row[1], row[2], row[3], int(row[4]))
            for row in cursor.fetchall()
        }
