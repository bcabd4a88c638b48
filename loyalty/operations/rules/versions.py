"""Putting a new version of the rate and the rules beside it in force."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from businesses.operations import Actor, record_audit
from core.tenancy import part_of_operation
from loyalty.models import BonusRule, EarningRule, Program
from loyalty.operations.engagement.counting import count_kinds
from loyalty.operations.policies import keep_policy
from loyalty.operations.rules.budgets import set_budgets
from loyalty.operations.rules.presents.promise import pools_for
from loyalty.queries.rules.document import Bonus, Rules


@part_of_operation
def put_in_force(
    *,
    rules: Rules,
    actor: Actor | None,
    now: datetime,
    helps_customer: bool | None = None,
    benefit_note: str = "",
    by: str = "",
) -> EarningRule:
    """Write the next version and make it the active one; points granted keep theirs (rule R13)."""
    current = Program.objects.select_for_update().first()  # one new version at a time
    newest = EarningRule.objects.aggregate(newest=Max("version"))["newest"] or 0
    EarningRule.objects.filter(is_active=True).update(is_active=False)
    rate = rules.rate
    version = EarningRule.objects.create(
        version=newest + 1,
        points_num=rate.num,
        points_den=rate.den,
        minimum_rial=rate.minimum_rial,
        cap_points=rate.cap_points,
        by_line=rate.by_line,
        best_for=rate.best_for,
        starts_at=now,
        bonus_count=len(rules.about(None).bonuses),
        helps_customer=helps_customer,
        benefit_note=benefit_note,
        published_by=by or str(actor or ""),
    )
    pools = pools_for(rules=rules, version=newest, now=now)
    BonusRule.objects.bulk_create(
        _row(version, place, bonus, pools) for place, bonus in enumerate(rules.bonuses)
    )
    count_kinds(kinds=rules.afters, now=now)
    set_budgets(bonuses=rules.bonuses, unit_rial=current.unit_value_rial if current else 1, now=now)
    keep_policy(now=now)
    told = {"version": version.version, "rate": str(version), "rules": len(rules.bonuses)}
    record_audit(action="earning_rule.updated", subject="loyalty", data=told, actor=actor, now=now)
    return version


def _row(version: EarningRule, place: int, bonus: Bonus, pools: Mapping[UUID, UUID]) -> BonusRule:
    present = bonus.present
    return BonusRule(
        version=version,
        key=bonus.key,
        position=place,
        name=bonus.name,
        conditions=bonus.when.model_dump(mode="json", exclude_defaults=True),
        effect=bonus.effect,
        num=bonus.num,
        den=bonus.den,
        present=present.model_dump(mode="json", exclude_defaults=True) if present else {},
        pool_id=pools.get(bonus.key),
        stamp_card_id=present.stamp_card if present else None,
        group=bonus.group,
        funder=bonus.funder,
        cap_points=bonus.cap_points,
        customer_cap_points=bonus.customer_cap_points,
        customer_span=bonus.customer_span,
        budget_rial=bonus.budget_rial,
    )
