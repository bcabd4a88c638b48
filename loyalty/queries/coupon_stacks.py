"""Several coupons for one sale: which go together, in which order, and what each takes off (R50).

A coupon stands alone, or beside others that allow it; of those with one group the best for the
customer counts. Percentages come off first, then amounts, the earlier-made kind before the later;
each takes of what those before it left. Of ways that exclude each other the customer gets the best,
or, where the rules in force are for the margin, the one that takes least off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from loyalty.enums import BestFor, Stacking
from loyalty.models import Coupon, CouponPool
from loyalty.queries.coupons import Basket, Discount, check_usable, found_by, priced, refusal
from loyalty.queries.programme import active_rule

MOST_COUPONS: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A code somebody wants to use, and what it means."""

    code: str
    pool: CouponPool
    coupon: Coupon | None


@dataclass(frozen=True, slots=True)
class Off:
    """What one coupon takes off what those before it left of the basket."""

    asked: Asked
    position: int
    basket_rial: int
    discount_rial: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A coupon that is not used here, and why."""

    asked: Asked
    why: Sentence


@dataclass(frozen=True, slots=True)
class Stack:
    """Coupons of one sale: those used, in their order, and those left out."""

    basket_rial: int
    used: Sequence[Off]
    left_out: Sequence[LeftOut]
    of_lines: tuple[int, ...]

    @property
    def discount_rial(self) -> int:
        """Return what they take off together."""
        return sum(self.of_lines)

    @property
    def names(self) -> str:
        """Return what the used ones are called."""
        return "، ".join(one.asked.pool.name for one in self.used)


def stack_of(codes: Sequence[str], basket: Basket, now: datetime) -> Stack:
    """Return what codes take off a basket together, changing nothing.

    Raises what `discount_of` raises for any of them, Problem `too_many_coupons`.
    """
    found = [asked_for(code) for code in wanted(codes)]
    for one in found:
        check_usable(one.pool, one.coupon, basket.customer_id, now)
    return stacked(found, basket)


def wanted(codes: Sequence[str]) -> list[str]:
    """Return codes without those said twice. Raises Problem `too_many_coupons`."""
    several = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not 1 <= len(several) <= MOST_COUPONS:
        raise refusal("too_many_coupons", _("Between one and five coupons for a sale."))
    return several


def asked_for(code: str) -> Asked:
    """Return what a code means. Raises NotFound."""
    pool, coupon = found_by(code)
    return Asked(code, pool, coupon)


def stacked(found: Sequence[Asked], basket: Basket) -> Stack:
    """Return the best way to use coupons together: for the customer, or for the margin."""
    for_margin = len(found) > 1 and _is_for_margin()
    alone = {id(one): priced(one.pool, one.coupon, basket) for one in found}
    beside = [one for one in found if one.pool.stacking == Stacking.BESIDE]
    best, beaten = _best_of_groups(beside, alone, for_margin=for_margin)
    ways = [_chain(best, basket), *([one] for one in found if one not in beside)]
    stacks = [_taken(way, basket) for way in ways if way]
    pick = min if for_margin else max
    stack = pick((one for one in stacks if one.used), key=lambda one: one.discount_rial)
    used = {id(one.asked) for one in stack.used}
    reasons = _FOR_MARGIN if for_margin else (_BEATEN, _APART)
    left = [LeftOut(one, reasons[one not in beaten]) for one in found if id(one) not in used]
    return replace(stack, left_out=left)


def check_together(pools: Sequence[CouponPool]) -> Problem | None:
    """Return the refusal of coupons that may not be used for one sale together, or None."""
    groups = [pool.group for pool in pools if pool.group]
    lonely = len(pools) > 1 and any(pool.stacking == Stacking.ALONE for pool in pools)
    kinds = {pool.id for pool in pools}
    if lonely or len(set(groups)) < len(groups) or len(kinds) < len(pools):
        return refusal("one_coupon", _("These coupons cannot be used together."))
    return None


_BEATEN: Final = _("Of its group another one gives more.")
_APART: Final = _("It cannot be used together with the others, which give more.")
_FOR_MARGIN: Final = (
    _("Of its group another one counts here."),
    _("It cannot be used together with the others, which count here."),
)


def _is_for_margin() -> bool:
    rule = active_rule()
    return rule is not None and rule.best_for == BestFor.MARGIN


def _best_of_groups(
    beside: Sequence[Asked], alone: dict[int, Discount], *, for_margin: bool
) -> tuple[list[Asked], list[Asked]]:
    """Return the best of each group, and of each kind, with the others; the earlier as good."""
    held: dict[object, Asked] = {}
    for one in sorted(beside, key=_order):
        place: object = one.pool.group or one.pool.id
        before = held.get(place, one)
        more = alone[id(one)].discount_rial - alone[id(before)].discount_rial
        held[place] = one if (more < 0 if for_margin else more > 0) else before
    best = sorted(held.values(), key=_order)
    return best, [one for one in beside if one not in best]


def _order(one: Asked) -> tuple[bool, datetime, UUID]:
    return one.pool.percent is None, one.pool.made_at, one.pool.id


def _chain(best: Sequence[Asked], basket: Basket) -> list[Asked]:
    """Return those that still take something off what the ones before them left."""
    chain: list[Asked] = []
    for one in best:
        if len(_taken([*chain, one], basket).used) > len(chain):
            chain.append(one)
    return chain


def _taken(way: Sequence[Asked], basket: Basket) -> Stack:
    """Take coupons off one after another; one that takes nothing is passed over."""
    left, off, used = basket, [0] * len(basket.lines), list[Off]()
    for one in way:
        try:
            told = priced(one.pool, one.coupon, left, whole_rial=basket.total_rial)
        except Problem:
            continue
        used.append(Off(one, len(used) + 1, left.total_rial, told.discount_rial))
        off = [before + part for before, part in zip(off, told.of_lines, strict=True)]
        left = replace(
            left,
            lines=tuple(
                replace(line, total_rial=line.total_rial - part)
                for line, part in zip(left.lines, told.of_lines, strict=True)
            ),
        )
    return Stack(basket.total_rial, used, (), tuple(off))
