"""Working out a period's bonuses once: numbers, sales and terms are frozen with it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import add_months, day_start, month_start
from core.errors import Problem, Sentence
from core.tenancy import active_business_id, operation
from feedback.enums import BonusReason, BonusState
from feedback.models import BonusLine, BonusPlan, BonusRun, BonusSale
from feedback.queries.bonus.reading import Score, scores
from feedback.queries.bonus.scoring import Standing, bonus_rial

# Links work for a while after the last sale of a period.
LATE_ANSWERS: Final = timedelta(days=7)
_POINT: Final = 100


@operation
def freeze_bonuses(*, starts_on: date, actor: Actor | None, now: datetime) -> BonusRun:
    """Work out the period that begins on the first of a Jalali month, by the terms known in it.

    Raises Problem `invalid_period`, `no_bonus_plan`, `period_open`, `bonuses_there` (409).
    """
    if month_start(starts_on) != starts_on:
        raise _refused("invalid_period", _("A period begins on the first day of a month."))
    plan = _plan_of(starts_on, now)
    ends_on = add_months(starts_on, plan.months)
    if now < _begin(ends_on) + LATE_ANSWERS:
        raise _refused("period_open", _("Customers may still answer about this period."))
    standing = BonusRun.objects.exclude(state=BonusState.CANCELLED)
    if standing.filter(starts_on__lt=ends_on, ends_on__gt=starts_on).exists():
        raise _refused("bonuses_there", _("Bonuses of this period have been worked out already."))
    return _write(plan, starts_on, ends_on, actor, now)


def _plan_of(starts_on: date, now: datetime) -> BonusPlan:
    """Return the newest terms made before their own period was over, locked against two at once."""
    rows = BonusPlan.objects.select_for_update().order_by("-version")
    for plan in rows:
        if plan.made_at <= min(now, _begin(add_months(starts_on, plan.months))):
            return plan
    raise _refused("no_bonus_plan", _("No plan of bonuses was made before this period was over."))


def _write(
    plan: BonusPlan, starts_on: date, ends_on: date, actor: Actor | None, now: datetime
) -> BonusRun:
    team, told = scores(starts_on, ends_on, plan)
    run = BonusRun.objects.create(
        plan=plan,
        starts_on=starts_on,
        ends_on=ends_on,
        level_bp=team.level_bp,
        frozen_at=now,
        objections_until=now + timedelta(days=plan.dispute_days),
    )
    lines = {one.employee_id: _line(run, plan, one) for one in told.values()}
    BonusLine.objects.bulk_create(lines.values())
    BonusSale.objects.bulk_create(
        row for one in team.sellers for row in _sales(lines[one.seller_id], one)
    )
    data = {"from": str(starts_on), "before": str(ends_on), "people": len(lines)}
    record_audit(action="bonus.worked_out", subject=str(run.id), data=data, actor=actor, now=now)
    return run


def _line(run: BonusRun, plan: BonusPlan, score: Score) -> BonusLine:
    counts = score.counts
    amount = bonus_rial(
        score.difference_bp, most_rial=plan.most_rial, reach_bp=plan.reach_percent * _POINT
    )
    return BonusLine(
        run=run,
        employee_id=score.employee_id,
        asked=counts.asked,
        answers=counts.answers,
        content=counts.content,
        nameless=counts.nameless,
        not_counted=counts.not_counted,
        trust_bp=score.trust_bp,
        difference_bp=score.difference_bp,
        reason=score.reason,
        amount_rial=amount if score.reason == BonusReason.COUNTS else 0,
    )


def _sales(line: BonusLine, standing: Standing) -> Iterable[BonusSale]:
    return (
        BonusSale(
            line=line,
            purchase_id=one.sale_id,
            weight_bp=one.weight_bp,
            value_bp=one.value_bp,
            expected_bp=one.expected_bp,
        )
        for one in standing.sales
    )


def _begin(day: date) -> datetime:
    return day_start(day, business_by_id(active_business_id()).timezone)


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT, fields={"starts_on": [detail]})
