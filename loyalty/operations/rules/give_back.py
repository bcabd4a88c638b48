"""What limits of rules get back when a purchase they gave points on comes back (rule R49)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from core.tenancy import part_of_operation
from loyalty.models import Lot, RulePoints
from loyalty.operations.rules.funding import note_stands
from loyalty.operations.rules.meters import Key, move_meters


def note_returned(lot: Lot, parts: Iterable[Mapping[str, Any]], now: datetime) -> Mapping[Key, int]:
    """Write down what a return takes back of each rule's points; return what limits get back.

    The lot already tells what is claimed back of it in sum. `parts` are the return's facts: each
    rule's key and how many points are undone in sum. What is given back goes to the budget and the
    customer's span the points were taken from.
    """
    undone = {UUID(part["key"]): part["share"] for part in parts}
    if not undone:
        return {}
    freed: Counter[Key] = Counter()
    for key, moved in _moved(lot.id).items():
        gave = moved[0]
        more = undone.get(key, 0) + sum(row.points for row in moved[1:])
        if more > 0:
            freed.update(take_points_back(gave, more, now))
    note_stands(lot, now)
    return freed


@part_of_operation
def give_back_limits(freed: Mapping[Key, int]) -> None:
    """Give back to limits, after every wallet of the operation is locked."""
    move_meters({key: -amount for key, amount in freed.items()})


def _moved(purchase_id: UUID) -> dict[UUID, list[RulePoints]]:
    """Return what moved of each rule, what it gave first."""
    found: dict[UUID, list[RulePoints]] = {}
    for row in RulePoints.objects.filter(purchase=purchase_id).order_by("-points"):
        found.setdefault(row.key, []).append(row)
    return found


def take_points_back(gave: RulePoints, points: int, now: datetime) -> dict[Key, int]:
    """Write down that points of a rule are taken back; return what its limits get back."""
    unit_rial = gave.cost_rial // gave.points
    rial = points * unit_rial
    RulePoints.objects.create(
        purchase_id=gave.purchase_id,
        happening_id=gave.happening_id,
        customer_id=gave.customer_id,
        rule_id=gave.rule_id,
        key=gave.key,
        points=-points,
        amount_rial=gave.amount_rial,
        cost_rial=-rial,
        budget_rial=-rial if gave.budget_rial else 0,
        since=gave.since,
        at=now,
    )
    freed: dict[Key, int] = {}
    if gave.budget_rial:
        freed[gave.key, None, None] = rial
    if gave.since is not None:
        freed[gave.key, gave.customer_id, gave.since] = points
    return freed
