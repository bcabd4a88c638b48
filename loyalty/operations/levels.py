"""What the owner offers to who buys much and to who saves points: tiers and rewards (C049)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.money import MAX_RIAL
from core.spelling import number
from core.tenancy import operation
from core.text import normalise
from loyalty.models import Reward, Tier
from loyalty.operations.policies import keep_policy

MOST_TIERS: Final = 10
MOST_TIMES: Final = 100
MOST_COST: Final = 1_000_000_000
_MOST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class TierPlan:
    """A tier as the owner wants it: multiplier num/den, at least 1."""

    name: str
    threshold_rial: int
    multiplier_num: int = 1
    multiplier_den: int = 1


@operation
def update_tiers(*, plans: Sequence[TierPlan], actor: Actor | None, now: datetime) -> list[Tier]:
    """Set the tiers, lowest first, the first from zero; their number may grow, not shrink.

    Raises Problem `invalid_tiers`, which names what is wrong by its place.
    """
    held = list(Tier.objects.select_for_update().order_by("position"))
    _check_tiers(plans, held)
    # Out of each other's way first: thresholds are unique and may swap.
    for place, tier in enumerate(held):
        Tier.objects.filter(id=tier.id).update(threshold_rial=2**62 + place)
    tiers = [_put(place, plan, held) for place, plan in enumerate(plans)]
    _audit("tiers.updated", {"names": [tier.name for tier in tiers]}, actor, now)
    keep_policy(now=now)
    return tiers


@operation
def offer_reward(
    *, name: str, cost_points: int, value_rial: int, actor: Actor | None, now: datetime
) -> Reward:
    """Offer a reward, or change the one of that name. Raises Problem `invalid_reward`."""
    clean = normalise(name)
    if not 0 < len(clean) <= _MOST_NAME:
        raise _wrong("invalid_reward", "name", _("Give it a name of up to 60 letters."))
    if not 0 < cost_points <= MOST_COST:
        detail = _("A reward costs between 1 and 1,000,000,000 points.")
        raise _wrong("invalid_reward", "cost_points", detail)
    if not 0 <= value_rial <= MAX_RIAL:
        raise _wrong("invalid_reward", "value_rial", _("What it is worth is a sum of money."))
    reward, _created = Reward.objects.update_or_create(
        name=clean,
        defaults={"cost_points": cost_points, "value_rial": value_rial, "is_active": True},
    )
    _audit("reward.offered", {"name": clean, "cost_points": cost_points}, actor, now)
    return reward


@operation
def withdraw_reward(*, reward_id: UUID, actor: Actor | None, now: datetime) -> None:
    """Stop offering a reward. Raises NotFound."""
    if not Reward.objects.filter(id=reward_id).update(is_active=False):
        raise NotFound(_("There is no such reward."))
    _audit("reward.withdrawn", {"id": str(reward_id)}, actor, now)


def _check_tiers(plans: Sequence[TierPlan], held: Sequence[Tier]) -> None:
    if len(plans) < len(held) or not 0 < len(plans) <= MOST_TIERS:
        detail = _("There are %(held)s levels: they can be changed, and more added up to %(most)s.")
        told = {"held": number(len(held)), "most": number(MOST_TIERS)}
        raise _wrong("invalid_tiers", "tiers", detail % told)
    names: set[str] = set()
    for place, plan in enumerate(plans):
        name = normalise(plan.name)
        if not 0 < len(name) <= _MOST_NAME or name in names:
            detail = _("Each level has a name of its own, of up to 60 letters.")
            raise _wrong("invalid_tiers", f"tiers.{place}.name", detail)
        names.add(name)
        _check_numbers(place, plan, plans[place - 1].threshold_rial if place else -1)


def _check_numbers(place: int, plan: TierPlan, below_rial: int) -> None:
    starts = plan.threshold_rial == 0 if not place else below_rial < plan.threshold_rial
    if not starts or plan.threshold_rial > MAX_RIAL:
        detail = _("The first tier begins at zero and each one is higher than the one before.")
        raise _wrong("invalid_tiers", f"tiers.{place}.threshold_rial", detail)
    num, den = plan.multiplier_num, plan.multiplier_den
    if not 0 < den <= num <= den * MOST_TIMES or den > MOST_COST:
        detail = _("A tier multiplies points by one or more, at most by 100.")
        raise _wrong("invalid_tiers", f"tiers.{place}.multiplier", detail)


def _put(place: int, plan: TierPlan, held: Sequence[Tier]) -> Tier:
    tier = held[place] if place < len(held) else Tier(position=place)
    tier.name = normalise(plan.name)
    tier.threshold_rial = plan.threshold_rial
    tier.multiplier_num, tier.multiplier_den = plan.multiplier_num, plan.multiplier_den
    tier.save()
    return tier


def _audit(action: str, data: dict[str, Any], actor: Actor | None, now: datetime) -> None:
    record_audit(action=action, subject="loyalty", data=data, actor=actor, now=now)


def _wrong(code: str, field: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.UNPROCESSABLE_ENTITY, fields={field: [detail]})
