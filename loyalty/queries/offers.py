"""What points can buy, and what a basket would earn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.calendar import business_day
from core.errors import NotFound
from loyalty.enums import RedemptionState
from loyalty.models import Redemption, Reward
from loyalty.queries.leaving import is_away, shut_out
from loyalty.queries.memberships import Perks
from loyalty.queries.multiplier import earning_multiplier
from loyalty.queries.programme import Terms, terms
from loyalty.queries.rules.evaluate import Part
from loyalty.queries.rules.judge import Asked, Sale, judge
from loyalty.queries.rules.known import rules_of
from loyalty.queries.wallets import balances


@dataclass(frozen=True, slots=True)
class RewardOffer:
    """A reward on offer; `missing_points` is zero when it can be had now."""

    id: UUID
    name: str
    cost_points: int
    value_rial: int
    missing_points: int

    @property
    def is_affordable(self) -> bool:
        return self.missing_points == 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a basket would earn, and how many points may pay for part of it.

    `earn_points` assumes nothing is paid with points; `spendable_points` never buy more than the
    basket, the rest is paid exactly otherwise (rule R5). `parts` are the rules beside the rate,
    each with what it gives or why not.
    """

    earn_points: int
    spendable_points: int
    spendable_rial: int
    balance_points: int
    pending_days: int
    expires_at: datetime | None
    perks: Perks | None
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class _Earned:
    """What a basket earns, and by what."""

    points: int
    perks: Perks | None = None
    parts: Sequence[Part] = ()


_NO_POINTS: Final = _Earned(0)


def offered_rewards() -> list[tuple[UUID, str, int, int]]:
    """Return (id, name, cost in points, worth in rial) of rewards on offer, cheapest first."""
    rewards = Reward.objects.filter(is_active=True).order_by("cost_points", "name")
    return list(rewards.values_list("id", "name", "cost_points", "value_rial"))


def available_rewards(balance: int) -> list[RewardOffer]:
    """Return every reward on offer, cheapest first, with what a balance lacks for it."""
    return offers_for(balance, offered_rewards())


def offers_for(balance: int, offered: list[tuple[UUID, str, int, int]]) -> list[RewardOffer]:
    """Return rewards read before, as seen from one balance."""
    return [
        RewardOffer(id_, name, cost, value, max(0, cost - max(0, balance)))
        for id_, name, cost, value in offered
    ]


def preview(
    *,
    total_rial: int,
    eligible_rial: int,
    customer_id: UUID | None,
    now: datetime,
    sale: Sale = Sale(),  # noqa: B008 - frozen
) -> Preview:
    """Return what a basket would earn and what may be spent on it.

    Raises NotFound when the business has no programme.
    """
    current = terms()
    if current is None:
        raise NotFound(_("This business has no loyalty programme."))
    held = balances([customer_id], now).get(customer_id) if customer_id else None
    balance = held.balance_points if held else 0
    spendable = min(max(0, balance), total_rial // current.unit_value_rial)
    if customer_id and current.has_leavers and is_away(customer_id):
        return _nothing(current)
    if current.has_leavers and shut_out([(customer_id, now)]):
        earned = _NO_POINTS
    else:
        basket = Asked(eligible_rial=eligible_rial, at=now, customer_id=customer_id, sale=sale)
        earned = _earned(basket, current)
    return Preview(
        earn_points=earned.points,
        spendable_points=spendable,
        spendable_rial=spendable * current.unit_value_rial,
        balance_points=balance,
        pending_days=current.pending_days,
        expires_at=current.expiry(business_day(now, current.zone)),
        perks=earned.perks,
        parts=earned.parts,
    )


def _earned(basket: Asked, current: Terms) -> _Earned:
    times = earning_multiplier(basket.customer_id, current, basket.at)
    if current.is_judged:
        judged = judge(basket, rules_of(current.rule_id), current)
        return _Earned(judged.points, times.perks, judged.parts)
    return _Earned(current.points_for(basket.eligible_rial, times.num, times.den), times.perks)


def _nothing(current: Terms) -> Preview:
    """Return what somebody who left the club earns and may spend."""
    return Preview(0, 0, 0, 0, current.pending_days, None, None)


def any_spent() -> bool:
    """Tell whether a customer ever spent points here. One query."""
    return Redemption.objects.filter(state=RedemptionState.COMMITTED).exists()


def taken_by_reward() -> dict[UUID, int]:
    """Return {reward: how often it was had and paid for}. One query."""
    had = Redemption.objects.filter(state=RedemptionState.COMMITTED, reward__isnull=False)
    return dict(had.values_list("reward").annotate(times=Count("id")))


def redemption_by_id(redemption_id: UUID) -> Redemption:
    """Return a redemption. Raises NotFound."""
    found = Redemption.objects.filter(id=redemption_id).first()
    if found is None:
        raise NotFound(_("There is no such redemption."))
    return found


def redemptions_of(purchase_id: UUID) -> list[Redemption]:
    """Return what was paid with points for a purchase."""
    return list(Redemption.objects.filter(purchase=purchase_id).order_by("id"))
