"""What days to return ask about tiers: which there are, and who holds which (C074)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from loyalty.queries.programme import tiers

# Who left the club holds none; who reached nothing yet is in the lowest.
_HELD: Final = """
SELECT s.customer_id, t.id
FROM unnest(%(customers)s::uuid[]) AS s (customer_id)
LEFT JOIN loyalty_wallet w ON w.business_id = %(business)s AND w.id = s.customer_id
LEFT JOIN loyalty_customertier c ON c.business_id = %(business)s AND c.id = s.customer_id
JOIN loyalty_tier t ON t.business_id = %(business)s
    AND (t.id = c.tier_id OR (c.tier_id IS NULL AND t.threshold_rial = 0))
WHERE w.left_at IS NULL
"""


class _Tiers:
    """What payments asks (`payments.queries.tiers.TierReader`)."""

    def names(self) -> Sequence[tuple[UUID, str]]:
        """Return the tiers with their names, lowest first. One query."""
        return [(tier.id, tier.name) for tier in tiers()]

    def held(self, customer_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """Return the tiers customers hold now. One query."""
        with connection.cursor() as cursor:
            cursor.execute(
                _HELD, {"business": active_business_id(), "customers": list(customer_ids)}
            )
            return dict(cursor.fetchall())


TIERS: Final = _Tiers()
