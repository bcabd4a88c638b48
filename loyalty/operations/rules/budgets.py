"""Telling the owner that a rule's budget is used up, and taking it back once it is not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.tenancy import part_of_operation
from loyalty.operations.rules.meters import set_budget
from loyalty.queries.rules.document import Bonus
from payments.enums import AlertKind
from payments.operations import raise_alert, settle_alerts
from payments.queries.alerts import alert_rows


@part_of_operation
def tell_used_up(*, key: UUID, name: str, now: datetime) -> None:
    """Raise an alert: the rule gives nothing more until somebody does something."""
    raise_alert(kind=AlertKind.BUDGET_SPENT, source_id=key, detail={"rule": name}, now=now)


@part_of_operation
def set_budgets(*, bonuses: Sequence[Bonus], unit_rial: int, now: datetime) -> None:
    """Bring budgets in line with a new version's rules.

    Alerts about rules that are gone, or can give something again, are settled.
    """
    spent = set()
    for bonus in sorted(bonuses, key=lambda one: str(one.key)):
        if bonus.budget_rial is not None:
            left = set_budget(bonus.key, bonus.budget_rial)
            spent |= {bonus.key} if left < bonus.unit_rial(unit_rial) else set()
    waiting = alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True)
    for key in set(waiting.values_list("source_id", flat=True)) - spent:
        settle_alerts(kind=AlertKind.BUDGET_SPENT, source_id=key, now=now)
