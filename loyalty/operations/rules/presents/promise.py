"""Promising presents: what they are worth, and the kinds of coupons free items and rewards are."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.ids import new_id
from core.tenancy import part_of_operation
from core.text import normalise
from loyalty.enums import PoolKind, RuleEffect
from loyalty.models import BonusRule, CouponPool, Reward, StampCard
from loyalty.queries.coupons import given_pools
from loyalty.queries.rules.document import Bonus, Present, Rules

# A pool of presents never ends; each coupon has its own day.
_FOR_EVER: Final = timedelta(days=36_500)
_FREE: Final = 100


def priced(rules: Rules) -> Rules:
    """Return rules with what each present is worth, where the thing itself says it.

    Raises Problem `unknown_reference` for what is not offered here, `worth_missing` (422) where
    nothing says what one costs.
    """
    bonuses = [
        one
        if one.present is None
        else one.model_copy(update={"present": _priced(one, one.present)})
        for one in rules.bonuses
    ]
    return rules.model_copy(update={"bonuses": tuple(bonuses)})


def _priced(bonus: Bonus, present: Present) -> Present:
    said = _worth(bonus, present)
    worth = present.worth_rial if said is None else said
    if worth <= 0:
        detail = _("Say what one of «%(name)s» costs you at most.") % {"name": bonus.name}
        raise Problem(
            "worth_missing",
            detail,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"worth": [detail]},
        )
    category = normalise(present.category)
    return present.model_copy(update={"worth_rial": worth, "category": category})


def _worth(bonus: Bonus, present: Present) -> int | None:
    """Return what the thing itself says one is worth, or None: then the owner says it."""
    asked = _ASKED.get(bonus.effect)
    return asked(present) if asked is not None else None


def _stamp(present: Present) -> int:
    rows = StampCard.objects.select_related("pool").filter(is_active=True)
    card = rows.filter(id__in=_ids(present.stamp_card)).first()
    if card is None:
        raise _unknown(_("A rule names a stamp card that is not offered."))
    return max(1, (card.pool.most_rial or 0) // card.needed)


def _reward(present: Present) -> int:
    reward = Reward.objects.filter(id__in=_ids(present.reward), is_active=True).first()
    if reward is None or not reward.value_rial:
        raise _unknown(_("A rule names a reward that is not offered."))
    return reward.value_rial


def _coupon(present: Present) -> int | None:
    pool = given_pools().filter(id__in=_ids(present.pool)).first()
    if pool is None:
        raise _unknown(_("A rule names a kind of coupon that is not offered with own codes."))
    return pool.off_rial or pool.most_rial


_ASKED: Final[Mapping[RuleEffect, Callable[[Present], int | None]]] = {
    RuleEffect.STAMP: _stamp,
    RuleEffect.REWARD: _reward,
    RuleEffect.COUPON: _coupon,
}


@part_of_operation
def pools_for(*, rules: Rules, version: int, now: datetime) -> Mapping[UUID, UUID]:
    """Return by rule the kind of coupon it gives: the named one, or one made for it.

    A rule that gives what it gave in the version before goes on with that version's.
    """
    before = {
        row.key: row
        for row in BonusRule.objects.filter(version__version=version, pool__isnull=False)
    }
    found: dict[UUID, UUID] = {}
    for bonus in rules.bonuses:
        present = bonus.present
        if present is None:
            continue
        if present.pool is not None:
            found[bonus.key] = present.pool
        elif bonus.effect in {RuleEffect.ITEM, RuleEffect.REWARD}:
            held = before.get(bonus.key)
            found[bonus.key] = (
                held.pool_id
                if held is not None and held.pool_id and _same(held, bonus)
                else _pool(bonus, present, now).id
            )
    return found


def _same(row: BonusRule, bonus: Bonus) -> bool:
    kept = Present.model_validate(row.present)
    return (row.name, row.effect) == (bonus.name, bonus.effect) and kept == bonus.present


def _pool(bonus: Bonus, present: Present, now: datetime) -> CouponPool:
    free = bonus.effect == RuleEffect.ITEM
    named = Reward.objects.filter(id__in=_ids(present.reward)).first()
    pool = CouponPool(
        id=new_id(),
        name=bonus.name if named is None else named.name,
        kind=PoolKind.UNIQUE,
        percent=_FREE if free else None,
        off_rial=None if free else present.worth_rial,
        most_rial=present.worth_rial if free else None,
        category=present.category,
        gives_back=True,
        starts_at=now,
        ends_at=now + _FOR_EVER,
        made_at=now,
        made_by=f"rule:{bonus.key}",
    )
    pool.save(force_insert=True)
    return pool


def _ids(one: UUID | None) -> list[UUID]:
    return [] if one is None else [one]


def _unknown(detail: Sentence) -> Problem:
    return Problem("unknown_reference", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
