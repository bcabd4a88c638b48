"""When a debit is tried again: by its reason, the payer's habit and the bank's hours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.calendar import TEHRAN, jalali
from payments.enums.debits import DebitFailure
from payments.operations.debits.timing import (
    NOTHING_KNOWN,
    Habits,
    best_hour,
    next_try,
    pay_day,
)

# 2 Azar 1405, 13:30 in Tehran.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FAR = NOW + timedelta(days=30)


def when(failure: str, *, tries: int = 1, habits: Habits = NOTHING_KNOWN, until: datetime = FAR):
    return next_try(
        failure=DebitFailure(failure), tries=tries, give_up_at=until, habits=habits, now=NOW
    )


def test_an_ended_permission_or_account_is_not_tried_again():
    assert when("mandate") is None
    assert when("account") is None


def test_a_bank_that_is_down_is_tried_within_hours_and_then_less_often():
    assert [when("bank_down", tries=n) - NOW for n in (1, 2, 3)] == [
        timedelta(hours=1),
        timedelta(hours=3),
        timedelta(hours=12),
    ]


def test_an_empty_account_is_tried_next_day_at_the_usual_hour():
    local = when("no_funds").astimezone(TEHRAN)
    assert (jalali(local.date()).day, local.hour) == (3, 10)


def test_a_pay_day_in_reach_is_waited_for():
    habits = Habits(pay_days={5: 4, 20: 1})
    assert jalali(when("no_funds", habits=habits).astimezone(TEHRAN).date()).day == 5


def test_a_pay_day_far_away_is_not_waited_for():
    habits = Habits(pay_days={25: 9})
    assert jalali(when("no_funds", habits=habits).astimezone(TEHRAN).date()).day == 3


def test_a_bank_s_better_hour_is_used_where_enough_was_seen():
    tries, successes = {9: 50, 17: 50, 20: 3}, {9: 20, 17: 45, 20: 3}
    assert best_hour(Habits(tries=tries, successes=successes)) == 17
    assert best_hour(Habits(tries={17: 19}, successes={17: 19})) == 10


def test_two_days_are_no_habit():
    assert pay_day(Habits(pay_days={5: 2})) is None
    assert pay_day(Habits(pay_days={5: 2, 6: 2})) is None


@given(
    st.sampled_from(list(DebitFailure)),
    st.integers(0, 20),
    st.integers(0, 40),
    st.dictionaries(st.integers(0, 23), st.integers(0, 100)),
    st.dictionaries(st.integers(1, 31), st.integers(1, 30)),
)
def test_the_next_try_is_later_than_now_and_never_after_the_grace(
    failure, tries, days, hours, pay_days
):
    habits = Habits(tries=hours, successes=hours, pay_days=pay_days)
    until = NOW + timedelta(days=days)
    moment = when(failure, tries=tries, habits=habits, until=until)
    assert moment is None or NOW < moment <= until
