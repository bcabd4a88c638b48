"""What satisfied customers are worth to who serves them: terms, and a quarter approved."""

from datetime import datetime, timedelta

from businesses.operations import Actor
from businesses.queries import business_by_id
from core.calendar import add_months, business_day, month_start
from core.tenancy import active_business_id
from feedback.operations.bonus import (
    NewPlan,
    approve_bonuses,
    decide_objection,
    freeze_bonuses,
    object_to_bonus,
    set_bonus_plan,
)
from feedback.queries.bonus.reading import lines_of

_MOST_RIAL = 30_000_000
_MONTHS = 3
_TERMS, _WORKED_OUT, _APPROVED = timedelta(days=200), timedelta(days=12), timedelta(days=2)


def play_bonuses(owner: Actor, now: datetime) -> None:
    """Promise a bonus half a year ago; the last whole quarter is approved and waits for payment."""
    plan = NewPlan(most_rial=_MOST_RIAL, months=_MONTHS, reach_percent=20)
    set_bonus_plan(new=plan, actor=owner, now=now - _TERMS)
    this = month_start(business_day(now, business_by_id(active_business_id()).timezone))
    then = now - _WORKED_OUT
    run = freeze_bonuses(starts_on=add_months(this, -_MONTHS - 1), actor=owner, now=then)
    lines = lines_of(run.id)
    if lines:
        said = object_to_bonus(
            line_id=lines[-1].id,
            reason="آن هفته دستگاه سفارش خراب بود و مشتریان زیاد معطل شدند.",
            by="صندوقدار",
            now=then,
        )
        note = "خرابی در همهٔ شیفت‌ها بود و برای همه یکسان اثر داشت."
        decide_objection(objection_id=said.id, upheld=False, note=note, actor=owner, now=then)
    approve_bonuses(run_id=run.id, actor=owner, now=now - _APPROVED)
