"""What a return would undo, before it happens (rules R15, R17-R22); reads only."""

from dataclasses import dataclass
from uuid import UUID

from loyalty.enums import RedemptionState
from loyalty.models import CustomerTier, Lot, Redemption


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


def undone(lot: Lot, returned_rial: int, total_rial: int) -> tuple[int, dict[str, int]]:
    """Return how many of a lot's points its returns undo in sum, and why where it is all of them.

    A rule for amounts is undone in proportion. One with a minimum is judged anew on what remains:
    below the minimum the purchase earns nothing (rule R18).
    """
    least = lot.rule.minimum_rial if lot.rule else 0
    left = lot.base_rial - cumulative(lot.base_rial, returned_rial, total_rial)
    if returned_rial and left < least:
        return lot.earned_points, {"left_rial": left, "least_rial": least}
    return cumulative(lot.earned_points, returned_rial, total_rial), {}


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
