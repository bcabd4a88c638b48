"""What this app announces."""

from dataclasses import dataclass
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
class PointsAdjusted(DomainEvent):
    """Somebody corrected a balance by hand; `points` is signed."""

    name: ClassVar[str] = "points.adjusted"

    customer_id: UUID
    points: int
    reason: str
