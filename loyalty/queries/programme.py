"""The terms in force."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from businesses.queries import business_by_id
from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from loyalty.enums import TierWindow
from loyalty.models import EarningRule, Program, Reward, Tier
from loyalty.queries.dates import end_of_points
from loyalty.queries.windows import Window

# Everything a posting needs; the lowest tier counts for customers without one. The wording is the
# same as one text: by it a posting sees whether the terms its process remembers are still in force.
_COLUMNS: Final = """
p.unit_value_rial, p.pending_days, p.expiry_months, p.grace_days, p.negative_cap_points,
p.hold_minutes, p.tier_window_days, p.retroactive, p.expiry_ends,
p.correct_most_points, p.correct_alone_points, p.has_leavers, p.waits_for_returns,
p.tier_window, p.tier_grace_days, p.tier_fall, p.tier_revoke_days,
p.clawback,
r.id, r.version, r.points_num, r.points_den, r.minimum_rial, r.cap_points, r.by_line, r.bonus_count,
COALESCE(t.multiplier_num, 1), COALESCE(t.multiplier_den, 1), t.name, COALESCE(t.position, -1),
EXISTS (SELECT FROM loyalty_membershipplan m
        WHERE m.business_id = p.business_id AND m.multiplier_num > m.multiplier_den)"""
_IN_FORCE: Final = """
FROM loyalty_program p
JOIN loyalty_earningrule r ON r.business_id = p.business_id AND r.is_active
LEFT JOIN loyalty_tier t ON t.business_id = p.business_id AND t.threshold_rial = 0
WHERE p.business_id = %(business)s"""
WORDING: Final = f"SELECT ROW({_COLUMNS})::text AS wording {_IN_FORCE}"
_TERMS: Final = Prepared(
    f"SELECT {_COLUMNS}, ROW({_COLUMNS})::text {_IN_FORCE}",
    business="uuid",
)
_MOST: Final = 10_000
_last_seen: dict[UUID, tuple[Any, ...]] = {}


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
    has_leavers: bool
    waits_for_returns: bool
    tier_window: str
    tier_grace_days: int
    tier_fall: str
    tier_revoke_days: int
    clawback: str
    rule_id: UUID
    rule_version: int
    points_num: int
    points_den: int
    minimum_rial: int
    cap_points: int | None
    by_line: bool
    bonus_count: int
    base_num: int
    base_den: int
    base_tier: str | None
    base_position: int
    members_earn_more: bool
    wording: str
    zone: ZoneInfo

    def expiry(self, earned_on: date) -> datetime | None:
        """Return when points earned on a day of the business's zone are gone."""
        return end_of_points(earned_on, self.expiry_months, self.zone, self.expiry_ends)

    @property
    def is_judged(self) -> bool:
        """Tell whether more than the rate alone decides what a sale earns."""
        return self.bonus_count > 0 or self.by_line

    @property
    def window(self) -> Window:
        """Return the kind of window tiers are judged by."""
        return Window(TierWindow(self.tier_window), self.tier_window_days, self.zone)

    def window_end(self, now: datetime) -> datetime:
        """Return when a tier window beginning now, with a first purchase, ends."""
        return self.window.end(now)

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
    if not found:
        return None
    if len(_last_seen) >= _MOST:
        _last_seen.clear()
    _last_seen[business_id] = found[0]
    return _terms(found[0])


def last_terms() -> Terms | None:
    """Return the terms as this process last saw them, for who compares their wording before use."""
    seen = _last_seen.get(active_business_id())
    return _terms(seen) if seen else terms()


def _terms(row: tuple[Any, ...]) -> Terms:
    return Terms(*(*row, business_by_id(active_business_id()).timezone))


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
