"""What satisfied customers are worth to who serves them: terms, a period paid, one open."""

from datetime import datetime, timedelta

from businesses.operations import Actor
from businesses.queries import business_by_id
from core.calendar import add_months, business_day, month_start
from core.tenancy import active_business_id
from feedback.operations.bonus import (
    NewPlan,
    approve_bonuses,
    freeze_bonuses,
    object_to_bonus,
    pay_bonuses,
    set_bonus_plan,
)
from feedback.queries.bonus.reading import lines_of

_MOST_RIAL = 30_000_000
_TERMS = timedelta(days=200)
_BEFORE, _OPEN = timedelta(days=30), timedelta(days=2)


def play_bonuses(owner: Actor, now: datetime) -> None:
    """Promise a bonus half a year ago; pay a period, leave the next one open to objections."""
    plan = NewPlan(most_rial=_MOST_RIAL, reach_percent=20, min_answers=20)
    set_bonus_plan(new=plan, actor=owner, now=now - _TERMS)
    this = month_start(business_day(now, business_by_id(active_business_id()).timezone))
    paid = freeze_bonuses(starts_on=add_months(this, -3), actor=owner, now=now - _BEFORE)
    approve_bonuses(run_id=paid.id, actor=owner, now=now - _OPEN)
    pay_bonuses(run_id=paid.id, reference="همراه حقوق ماه", actor=owner, now=now - _OPEN)
    open_run = freeze_bonuses(starts_on=add_months(this, -2), actor=owner, now=now - _OPEN)
    lines = lines_of(open_run.id)
    if lines:
        object_to_bonus(
            line_id=lines[-1].id,
            reason="آن هفته دستگاه سفارش خراب بود و مشتریان زیاد معطل شدند.",
            by="صندوقدار",
            now=now - _OPEN,
        )
