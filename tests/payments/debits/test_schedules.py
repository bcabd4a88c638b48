"""Debits that come again: days that never drift, rows made once, notices said once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import Jalali, jalali, month_length
from core.tenancy import acting_for
from messaging.models import Message
from payments.models import Debit, DebitSchedule
from payments.operations.debits import (
    NewSchedule,
    end_schedule,
    pause_schedule,
    resume_schedule,
    start_schedule,
)
from payments.operations.debits.schedules import nth_day, shifted
from payments.operations.mandates import lose_mandate
from payments.queries.holidays import is_bank_holiday

DAY = timedelta(days=1)


def begin(collector, **changes) -> UUID:
    new: dict[str, Any] = {
        "mandate_id": collector.active(),
        "amount_rial": 1_000_000,
        "first_on": Jalali(1405, 9, 10).to_date(),
        "times": 3,
    }
    with acting_for(collector.business.id):
        return start_schedule(new=NewSchedule(**new | changes), now=collector.now)


def rows(collector) -> list[Debit]:
    with acting_for(collector.business.id):
        return list(Debit.objects.order_by("due_at"))


def messages(collector) -> list[str]:
    with acting_for(collector.business.id):
        return sorted(Message.objects.values_list("dedupe_key", flat=True))


def test_an_anchor_on_the_31st_never_drifts():
    schedule = DebitSchedule(
        first_on=Jalali(1405, 6, 31).to_date(), anchor_day=31, step=1, every="month"
    )
    days = [jalali(nth_day(schedule, number)).day for number in range(13)]
    assert days == [31, 30, 30, 30, 30, 30, 29, 31, 31, 31, 31, 31, 31]


@given(st.integers(1, 31), st.integers(0, 200), st.integers(1, 12))
def test_the_nth_day_is_the_anchor_or_the_last_of_its_month(anchor, number, step):
    schedule = DebitSchedule(
        first_on=Jalali(1405, 1, anchor).to_date(), anchor_day=anchor, step=step, every="month"
    )
    day = jalali(nth_day(schedule, number))
    assert day.day == min(anchor, month_length(day.year, day.month))
    assert (day.year - 1405) * 12 + day.month - 1 == number * step


def test_weeks_are_weeks():
    schedule = DebitSchedule(first_on=date(2026, 11, 28), anchor_day=7, step=2, every="week")
    assert nth_day(schedule, 3) == date(2027, 1, 9)


@pytest.mark.parametrize(("shift", "day"), [("none", 27), ("later", 28), ("earlier", 26)])
def test_a_due_friday_moves_as_the_schedule_wants(acting, shift, day):
    assert shifted(date(2026, 11, 27), shift, is_bank_holiday) == date(2026, 11, day)


def test_only_what_is_near_is_made_and_nothing_twice(collector, work):
    begin(collector)
    assert [jalali(row.due_at.date()).month for row in rows(collector)] == [9]
    assert rows(collector)[0].due_at == datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
    for _again in range(3):
        work(collector.now + 30 * DAY)
    assert len(rows(collector)) == 2
    work(collector.now + 60 * DAY)
    assert len(rows(collector)) == 3
    with acting_for(collector.business.id):
        assert DebitSchedule.objects.get().state == "ended"


def test_a_pause_unmakes_what_is_to_come_and_resuming_goes_on(collector, work):
    schedule_id = begin(collector)
    with acting_for(collector.business.id):
        pause_schedule(schedule_id=schedule_id, now=collector.now)
    work(collector.now + 20 * DAY)
    assert rows(collector) == []
    with acting_for(collector.business.id):
        resume_schedule(schedule_id=schedule_id, now=collector.now + 20 * DAY)
    assert [row.period for row in rows(collector)] == [1]


def test_an_ended_row_takes_back_what_is_not_at_the_bank(collector):
    schedule_id = begin(collector)
    with acting_for(collector.business.id):
        end_schedule(schedule_id=schedule_id, now=collector.now)
    assert [row.state for row in rows(collector)] == ["cancelled"]


def test_nothing_is_made_under_a_mandate_that_ended(collector, work):
    begin(collector, first_on=Jalali(1405, 11, 10).to_date())
    with acting_for(collector.business.id):
        mandate = DebitSchedule.objects.get().mandate_id
    collector.bank.mandates[collector.mandate(mandate).authority] = "revoked"
    with acting_for(collector.business.id):
        lose_mandate(mandate_id=mandate, now=collector.now)
    work(collector.now + 40 * DAY)
    assert rows(collector) == []


def test_a_customer_is_told_once_before_and_once_after(collector, work, deliver):
    debit_id = collector.due(collector.active(), due_at=collector.now + 3 * DAY)
    work(collector.now + DAY)
    assert messages(collector) == []
    work(collector.now + 2 * DAY)
    work(collector.now + 2 * DAY + timedelta(hours=1))
    assert messages(collector) == [f"debit-notice:{debit_id}"]
    work(collector.now + 3 * DAY)
    deliver(collector.now + 3 * DAY)
    assert f"debit-collected:{debit_id}" in messages(collector)


def test_a_debit_given_up_is_reminded_of(collector, work, deliver):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    work(collector.now)
    deliver(collector.now)
    said = messages(collector)
    assert [key for key in said if "reminder" in key] == [
        f"debit-reminder-{days}:{debit_id}" for days in (1, 3, 7)
    ]
    assert f"debit-failed:{debit_id}" in said


def test_a_row_that_keeps_failing_is_paused(collector, work, deliver):
    begin(collector, first_on=Jalali(1405, 9, 3).to_date(), every="week", times=20)
    collector.bank.faults = ["closed"] * 50
    for day in range(0, 28, 3):
        work(collector.now + day * DAY)
        deliver(collector.now + day * DAY)
    with acting_for(collector.business.id):
        assert DebitSchedule.objects.get().state == "paused"
    assert [row.state for row in rows(collector)] == ["failed"] * 3
