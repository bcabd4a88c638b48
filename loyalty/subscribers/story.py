"""What becomes a line of the customer's story."""

from datetime import datetime
from typing import Any
from uuid import UUID

from customers.operations import note_timeline
from loyalty.events import (
    ClubLeft,
    ClubRejoined,
    EngagementNoted,
    GoodwillGiven,
    MembershipLapsed,
    MembershipRenewed,
    MilestoneCelebrated,
    OccasionCelebrated,
    PointsAdjusted,
    PointsRedeemed,
    ReferralRewarded,
    TierChanged,
)
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(MembershipRenewed, name="loyalty.note_renewal")
def note_renewal(event: Recorded[MembershipRenewed], *, now: datetime) -> None:
    """Tell the customer's story of a period paid."""
    body = event.body
    data = {"plan": body.plan_name, "rial": body.amount_rial, "until": str(body.ends_on)}
    note(event, body.customer_id, "membership_renewed", data, now)


@subscribe(MembershipLapsed, name="loyalty.note_lapse")
def note_lapse(event: Recorded[MembershipLapsed], *, now: datetime) -> None:
    """Tell the customer's story of a membership that lapsed."""
    data = {"plan": event.body.plan_name}
    note(event, event.body.customer_id, "membership_lapsed", data, now)


@subscribe(TierChanged, name="loyalty.note_tier")
def note_tier(event: Recorded[TierChanged], *, now: datetime) -> None:
    """Tell the customer's story of a new tier."""
    data = {"tier": event.body.tier_name, "up": event.body.is_upgrade}
    note(event, event.body.customer_id, "tier", data, now)


@subscribe(PointsRedeemed, name="loyalty.note_redemption")
def note_redemption(event: Recorded[PointsRedeemed], *, now: datetime) -> None:
    """Tell the customer's story of points spent."""
    data = {"points": event.body.points, "value_rial": event.body.value_rial}
    note(event, event.body.customer_id, "points_redeemed", data, now)


@subscribe(PointsAdjusted, name="loyalty.note_adjustment")
def note_adjustment(event: Recorded[PointsAdjusted], *, now: datetime) -> None:
    """Tell the customer's story of points corrected by hand."""
    data = {"points": event.body.points, "reason": event.body.reason}
    note(event, event.body.customer_id, "points_adjusted", data, now)


@subscribe(ClubLeft, name="loyalty.note_leaving")
def note_leaving(event: Recorded[ClubLeft], *, now: datetime) -> None:
    """Tell the customer's story of leaving the club."""
    note(event, event.body.customer_id, "left_club", {"points": event.body.points}, now)


@subscribe(ClubRejoined, name="loyalty.note_rejoining")
def note_rejoining(event: Recorded[ClubRejoined], *, now: datetime) -> None:
    """Tell the customer's story of coming back."""
    note(event, event.body.customer_id, "rejoined_club", {"points": event.body.points}, now)


@subscribe(GoodwillGiven, name="loyalty.note_goodwill")
def note_goodwill(event: Recorded[GoodwillGiven], *, now: datetime) -> None:
    """Tell the customer's story of what was given on the spot."""
    body = event.body
    data = {"points": body.points, "what": body.name_of_thing, "reason": body.reason}
    note(event, body.customer_id, "goodwill", data, now)


@subscribe(OccasionCelebrated, name="loyalty.note_occasion")
def note_occasion(event: Recorded[OccasionCelebrated], *, now: datetime) -> None:
    """Tell the customer's story of their day."""
    body = event.body
    data = {"kind": body.kind, "title": body.title, "points": body.points}
    note(event, body.customer_id, "occasion", data, now)


@subscribe(MilestoneCelebrated, name="loyalty.note_milestone")
def note_milestone(event: Recorded[MilestoneCelebrated], *, now: datetime) -> None:
    """Tell the customer's story of what they reached."""
    body = event.body
    data = {"kind": body.kind, "number": body.number, "points": body.points}
    note(event, body.customer_id, "milestone", data, now)


@subscribe(EngagementNoted, name="loyalty.note_engagement")
def note_engagement(event: Recorded[EngagementNoted], *, now: datetime) -> None:
    """Tell the customer's story of what they did."""
    body = event.body
    note(event, body.customer_id, "engagement", {"what": body.kind, "points": body.points}, now)


@subscribe(ReferralRewarded, name="loyalty.note_referral")
def note_reward(event: Recorded[ReferralRewarded], *, now: datetime) -> None:
    """Tell both customers' stories of the friend who came."""
    body = event.body
    sides = [
        (body.referrer_id, body.referrer_points, "brought_friend"),
        (body.friend_id, body.friend_points, "was_brought"),
    ]
    for customer_id, points, kind in sides:
        note(event, customer_id, kind, {"points": points}, now)


def note(
    event: Recorded[Any], customer_id: UUID, kind: str, data: dict[str, Any], now: datetime
) -> None:
    """Write a line of a customer's story, once for each event."""
    note_timeline(
        customer_id=customer_id,
        kind=kind,
        occurred_at=event.at,
        data=data,
        source_ref=f"{kind}:{event.id}",
        now=now,
    )
