"""What a return would undo, before it happens (rules R15, R17-R22); reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from customers.queries.baskets_sold import goods_returned
from loyalty.enums import ClawBack, LotState, RedemptionState
from loyalty.models import Lot, Redemption, Wallet
from loyalty.queries.fresh_tiers import counts_after, fall_after
from loyalty.queries.programme import Terms, terms
from loyalty.queries.returned import Returned, cumulative
from loyalty.queries.rules.given import gave_on
from loyalty.queries.rules.undo import Line, Remains, part_undone
from loyalty.queries.standing import held_tier


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """Earned points taken, spent points given back, and the tier: it stays, or falls (R30)."""

    points_taken: int
    points_back: int
    tier: str
    falls_to: str = ""


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
    *, purchase_id: UUID, returned_rial: int, total_rial: int, now: datetime
) -> Undone | None:
    """Return what changes once `returned_rial` of a purchase is back; None without points."""
    lot = Lot.objects.select_related("rule").filter(id=purchase_id).first()
    current = terms()
    if lot is None or current is None:
        return None
    taken = undone(lot, returned_rial, total_rial)[0] - lot.reversed_points
    spent = Redemption.objects.filter(purchase=purchase_id, state=RedemptionState.COMMITTED)
    back = sum(
        cumulative(one.points, returned_rial, total_rial) - one.returned_points for one in spent
    )
    wallet = Wallet.objects.filter(id=lot.customer_id).first() if lot.customer_id else None
    held = held_tier(wallet.id) if wallet else None
    fall = None
    if wallet is not None:
        told = Returned(purchase_id, total_rial, returned_rial)
        counts = counts_after(wallet, lot, told, current, now)
        fall = fall_after(wallet, counts, told, current, now)
    return Undone(
        points_taken=_within_reach(max(0, taken), max(0, back), lot, wallet, current),
        points_back=max(0, back),
        tier=held.tier.name if held is not None else "",
        falls_to=fall.tier.name if fall is not None else "",
    )


def _within_reach(taken: int, back: int, lot: Lot, wallet: Wallet | None, current: Terms) -> int:
    """Return how many points a return takes where the programme takes no more than is there."""
    if current.clawback == ClawBack.UNLIMITED:
        return taken
    own = Lot.objects.filter(Q(id=lot.id) | Q(part_of=lot.id))
    waiting = own.filter(state__in=[LotState.PENDING, LotState.CONTINGENT])
    reach = sum(waiting.values_list("remaining_points", flat=True))
    if current.clawback == ClawBack.WITHIN_BALANCE and wallet is not None:
        reach += max(0, wallet.balance_points + back)
    return min(taken, reach)
