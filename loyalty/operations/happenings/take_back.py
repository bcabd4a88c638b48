"""What happened counts no more: a deleted review, a friend whose purchase came back."""

from collections import Counter
from datetime import datetime

from core.tenancy import part_of_operation
from loyalty.enums import PresentState
from loyalty.enums.happenings import HappeningKind
from loyalty.models import Happening, RulePoints, RulePresent
from loyalty.operations.claw_back import take_lot_back
from loyalty.operations.rules.funding import note_after
from loyalty.operations.rules.give_back import give_back_limits, take_points_back
from loyalty.operations.rules.meters import Key
from loyalty.operations.rules.presents.take_back import lock_given, take_present_back
from loyalty.queries.programme import Terms


@part_of_operation
def lock_happened(*, kind: str, reference: str) -> None:
    """Lock the presents given for it, before its customer's wallet (rule R41)."""
    lock_given(RulePresent.objects.filter(**_of(kind, reference)))


@part_of_operation
def take_happened_back(*, kind: str, reference: str, current: Terms, now: datetime) -> None:
    """Take back all rules gave for it; limits get it back. The wallet is locked."""
    row = Happening.objects.select_for_update().filter(kind=kind, reference=reference).first()
    if row is None or row.taken_back_at is not None:
        return
    freed: Counter[Key] = Counter()
    for present in RulePresent.objects.filter(happening=row, state=PresentState.GIVEN):
        freed.update(take_present_back(present, {"gone": True}, now))
    for gave in RulePoints.objects.filter(happening=row, points__gt=0):
        freed.update(take_points_back(gave, gave.points, now))
    if row.lot_id is not None:
        facts = {"happened": row.kind, "happening": str(row.id)}
        take_lot_back(lot_id=row.lot_id, facts=facts, current=current, now=now)
        note_after(row.lot_id, now)
    row.taken_back_at = now
    row.save(update_fields=["taken_back_at"])
    give_back_limits(freed)


def _of(kind: str, reference: str) -> dict[str, str]:
    return {"happening__kind": HappeningKind(kind), "happening__reference": reference}
