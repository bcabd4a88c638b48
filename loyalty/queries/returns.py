"""What a return would undo, before it happens (rules R15, R17-R22); reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.queries.baskets_sold import goods_returned
from loyalty.enums import RedemptionState
from loyalty.models import CustomerTier, Lot, Redemption
from loyalty.queries.rules.given import gave_on
from loyalty.queries.rules.undo import Line, Remains, part_undone


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """Earned points taken, spent points given back, and the tier, which stays (R30)."""

    points_taken: int
    points_back: int
    tier: str


def cumulative(whole: int, returned_rial: int, total_rial: int) -> int:
    """Return which part of `whole` a returned amount undoes in sum (rule R17).

    Counted from the start of the purchase, so equal parts never lose a point to rounding.
    """
    if total_rial <= 0:
        return whole
    return whole * min(returned_rial, total_rial) // total_rial


def undone(lot: Lot, returned_rial: int, total_rial: int) -> tuple[int, dict[str, Any]]:
    """Return how many of a lot's points its returns undo in sum, and the facts that yield it.

    A rule for amounts is undone in proportion. One with a minimum is judged anew on what remains:
    below the minimum the purchase earns nothing (rule R18). Rules beside the rate each for itself.
    """
    least = lot.rule.minimum_rial if lot.rule else 0
    left = lot.base_rial - cumulative(lot.base_rial, returned_rial, total_rial)
    below = bool(returned_rial) and left < least
    why = {"left_rial": left, "least_rial": least} if below else {}
    gave = gave_on(lot.purchase_id) if lot.rule and lot.rule.bonus_count else []
    by_rate = lot.earned_points - sum(one.points for one in gave)
    of_rate = by_rate if below else cumulative(by_rate, returned_rial, total_rial)
    if not gave or lot.purchase_id is None:
        return of_rate, why
    remains = remains_of(lot, returned_rial, total_rial, goods_returned(lot.purchase_id))
    parts = [part_undone(one, remains) for one in gave]
    told = [facts | {"share": points} for points, facts in parts]
    return of_rate + sum(points for points, _f in parts), why | {"by_rate": by_rate, "rules": told}


def remains_of(lot: Lot, returned_rial: int, total_rial: int, lines: Sequence[Line]) -> Remains:
    """Return what is left of a purchase, as its rules look at it."""
    left = lot.base_rial - cumulative(lot.base_rial, returned_rial, total_rial)
    least = lot.rule.minimum_rial if lot.rule else 0
    return Remains(
        eligible_rial=left,
        returned_rial=min(returned_rial, total_rial),
        total_rial=total_rial,
        lines=lines,
        below=bool(returned_rial) and left < least,
    )


def what_a_return_undoes(
    *, purchase_id: UUID, returned_rial: int, total_rial: int
) -> Undone | None:
    """Return what changes once `returned_rial` of a purchase is back; None without points."""
    lot = Lot.objects.select_related("rule").filter(id=purchase_id).first()
    if lot is None:
        return None
    taken = undone(lot, returned_rial, total_rial)[0] - lot.reversed_points
    spent = Redemption.objects.filter(purchase=purchase_id, state=RedemptionState.COMMITTED)
    back = sum(
        cumulative(one.points, returned_rial, total_rial) - one.returned_points for one in spent
    )
    tier = CustomerTier.objects.select_related("tier").filter(customer=lot.customer_id).first()
    return Undone(
        points_taken=max(0, taken),
        points_back=max(0, back),
        tier=tier.tier.name if tier is not None else "",
    )
