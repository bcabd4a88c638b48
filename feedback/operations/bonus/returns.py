"""Goods came back: what their sale brought to a bonus goes, also after it was paid (N8)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from feedback.enums import BonusState
from feedback.models import BonusLine, BonusSale
from feedback.queries.bonus.recount import recounted


@operation
def take_back_bonuses(*, purchase_ids: Collection[UUID], now: datetime) -> int:
    """Let sales of frozen bonuses say nothing any more; return how many lines changed.

    The sale keeps its weight, so a return never raises a bonus. Repeating changes nothing.
    """
    del now
    rows = BonusSale.objects.filter(purchase__in=purchase_ids, came_back=False)
    standing = rows.exclude(line__run__state=BonusState.CANCELLED)
    found = sorted(set(standing.values_list("line_id", flat=True)))
    lines = BonusLine.objects.select_for_update(of=("self",)).select_related("run__plan")
    for line in lines.filter(id__in=found).order_by("id"):
        told = BonusSale.objects.filter(line=line, purchase__in=purchase_ids)
        told.update(came_back=True, value_bp=0)
        _lower(line)
    return len(found)


def _lower(line: BonusLine) -> None:
    far, rial = recounted(line)
    less = max(0, line.amount_rial - rial)
    line.difference_bp = min(far, line.difference_bp)
    line.amount_rial -= less
    line.taken_back_rial += less
    if line.paid_rial is not None:
        line.owed_rial += less
    line.save(update_fields=["difference_bp", "amount_rial", "taken_back_rial", "owed_rial"])
