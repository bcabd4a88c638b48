"""What this app announces."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TierChanged(DomainEvent):
    """A customer went up or down; `is_upgrade` tells which."""

    name: ClassVar[str] = "tier.changed"

    customer_id: UUID
    tier_id: UUID
    tier_name: str
    is_upgrade: bool


@dataclass(frozen=True, kw_only=True)
class PointsRedeemed(DomainEvent):
    """Held points were spent for good."""

    name: ClassVar[str] = "points.redeemed"

    redemption_id: UUID
    customer_id: UUID
    points: int
    value_rial: int


@dataclass(frozen=True, kw_only=True)
class PointsExpired(DomainEvent):
    """Points of a customer passed their date unspent; announced where the business asked for it."""

    name: ClassVar[str] = "points.expired"

    customer_id: UUID
    points: int


@dataclass(frozen=True, kw_only=True)
class PointsAdjusted(DomainEvent):
    """Somebody corrected a balance by hand; `points` is signed."""

    name: ClassVar[str] = "points.adjusted"

    customer_id: UUID
    points: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class MembershipRenewed(DomainEvent):
    """A period of a paid membership is paid: the first (`number` 1) or a next one."""

    name: ClassVar[str] = "membership.renewed"

    membership_id: UUID
    customer_id: UUID
    plan_id: UUID
    plan_name: str
    period_id: UUID
    number: int
    payment_id: UUID
    amount_rial: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class MembershipLapsed(DomainEvent):
    """A renewal was not paid within its days of grace; the member keeps name and points."""

    name: ClassVar[str] = "membership.lapsed"

    membership_id: UUID
    customer_id: UUID
    plan_id: UUID
    plan_name: str
    paid_until: date


@dataclass(frozen=True, kw_only=True)
class ReferralRewarded(DomainEvent):
    """A customer and the friend they brought got their points."""

    name: ClassVar[str] = "referral.rewarded"

    referral_id: UUID
    referrer_id: UUID
    friend_id: UUID
    referrer_points: int
    friend_points: int


@dataclass(frozen=True, kw_only=True)
class ClubLeft(DomainEvent):
    """A customer left the club; so many points ended."""

    name: ClassVar[str] = "club.left"

    customer_id: UUID
    points: int


@dataclass(frozen=True, kw_only=True)
class ClubRejoined(DomainEvent):
    """A customer came back to the club; so many points came back with them."""

    name: ClassVar[str] = "club.rejoined"

    customer_id: UUID
    points: int


@dataclass(frozen=True, kw_only=True)
class GoodwillGiven(DomainEvent):
    """Somebody who works here gave a customer something on the spot, within their budget.

    `points` is 0 unless points were given; `name_of_thing` says what else it is.
    """

    name: ClassVar[str] = "goodwill.given"

    goodwill_id: UUID
    customer_id: UUID
    points: int
    reason: str
    kind: str = "points"
    name_of_thing: str = ""
    worth_rial: int = 0


@dataclass(frozen=True, kw_only=True)
class EngagementNoted(DomainEvent):
    """A customer did something besides buying: points given for it (0: none)."""

    name: ClassVar[str] = "engagement.noted"

    engagement_id: UUID
    customer_id: UUID
    kind: str
    points: int


@dataclass(frozen=True, kw_only=True)
class OccasionCelebrated(DomainEvent):
    """A customer's own day came: points given (0: none), and whether an SMS was queued."""

    name: ClassVar[str] = "occasion.celebrated"

    customer_id: UUID
    kind: str
    title: str
    points: int
    greeted: bool


@dataclass(frozen=True, kw_only=True)
class MilestoneCelebrated(DomainEvent):
    """A customer reached a milestone: points given (0: none), and whether an SMS was queued."""

    name: ClassVar[str] = "milestone.reached"

    customer_id: UUID
    kind: str
    number: int
    points: int
    greeted: bool


@dataclass(frozen=True, kw_only=True)
class StoreCreditFilled(DomainEvent):
    """Money was put into a customer's store credit; `source` says where from."""

    name: ClassVar[str] = "store_credit.filled"

    store_credit_id: UUID
    customer_id: UUID
    amount_rial: int
    source: str
    purchase_id: UUID | None
    expires_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class StoreCreditSpent(DomainEvent):
    """A sale was paid from one filling, of which `left_rial` is left; a sale may take several."""

    name: ClassVar[str] = "store_credit.spent"

    store_credit_id: UUID
    customer_id: UUID
    purchase_id: UUID
    amount_rial: int
    left_rial: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class StoreCreditReturned(DomainEvent):
    """Goods paid from a filling came back, and their money with them into it."""

    name: ClassVar[str] = "store_credit.returned"

    store_credit_id: UUID
    customer_id: UUID
    purchase_id: UUID
    amount_rial: int
    left_rial: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class StoreCreditExpired(DomainEvent):
    """What was left of a filling ended unused."""

    name: ClassVar[str] = "store_credit.expired"

    store_credit_id: UUID
    customer_id: UUID
    amount_rial: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class StoreCreditTakenBack(DomainEvent):
    """A filling that was a mistake was taken back whole."""

    name: ClassVar[str] = "store_credit.taken_back"

    store_credit_id: UUID
    customer_id: UUID
    amount_rial: int
    reason: str
