"""Debits that come again: their days, and the rows made from them ahead of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.calendar import TEHRAN, add_months, business_day, day_start, jalali
from core.errors import NotFound, Problem
from core.tenancy import acting_for, operation
from payments.enums.debits import (
    MANDATE_IN_FORCE,
    Collects,
    DebitState,
    Every,
    HolidayShift,
    ScheduleState,
)
from payments.models import Debit, DebitSchedule, Mandate
from payments.models.debit_schedule import COLLECT_HOUR
from payments.operations.debits.create import (
    NewDebit,
    cancel_debit,
    check_new_debit,
    schedule_debits,
)
from payments.queries.holidays import is_bank_holiday

# Rows are made this long before they are due, so that a notice can go out in time.
AHEAD: Final = timedelta(days=35)
_MOST_SHIFT: Final = 10
_MOST_STEP: Final = 60
_MOST_TIMES: Final = 600
_MOST_ANCHOR: Final = 31
_LAST_HOUR: Final = 23


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSchedule:
    """A sum due every `step` weeks or Jalali months from `first_on` on; `times` None: no end."""

    mandate_id: UUID
    amount_rial: int
    first_on: date
    every: str = Every.MONTH
    step: int = 1
    times: int | None = None
    hour: int = COLLECT_HOUR
    shift: str = HolidayShift.NONE
    anchor_day: int | None = None
    description: str = ""
    collects: str = Collects.SALE
    source_kind: str = ""
    source_id: UUID | None = None


def nth_day(schedule: DebitSchedule, number: int) -> date:
    """Return the `number`-th due day from 0, counted from the first: an anchor never drifts."""
    if schedule.every == Every.WEEK:
        return schedule.first_on + timedelta(weeks=number * schedule.step)
    months = number * schedule.step
    return add_months(schedule.first_on, months, anchor_day=schedule.anchor_day)


def shifted(day: date, shift: str, is_holiday: Callable[[date], bool]) -> date:
    """Return a due day moved off a holiday, as far as the schedule wants that."""
    if shift == HolidayShift.NONE:
        return day
    step = timedelta(days=1 if shift == HolidayShift.LATER else -1)
    for _day in range(_MOST_SHIFT):
        if not is_holiday(day):
            break
        day += step
    return day


@operation
def start_schedule(*, new: NewSchedule, now: datetime) -> UUID:
    """Begin a row of debits and make those that are near.

    Raises NotFound, Problem `invalid_schedule` and what `schedule_debits` does.
    """
    rows = Mandate.objects.select_for_update(of=("self",)).select_related("account")
    mandate = rows.filter(id=new.mandate_id).first()
    if mandate is None:
        raise NotFound(_("There is no such mandate."))
    _check(new, now)
    schedule = DebitSchedule(
        mandate=mandate,
        amount_rial=new.amount_rial,
        description=new.description,
        collects=Collects(new.collects),
        source_kind=new.source_kind,
        source_id=new.source_id,
        every=Every(new.every),
        step=new.step,
        first_on=new.first_on,
        anchor_day=new.anchor_day or jalali(new.first_on).day,
        times=new.times,
        hour=new.hour,
        shift=HolidayShift(new.shift),
        next_make_at=now,
        created_at=now,
    )
    check_new_debit(_nth(schedule, 0), mandate)
    schedule.save(force_insert=True)
    _make(schedule, now)
    return schedule.id


def make_due(*, business_id: UUID, schedule_id: UUID, now: datetime) -> bool:
    """Make the debits of a schedule that are near; run outside any scope. Repeatable."""
    with acting_for(business_id, durable=True):
        schedule = locked_schedule(schedule_id)
        if schedule.next_make_at is None or schedule.next_make_at > now:
            return False
        _make(schedule, now)
        return True


@operation
def pause_schedule(*, schedule_id: UUID, now: datetime) -> None:
    """Make no more debits for now; those nothing happened to yet are made again on resuming."""
    schedule = locked_schedule(schedule_id)
    if schedule.state != ScheduleState.ACTIVE:
        return
    untouched = Debit.objects.select_for_update().filter(
        schedule=schedule, state=DebitState.SCHEDULED, tries=0, due_at__gt=now
    )
    periods = [debit.period for debit in untouched if debit.period is not None]
    untouched.delete()
    schedule.made = min([schedule.made, *periods])
    schedule.state, schedule.next_make_at = ScheduleState.PAUSED, None
    schedule.save()


@operation
def resume_schedule(*, schedule_id: UUID, now: datetime) -> None:
    """Go on with the next day to come; what was missed meanwhile is not caught up."""
    schedule = locked_schedule(schedule_id)
    if schedule.state == ScheduleState.PAUSED:
        schedule.state, schedule.next_make_at = ScheduleState.ACTIVE, now
        today = business_day(now, TEHRAN)
        while _has_more(schedule) and nth_day(schedule, schedule.made) < today:
            schedule.made += 1
        _make(schedule, now)


@operation
def end_schedule(*, schedule_id: UUID, now: datetime) -> None:
    """Make no more debits for good and take back those that are not at the bank."""
    schedule = locked_schedule(schedule_id)
    if schedule.state != ScheduleState.ENDED:
        _end(schedule, now)
        _withdraw(schedule, now)


def locked_schedule(schedule_id: UUID) -> DebitSchedule:
    """Return a schedule, its row locked. Raises NotFound."""
    rows = DebitSchedule.objects.select_for_update(of=("self",)).select_related("mandate")
    schedule = rows.filter(id=schedule_id).first()
    if schedule is None:
        raise NotFound(_("There is no such schedule."))
    return schedule


def _check(new: NewSchedule, now: datetime) -> None:
    for name, value, most in (
        ("step", new.step, _MOST_STEP),
        ("times", 1 if new.times is None else new.times, _MOST_TIMES),
        ("anchor_day", 1 if new.anchor_day is None else new.anchor_day, _MOST_ANCHOR),
    ):
        if not 1 <= value <= most:
            words = _("This may be from %(least)s to %(most)s.") % {"least": 1, "most": most}
            raise _refused(name, words)
    if not 0 <= new.hour <= _LAST_HOUR:
        words = _("This may be from %(least)s to %(most)s.") % {"least": 0, "most": _LAST_HOUR}
        raise _refused("hour", words)
    if new.first_on < business_day(now, TEHRAN):
        raise _refused("first_on", _("The first day is over; choose today or a day to come."))


def _refused(field: str, words: object) -> Problem:
    return Problem(
        "invalid_schedule",
        str(words),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [str(words)]},
    )


def _make(schedule: DebitSchedule, now: datetime) -> None:
    """Unique by schedule and period, so the same day is never made twice."""
    if schedule.mandate.state not in MANDATE_IN_FORCE:
        _end(schedule, now)
        return
    new: list[NewDebit] = []
    while _has_more(schedule):
        debit = _nth(schedule, schedule.made)
        if debit.due_at > now + AHEAD:
            break
        if debit.due_at >= schedule.mandate.expires_at:
            schedule.times = schedule.made
            break
        new.append(debit)
        schedule.made += 1
    schedule_debits(debits=new, now=now)
    if _has_more(schedule):
        schedule.next_make_at = _nth(schedule, schedule.made).due_at - AHEAD
        schedule.save()
    else:
        _end(schedule, now)


def _nth(schedule: DebitSchedule, number: int) -> NewDebit:
    day = shifted(nth_day(schedule, number), schedule.shift, is_bank_holiday)
    return NewDebit(
        mandate_id=schedule.mandate_id,
        amount_rial=schedule.amount_rial,
        due_at=day_start(day, TEHRAN) + timedelta(hours=schedule.hour),
        external_id=f"schedule-{schedule.id}-{number + 1}",
        description=schedule.description,
        collects=schedule.collects,
        source_kind=schedule.source_kind,
        source_id=schedule.source_id,
        schedule_id=schedule.id,
        period=number,
    )


def _has_more(schedule: DebitSchedule) -> bool:
    return schedule.times is None or schedule.made < schedule.times


def _end(schedule: DebitSchedule, now: datetime) -> None:
    schedule.state, schedule.ended_at, schedule.next_make_at = ScheduleState.ENDED, now, None
    schedule.save()


def _withdraw(schedule: DebitSchedule, now: datetime) -> None:
    rows = Debit.objects.filter(schedule=schedule, state=DebitState.SCHEDULED)
    for debit_id in rows.values_list("id", flat=True):
        cancel_debit(debit_id=debit_id, now=now)
