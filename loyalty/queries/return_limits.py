"""What a return gives back to budgets of rules and takes of a tier's progress (N8); reads only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from loyalty.enums import LotState
from loyalty.models import Lot, RulePoints, Wallet
from loyalty.queries.fresh_tiers import counts_after
from loyalty.queries.programme import terms
from loyalty.queries.returned import Returned
from loyalty.queries.returns import undone
from loyalty.queries.rules.presents import presents_lost


def limits_moved(
    purchase_id: UUID, returned_rial: int, total_rial: int, now: datetime
) -> Mapping[str, int]:
    """Return `budget_back` and `progress_taken` in rial, each only where it is something."""
    lot = Lot.objects.select_related("rule").filter(id=purchase_id).first()
    if lot is None or returned_rial <= lot.returned_rial:
        return {}
    said = {
        "budget_back": _budget(lot, returned_rial, total_rial),
        "progress_taken": _progress(lot, returned_rial, total_rial, now),
    }
    return {name: rial for name, rial in said.items() if rial}


def _budget(lot: Lot, returned_rial: int, total_rial: int) -> int:
    _points, why = undone(lot, returned_rial, total_rial)
    presents = presents_lost(lot, returned_rial, total_rial)
    of_rules = sum(_of_rule(lot.id, part) for part in why.get("rules", ()))
    return of_rules + sum(one.budget_rial for one, _why in presents)


def _of_rule(purchase_id: UUID, part: Mapping[str, Any]) -> int:
    """Return what one rule's budget gets back: its share of the points less what it got before."""
    rows = RulePoints.objects.filter(purchase=purchase_id, key=UUID(part["key"]))
    moved = list(rows.order_by("-points"))
    if not moved or not moved[0].budget_rial:
        return 0
    more = int(part["share"]) + sum(row.points for row in moved[1:])
    return max(0, more) * (moved[0].cost_rial // moved[0].points)


def _progress(lot: Lot, returned_rial: int, total_rial: int, now: datetime) -> int:
    current = terms()
    wallet = Wallet.objects.filter(id=lot.customer_id).first() if lot.customer_id else None
    if current is None or wallet is None or lot.state == LotState.CONTINGENT:
        return 0
    back = Returned(lot.id, total_rial, returned_rial)
    return wallet.qualifying_rial - counts_after(wallet, lot, back, current, now)
