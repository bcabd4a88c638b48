"""What a customer sees on their own page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from core.calendar import business_day
from customers.queries.merging import profiles_of
from loyalty.enums import CREDIT_CARDS, CardState, RedemptionState
from loyalty.models import (
    CouponUse,
    GiftCard,
    GiftCardUse,
    Lot,
    PaidMembership,
    StampReward,
)
from loyalty.queries.benefits import Mine, benefits_of
from loyalty.queries.credit import Credit, CreditMove, credit_history, credit_of
from loyalty.queries.gift_codes import code_of_card, spelled
from loyalty.queries.leaving import Left, left_club
from loyalty.queries.memberships import live_membership
from loyalty.queries.milestones import Badge, badges_of
from loyalty.queries.offers import RewardOffer, available_rewards
from loyalty.queries.own_history import Moved, as_read, moved
from loyalty.queries.presents import presents_to
from loyalty.queries.programme import terms
from loyalty.queries.rules.presents import PresentView
from loyalty.queries.stamps import Stamps, stamps_of
from loyalty.queries.standing import Standing, tier_of
from loyalty.queries.wallets import WalletView, live_lots, wallet_view

_DATES: Final = 6
_CARDS: Final = 10


@dataclass(frozen=True, slots=True)
class Ending:
    """Points that end together; `last_moment` is within their last good day.

    With `kept_by_activity` they do not end if their owner is active until then (rule R14).
    """

    points: int
    last_moment: datetime
    kept_by_activity: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """Points that become spendable on a day."""

    points: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnCoupon:
    """A reward of a stamp card that was taken and not used; its code was told once."""

    name: str
    ends_with: str
    last_moment: datetime


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A gift card they have paid with, with what is left on it, or one that was made for them.

    Only of the latter is the code told.
    """

    ends_with: str
    balance_rial: int
    last_moment: datetime | None
    name: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPage:
    """Everything of one customer in one business's club."""

    in_club: bool
    left: Left | None
    wallet: WalletView
    standing: Standing | None
    endings: Sequence[Ending]
    coming: Sequence[Coming]
    rewards: Sequence[RewardOffer]
    stamps: Sequence[Stamps]
    badges: Sequence[Badge]
    benefits: Sequence[Mine]
    coupons: Sequence[OwnCoupon]
    presents: Sequence[PresentView]
    cards: Sequence[OwnCard]
    credit: Credit
    credit_moves: Sequence[CreditMove]
    membership: PaidMembership | None
    history: Sequence[Moved]
    has_more: bool


def own_page(customer_id: UUID, now: datetime) -> OwnPage:
    """Return a customer's page."""
    wallet = wallet_view(customer_id, now)
    history = moved(customer_id, limit=_DATES + 1)
    return OwnPage(
        in_club=terms() is not None,
        left=left_club(customer_id, now),
        wallet=wallet,
        standing=tier_of([customer_id]).get(customer_id),
        endings=_endings(customer_id, now),
        coming=_coming(customer_id, now),
        rewards=available_rewards(wallet.balance_points),
        stamps=stamps_of(customer_id),
        badges=badges_of(customer_id),
        benefits=benefits_of(customer_id, now),
        coupons=_coupons(customer_id, now),
        presents=presents_to(customer_id, live_at=now),
        cards=_cards(customer_id, now),
        credit=credit_of(customer_id, now),
        credit_moves=credit_history(customer_id, _DATES),
        membership=live_membership(customer_id),
        history=as_read(history[:_DATES]),
        has_more=len(history) > _DATES,
    )


def money_kept(customer_id: UUID, now: datetime) -> tuple[list[OwnCard], list[OwnCoupon]]:
    """Return what is theirs whether they are in the club or not: gift cards and coupons."""
    return _cards(customer_id, now), _coupons(customer_id, now)


def _endings(customer_id: UUID, now: datetime) -> list[Ending]:
    days: Counter[tuple[datetime, bool]] = Counter()
    lots = live_lots(customer_id, now).values_list("expires_at", "idle_months", "remaining_points")
    for ends_at, months, points in lots:
        if ends_at is not None:
            days[ends_at, months is not None] += points
    ends = sorted(days)[:_DATES]
    return [Ending(days[at, kept], at - timedelta(seconds=1), kept) for at, kept in ends]


def _coming(customer_id: UUID, now: datetime) -> list[Coming]:
    current = terms()
    if current is None:
        return []
    waiting = Lot.objects.filter(customer=customer_id, state="pending", activates_at__gt=now)
    days: dict[object, Coming] = {}
    for at, points in waiting.order_by("activates_at").values_list(
        "activates_at", "remaining_points"
    ):
        day = business_day(at, current.zone)
        known = days.get(day)
        days[day] = Coming(points + known.points, known.at) if known else Coming(points, at)
    return list(days.values())[:_DATES]


def _coupons(customer_id: UUID, now: datetime) -> list[OwnCoupon]:
    used = CouponUse.objects.filter(
        coupon__isnull=False,
        state__in=[RedemptionState.RESERVED, RedemptionState.COMMITTED],
        again_until__isnull=True,
    )
    rows = (
        StampReward.objects.select_related("coupon__pool")
        .filter(customer=customer_id, coupon__ends_at__gt=now, coupon__pool__is_active=True)
        .exclude(coupon__in=used.values("coupon"))
        .order_by("coupon__ends_at", "id")
    )
    return [
        OwnCoupon(
            row.coupon.pool.name, row.coupon.ends_with, row.coupon.ends_at - timedelta(seconds=1)
        )
        for row in rows[:_CARDS]
    ]


def _cards(customer_id: UUID, now: datetime) -> list[OwnCard]:
    profiles = profiles_of(customer_id)
    used = GiftCardUse.objects.filter(
        purchase__customer__in=profiles, state=RedemptionState.COMMITTED
    )
    rows = (
        GiftCard.objects.select_related("issue")
        .filter(Q(id__in=used.values("card")) | Q(customer__in=profiles))
        .filter(state=CardState.ACTIVE, balance_rial__gt=0)
        .exclude(expires_at__lte=now)
        .exclude(issue__kind__in=CREDIT_CARDS)
        .order_by("expires_at", "id")
    )
    return [_own_card(row, is_theirs=row.customer_id in profiles) for row in rows[:_CARDS]]


def _own_card(row: GiftCard, *, is_theirs: bool) -> OwnCard:
    return OwnCard(
        row.ends_with,
        row.balance_rial,
        row.expires_at - timedelta(seconds=1) if row.expires_at else None,
        row.issue.name if is_theirs else "",
        spelled(code_of_card(row.id)) if is_theirs else "",
    )
