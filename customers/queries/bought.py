"""What customers had bought before moments, less what had come back by then."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

Moment = tuple[UUID, datetime]

_BOUGHT: Final = """
SELECT s.customer_id, s.at, COALESCE(bought.rial, 0) - COALESCE(back.rial, 0)
FROM unnest(%(customers)s::uuid[], %(moments)s::timestamptz[]) AS s (customer_id, at)
CROSS JOIN LATERAL (
    SELECT SUM(p.total_rial) AS rial FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id = s.customer_id AND p.occurred_at < s.at
) bought
CROSS JOIN LATERAL (
    SELECT SUM(r.amount_rial) AS rial FROM customers_purchase p
    JOIN customers_return r ON r.business_id = p.business_id AND r.purchase_id = p.id
    WHERE p.business_id = %(business)s AND p.customer_id = s.customer_id AND p.occurred_at < s.at
        AND r.occurred_at < s.at
) back
"""


def bought_until(asked: Collection[tuple[UUID | None, datetime]]) -> Mapping[Moment, int]:
    """Return by moment what a customer had bought before it (rial). One query."""
    known = [(customer, at) for customer, at in set(asked) if customer is not None]
    if not known:
        return {}
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": [customer for customer, _at in known],
        "moments": [at for _customer, at in known],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOUGHT, values)
        return {(customer, at): int(rial) for customer, at, rial in cursor.fetchall()}
