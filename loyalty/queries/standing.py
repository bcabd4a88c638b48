"""Tiers: where customers stand and what is missing to the next one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.tenancy import active_business_id
from loyalty.enums import TierWindow
from loyalty.models import CustomerTier, Tier, Wallet
from loyalty.queries.windows import Window, counted_since, drops_below

_STANDING: Final = """
SELECT s.customer_id, t.id, t.name, t.position, t.threshold_rial,
       COALESCE(w.qualifying_rial, 0), w.window_ends_at, up.name, up.threshold_rial,
       w.grace_until, COALESCE(w.grace_rial, 0), p.tier_window, p.tier_window_days
FROM unnest(%(customers)s::uuid[]) AS s (customer_id)
JOIN loyalty_program p ON p.business_id = %(business)s
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

    Amounts are rial that count now. The tier is judged at `window_ends_at` (None: no purchase yet,
    or nothing to lose) by `staying_rial`, what counts then: with days of grace what the window
    before came to as well, in a rolling window what has not fallen out by then.
    `needed_to_rise_rial` is None at the top.
    """

    tier_id: UUID
    name: str
    position: int
    threshold_rial: int
    qualifying_rial: int
    window_ends_at: datetime | None
    next_name: str | None
    next_threshold_rial: int | None
    staying_rial: int = 0
    in_grace: bool = False
    window: TierWindow = TierWindow.DAYS
    window_days: int = 0

    @property
    def needed_to_rise_rial(self) -> int | None:
        if self.next_threshold_rial is None:
            return None
        return max(0, self.next_threshold_rial - self.qualifying_rial)

    @property
    def needed_to_stay_rial(self) -> int:
        return max(0, self.threshold_rial - self.staying_rial)


def tier_of(customer_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return each customer's standing in one query; empty when the business has no tiers."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING, {"business": active_business_id(), "customers": list(customer_ids)}
        )
        found = {row[0]: _standing(*row[1:]) for row in cursor.fetchall()}
    rolling = {one: held for one, held in found.items() if held.window == TierWindow.ROLLING}
    return found | _rolling(rolling) if rolling else found


def _standing(*row: Any) -> Standing:
    *told, grace_until, grace_rial, window, days = row
    held = replace(Standing(*told), window=TierWindow(window), window_days=days)
    if grace_until is None:
        return replace(held, staying_rial=held.qualifying_rial)
    staying = grace_rial + held.qualifying_rial
    return replace(held, staying_rial=staying, in_grace=True, window_ends_at=grace_until)


def _rolling(held: Mapping[UUID, Standing]) -> dict[UUID, Standing]:
    """Return when too little will count for each, and how much: as the sweeper will see it."""
    zone = business_by_id(active_business_id()).timezone
    since = {
        one: standing.window_ends_at - timedelta(days=standing.window_days)
        for one, standing in held.items()
        if standing.window_ends_at is not None and not standing.in_grace
    }
    counted = counted_since(since)
    found = dict(held)
    for one in since:
        window = Window(TierWindow.ROLLING, held[one].window_days, zone)
        at, left = drops_below(window, counted.get(one, []), held[one].threshold_rial)
        found[one] = replace(held[one], window_ends_at=at, staying_rial=left)
    return found


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
