"""Splitting, grading and forecasting: pure numbers."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import Jalali, jalali, month_length
from payments.queries.instalments.calculator import split
from payments.queries.instalments.forecast import Expected, chance, forecast
from payments.queries.instalments.grade import Obligation, Reason, grade

TODAY = date(2026, 11, 23)


@given(st.integers(1, 10**12), st.integers(1, 60), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_parts_sum_to_the_rial_and_the_day_never_drifts(credit, count, first):
    if credit < count:
        with pytest.raises(ValueError):
            split(credit, count, first)
        return
    parts = split(credit, count, first)
    assert sum(part.amount_rial for part in parts) == credit
    assert all(part.amount_rial > 0 for part in parts)
    assert len({part.amount_rial for part in parts[1:]}) <= 1
    wanted = jalali(first).day
    for part in parts:
        on = jalali(part.due_on)
        assert on.day == min(wanted, month_length(on.year, on.month))
    assert [part.due_on for part in parts] == sorted({part.due_on for part in parts})


def test_ten_million_in_three():
    parts = split(10_000_000, 3, Jalali(1405, 6, 31).to_date())
    assert [part.amount_rial for part in parts] == [3_340_000, 3_330_000, 3_330_000]
    assert [jalali(part.due_on).day for part in parts] == [31, 30, 30]


def _paid(days_late):
    due = TODAY - timedelta(days=60)
    return Obligation(due, due + timedelta(days=days_late))


def _grade(obligations, **told):
    told = {"failed_debits": 0, "has_consent": False, "grace_days": 3} | told
    return grade(obligations, today=TODAY, **told)


def test_under_three_obligations_there_is_no_grade():
    assert _grade([_paid(0)] * 2).score is None
    assert _grade([]).score is None
    assert _grade([_paid(0)] * 3).score == 90


def test_what_consent_is_worth_is_told_before_it_is_given():
    history = [_paid(0), _paid(9), _paid(0)]
    without = _grade(history)
    consenting = _grade(history, has_consent=True)
    assert (without.score, without.with_consent) == (79, 89)
    assert consenting.score == consenting.with_consent == 89
    assert _grade([_paid(0)] * 3).with_consent == 100
    assert _grade([_paid(0)] * 2).with_consent is None
    # Far below nothing it lifts nobody: what is taken off counts before the bounds.
    ruined = [Obligation(TODAY - timedelta(days=300), None)] * 3
    assert _grade(ruined, failed_debits=9).with_consent == 0


def test_the_scorecard_by_hand():
    found = _grade([_paid(0), _paid(2), _paid(13), _paid(3)], failed_debits=2, has_consent=True)
    # 3 of 4 in time: +15; 10 days late over four: 2 (rounded half to even), −4; −10; +10.
    assert dict(found.reasons) == {
        Reason.ON_TIME: 15,
        Reason.CONSENT: 10,
        Reason.LATE_DAYS: -4,
        Reason.FAILED_DEBITS: -10,
    }
    assert found.score == 81


def test_overdue_now_weighs_most():
    good = [_paid(0)] * 5
    bad = [*good, Obligation(TODAY - timedelta(days=10), None)]
    assert Reason.OVERDUE in dict(_grade(bad).reasons)
    assert (_grade(good).score or 0) - (_grade(bad).score or 0) >= 30


@given(st.lists(st.integers(0, 90), min_size=3, max_size=30), st.integers(0, 9))
def test_a_grade_is_between_0_and_100_and_consent_never_hurts(days, failed):
    obligations = [_paid(late) for late in days]
    without = _grade(obligations, failed_debits=failed).score
    with_it = _grade(obligations, failed_debits=failed, has_consent=True).score
    assert without is not None
    assert with_it is not None
    assert 0 <= without <= with_it <= 100


def test_a_forecast_lies_between_nothing_and_everything():
    rows = [Expected(TODAY + timedelta(days=n), 1_000_000, 9, 10) for n in range(30)]
    found = forecast(rows, paid=90, of=100)
    assert found.due_rial == 30_000_000
    assert found.low_rial < found.expected_rial < found.high_rial <= found.due_rial
    assert found.expected_rial == pytest.approx(27_000_000, rel=0.01)
    assert found == forecast(rows, paid=90, of=100)
    assert forecast([], paid=0, of=0).high_rial == 0


def test_the_interval_covers_what_it_says():
    rows = [Expected(TODAY, 1_000_000, 80, 100) for _ in range(100)]
    found = forecast(rows, paid=80, of=100)
    # Binomial(100, 0.8): 95 % within about 72 to 88 payments.
    assert 71_000_000 <= found.low_rial <= 74_000_000
    assert 86_000_000 <= found.high_rial <= 89_000_000


def test_little_history_is_pulled_towards_the_usual():
    assert chance(0, 1, 0.9) > 0.7
    assert chance(0, 100, 0.9) < 0.1
    assert chance(0, 0, 0.9) == pytest.approx(0.9)


_DUE = st.tuples(st.integers(0, 89), st.integers(1, 10**9), st.integers(0, 20), st.integers(0, 20))


@given(st.lists(_DUE, max_size=40))
def test_days_of_a_forecast_add_up_to_the_whole_and_each_has_its_interval(dues):
    """C030: by day, each with its bootstrap interval, and of everything up to it."""
    rows = [
        Expected(TODAY + timedelta(days=on), rial, min(paid, of), of) for on, rial, paid, of in dues
    ]
    found = forecast(rows, paid=90, of=100)
    days = found.every_day(TODAY, 90)
    assert [day.on for day in days] == [TODAY + timedelta(days=n) for n in range(90)]
    assert sum(day.due_rial for day in days) == found.due_rial == sum(one[1] for one in dues)
    assert sum(day.expected_rial for day in days) == found.expected_rial
    assert (days[-1].low_so_far, days[-1].high_so_far) == (found.low_rial, found.high_rial)
    so_far = 0
    for day in days:
        so_far += day.expected_rial
        assert day.expected_so_far == so_far
        assert 0 <= day.low_rial <= day.high_rial <= day.due_rial
        assert 0 <= day.low_so_far <= day.high_so_far
    for earlier, later in pairwise(days):
        assert earlier.low_so_far <= later.low_so_far
        assert earlier.high_so_far <= later.high_so_far
