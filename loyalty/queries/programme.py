"""The terms in force."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from businesses.queries import business_by_id
from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from loyalty.models import EarningRule, Program, Reward, Tier
from loyalty.queries.dates import end_of_points, window_end

# One look at everything a posting needs; the lowest tier counts for customers without one.
_TERMS: Final = Prepared(
    """
SELECT p.unit_value_rial, p.pending_days, p.expiry_months, p.grace_days, p.negative_cap_points,
       p.hold_minutes, p.tier_window_days, p.retroactive, p.expiry_ends,
       p.correct_most_points, p.correct_alone_points,
       r.id, r.version, r.points_num, r.points_den, r.minimum_rial, r.cap_points,
       COALESCE(t.multiplier_num, 1), COALESCE(t.multiplier_den, 1), t.name,
       COALESCE(t.position, -1)
FROM loyalty_program p
JOIN loyalty_earningrule r ON r.business_id = p.business_id AND r.is_active
LEFT JOIN loyalty_tier t ON t.business_id = p.business_id AND t.threshold_rial = 0
WHERE p.business_id = %(business)s
""",
    business="uuid",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The programme, its active rule and its lowest tier, read together."""

    unit_value_rial: int
    pending_days: int
    expiry_months: int | None
    grace_days: int
    negative_cap_points: int
    hold_minutes: int
    tier_window_days: int
    retroactive: bool
    expiry_ends: str
    correct_most_points: int | None
    correct_alone_points: int
    rule_id: UUID
    rule_version: int
    points_num: int
    points_den: int
    minimum_rial: int
    cap_points: int | None
    base_num: int
    base_den: int
    base_tier: str | None
    base_position: int
    zone: ZoneInfo

    def expiry(self, earned_on: date) -> datetime | None:
        """Return when points earned on a day of the business's zone are gone."""
        return end_of_points(earned_on, self.expiry_months, self.zone, self.expiry_ends)

    def window_end(self, now: datetime) -> datetime:
        """Return when a tier window beginning now ends."""
        return window_end(now, self.tier_window_days, self.zone)

    def points_for(self, base_rial: int, num: int, den: int) -> int:
        """Return what an order earns under a tier's multiplier: one floor at the end (R2, R3)."""
        if base_rial < self.minimum_rial:
            return 0
        points = base_rial * self.points_num * num // (self.points_den * den)
        return points if self.cap_points is None else min(points, self.cap_points)


def terms() -> Terms | None:
    """Return the active business's terms, or None when it has no programme."""
    business_id = active_business_id()
    found = _TERMS.rows({"business": business_id})
    return Terms(*(*found[0], business_by_id(business_id).timezone)) if found else None


def program() -> Program | None:
    """Return the active business's programme."""
    return Program.objects.first()


def active_rule() -> EarningRule | None:
    """Return the rule in force."""
    return EarningRule.objects.filter(is_active=True).first()


def rule_history() -> QuerySet[EarningRule]:
    """Return every version of the rule, newest first."""
    return EarningRule.objects.order_by("-version")


def tiers() -> QuerySet[Tier]:
    """Return the tiers, lowest first."""
    return Tier.objects.order_by("position")


def rewards() -> QuerySet[Reward]:
    """Return all rewards, cheapest first."""
    return Reward.objects.order_by("cost_points")
