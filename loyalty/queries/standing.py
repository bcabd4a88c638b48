"""Tiers: where customers stand and what is missing to the next one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from loyalty.models import CustomerTier, Tier, Wallet

_STANDING: Final = """
SELECT s.customer_id, t.id, t.name, t.position, t.threshold_rial,
       COALESCE(w.qualifying_rial, 0), w.window_ends_at, up.name, up.threshold_rial
FROM unnest(%(customers)s::uuid[]) AS s (customer_id)
LEFT JOIN loyalty_wallet w ON w.business_id = %(business)s AND w.id = s.customer_id
LEFT JOIN loyalty_customertier c ON c.business_id = %(business)s AND c.id = s.customer_id
JOIN loyalty_tier t ON t.business_id = %(business)s
    AND (t.id = c.tier_id OR (c.tier_id IS NULL AND t.threshold_rial = 0))
LEFT JOIN LATERAL (
    SELECT name, threshold_rial FROM loyalty_tier n
    WHERE n.business_id = %(business)s AND n.threshold_rial > t.threshold_rial
    ORDER BY n.threshold_rial LIMIT 1
) up ON true
"""

_TIERS_HELD: Final = """
SELECT c.tier_id, count(*) FROM loyalty_customertier c
WHERE c.business_id = %(business)s AND NOT EXISTS (
    SELECT FROM loyalty_wallet w
    WHERE w.business_id = %(business)s AND w.id = c.id
        AND (w.joined_to IS NOT NULL OR w.left_at IS NOT NULL))
GROUP BY c.tier_id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's tier and the way to the next and to staying.

    Amounts are rial bought in the running window, which ends at `window_ends_at` (None: no
    purchase yet). `needed_to_rise_rial` is None at the top.
    """

    tier_id: UUID
    name: str
    position: int
    threshold_rial: int
    qualifying_rial: int
    window_ends_at: datetime | None
    next_name: str | None
    next_threshold_rial: int | None

    @property
    def needed_to_rise_rial(self) -> int | None:
        if self.next_threshold_rial is None:
            return None
        return max(0, self.next_threshold_rial - self.qualifying_rial)

    @property
    def needed_to_stay_rial(self) -> int:
        return max(0, self.threshold_rial - self.qualifying_rial)


def tier_of(customer_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return each customer's standing in one query; empty when the business has no tiers."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING, {"business": active_business_id(), "customers": list(customer_ids)}
        )
        return {row[0]: Standing(*row[1:]) for row in cursor.fetchall()}


def tier_for(qualifying_rial: int) -> Tier | None:
    """Return the tier an amount bought within a window justifies (the one evaluation, R33)."""
    reached = Tier.objects.filter(threshold_rial__lte=qualifying_rial)
    return reached.order_by("-threshold_rial").first()


def held_tier(customer_id: UUID) -> CustomerTier | None:
    """Return the tier a customer reached, None while in the lowest."""
    return CustomerTier.objects.select_related("tier").filter(id=customer_id).first()


def members_by_tier() -> dict[UUID, int]:
    """Return {tier id: customers}; the lowest tier includes every wallet without a higher one."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TIERS_HELD,
            {"business": active_business_id()},
        )
        counts = dict(cursor.fetchall())
    base = Tier.objects.filter(threshold_rial=0).first()
    if base is not None:
        above = sum(count for tier_id, count in counts.items() if tier_id != base.id)
        counts[base.id] = Wallet.objects.filter(joined_to=None, left_at=None).count() - above
    return counts
