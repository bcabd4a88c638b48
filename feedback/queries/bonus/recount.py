"""A line worked out again from its own frozen sales: not from anybody else's."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from feedback.enums import BonusReason, BonusState
from feedback.models import BonusLine, BonusSale
from feedback.queries.bonus.scoring import Weighed, bonus_rial, difference_bp

_POINT: Final = 100


def recounted(line: BonusLine, *, came_back: Collection[UUID] = ()) -> tuple[int, int]:
    """Return a line's difference in basis points and its rial as its sales stand now.

    Sales that `came_back` keep their weight and say nothing any more.
    """
    rows = BonusSale.objects.filter(line=line, set_aside=False)
    told = rows.values_list("purchase_id", "weight_bp", "value_bp", "expected_bp")
    sales = [
        Weighed(purchase, weight, 0 if purchase in came_back else value, expected)
        for purchase, weight, value, expected in told
    ]
    far = difference_bp(sales, level_bp=line.run.level_bp, trust_bp=line.trust_bp)
    if line.reason != BonusReason.COUNTS:
        return far, 0
    plan = line.run.plan
    reach = plan.reach_percent * _POINT
    return far, bonus_rial(far, most_rial=plan.most_rial, reach_bp=reach)


def bonuses_lost(purchase_id: UUID) -> Mapping[str, int]:
    """Return how many rial each employee's bonus loses if goods of a sale come back (N8)."""
    sales = BonusSale.objects.filter(purchase=purchase_id, came_back=False)
    standing = sales.exclude(line__run__state=BonusState.CANCELLED)
    lines = BonusLine.objects.select_related("run__plan", "employee")
    lost: Counter[str] = Counter()
    for line in lines.filter(id__in=standing.values("line_id")):
        _far, rial = recounted(line, came_back=[purchase_id])
        lost[line.employee.name] += max(0, line.amount_rial - rial)
    return +lost
