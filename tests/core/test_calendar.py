"""Jalali days, Saturday weeks and Tehran's clock, against published vectors."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import (
    TEHRAN,
    Jalali,
    add_months,
    business_day,
    day_bounds,
    day_start,
    format_jalali,
    jalali,
    month_length,
    month_start,
    read_month,
    week_start,
    weekday_name,
)

days = st.dates(date(1991, 3, 21), date(2070, 3, 20))


@pytest.mark.parametrize(
    ("gregorian", "expected"),
    [
        (date(2025, 3, 20), Jalali(1403, 12, 30)),
        (date(2025, 3, 21), Jalali(1404, 1, 1)),
        (date(2026, 3, 21), Jalali(1405, 1, 1)),
        (date(2026, 11, 23), Jalali(1405, 9, 2)),
    ],
)
def test_known_days(gregorian: date, expected: Jalali) -> None:
    """Rule R34."""
    assert jalali(gregorian) == expected
    assert expected.to_date() == gregorian


def test_leap_years() -> None:
    """Rule R34."""
    leap = [year for year in range(1370, 1450) if month_length(year, 12) == 30]
    assert {1395, 1399, 1403, 1408, 1412} <= set(leap)
    assert {1396, 1400, 1404, 1407} & set(leap) == set()


def test_month_arithmetic_keeps_its_anchor() -> None:
    """Rule R35."""
    bahman = Jalali(1405, 11, 30).to_date()
    esfand = add_months(bahman, 1)
    assert jalali(esfand) == Jalali(1405, 12, 29)
    assert jalali(add_months(esfand, 1)) == Jalali(1406, 1, 29)
    assert jalali(add_months(esfand, 1, anchor_day=30)) == Jalali(1406, 1, 30)
    assert jalali(add_months(bahman, 2)) == Jalali(1406, 1, 30)
    assert jalali(add_months(Jalali(1404, 6, 31).to_date(), 1)) == Jalali(1404, 7, 30)
    assert jalali(add_months(Jalali(1403, 12, 30).to_date(), 12)) == Jalali(1404, 12, 29)
    assert jalali(add_months(Jalali(1403, 12, 30).to_date(), 60)) == Jalali(1408, 12, 30)


def test_the_jalali_year_turns_in_tehran() -> None:
    """Rule R31."""
    assert business_day(datetime(2026, 3, 20, 20, 30, tzinfo=UTC), TEHRAN) == date(2026, 3, 21)
    assert business_day(datetime(2026, 3, 20, 20, 29, tzinfo=UTC), TEHRAN) == date(2026, 3, 20)


def test_a_midnight_that_never_was() -> None:
    """Rule R37."""
    skipped = date(2022, 3, 22)
    start = day_start(skipped, TEHRAN)
    assert start == datetime(2022, 3, 21, 20, 30, tzinfo=UTC)
    assert business_day(start, TEHRAN) == skipped
    assert business_day(start - timedelta(microseconds=1), TEHRAN) < skipped


@pytest.mark.parametrize(
    ("moment", "minutes"),
    [
        (datetime(2021, 7, 1, tzinfo=UTC), 270),
        (datetime(2022, 9, 21, 19, 29, tzinfo=UTC), 270),
        (datetime(2022, 9, 21, 19, 30, tzinfo=UTC), 210),
        (datetime(2023, 7, 1, tzinfo=UTC), 210),
        (datetime(2026, 7, 1, tzinfo=UTC), 210),
    ],
)
def test_tehrans_summers_ended_in_1401(moment: datetime, minutes: int) -> None:
    """Rule R37: +04:30 in summers to 2022-09-21, +03:30 always afterwards."""
    assert moment.astimezone(TEHRAN).utcoffset() == timedelta(minutes=minutes)


@given(days)
def test_a_jalali_month_is_no_gregorian_one(day: date) -> None:
    """Rule R36: no day of a year has the same number in both, and months never begin together."""
    assert jalali(day).day != day.day
    assert month_start(day).day != 1


@given(days)
def test_days_meet_without_gap_or_overlap(day: date) -> None:
    start, end = day_bounds(day, TEHRAN)
    assert business_day(start, TEHRAN) == day
    assert business_day(end - timedelta(microseconds=1), TEHRAN) == day
    assert day_start(day + timedelta(days=1), TEHRAN) == end


@given(days)
def test_weeks_and_months_contain_their_days(day: date) -> None:
    """Rules R36, R38."""
    assert week_start(day).weekday() == 5
    assert 0 <= (day - week_start(day)).days < 7
    first = jalali(month_start(day))
    assert (first.year, first.month, first.day) == (jalali(day).year, jalali(day).month, 1)


def test_words() -> None:
    moment = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert format_jalali(moment) == "۲ آذر ۱۴۰۵"
    assert format_jalali(moment, style="short") == "۱۴۰۵/۰۹/۰۲"
    assert format_jalali(moment, style="time") == "۲ آذر ۱۴۰۵، ۱۰:۳۰"
    assert weekday_name(date(2026, 11, 23)) == "دوشنبه"
    assert weekday_name(date(2026, 11, 28)) == "شنبه"


@pytest.mark.parametrize("text", ["1405-13", "1405-0", "۱۴۰۵-۰۹", "2026-11", "1405-09-01", ""])
def test_what_is_no_jalali_month_is_none(text):
    assert read_month(text) is None


def test_a_jalali_month_is_read_by_its_first_day():
    assert read_month("1405-09") == date(2026, 11, 22)
