"""A line worked out again from its own frozen sales: not from anybody else's."""

from core.tenancy import part_of_operation
from feedback.enums import BonusReason
from feedback.models import BonusLine, BonusSale
from feedback.queries.bonus.scoring import Weighed, bonus_rial, difference_bp

_POINT = 100


@part_of_operation
def recounted(line: BonusLine) -> tuple[int, int]:
    """Return a line's difference in basis points and its rial as its sales stand now."""
    rows = BonusSale.objects.filter(line=line, set_aside=False)
    told = rows.values_list("purchase_id", "weight_bp", "value_bp", "expected_bp")
    sales = [Weighed(*row) for row in told]
    far = difference_bp(sales, level_bp=line.run.level_bp, trust_bp=line.trust_bp)
    if line.reason != BonusReason.COUNTS:
        return far, 0
    plan = line.run.plan
    reach = plan.reach_percent * _POINT
    return far, bonus_rial(far, most_rial=plan.most_rial, reach_bp=reach)
