"""How long something takes that has not happened to everybody: against the textbook and chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.queries.waits import Waited, curve, share_by, wait_of

# Remission of leukaemia in weeks (Freireich 1963), the example of every textbook.
TREATED = (
    (6, 3), (7, 1), (10, 1), (13, 1), (16, 1), (22, 1), (23, 1)
)  # fmt: skip
TREATED_WAITING = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def treated():
    return [Waited(days, True, n) for days, n in TREATED] + [
        Waited(days, False, 1) for days in TREATED_WAITING
    ]


def test_the_textbook_is_reproduced():
    found = wait_of(treated())
    assert (found.people, found.happened) == (21, 9)
    assert (found.median, found.low, found.high) == (23, 13, None)
    left = {step.days: round(step.left, 4) for step in curve(treated())}
    assert left == {
        6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482
    }  # fmt: skip
    other = wait_of([Waited(days, True, 1) for days in PLACEBO])
    assert (other.median, other.low, other.high) == (8, 4, 11)


def test_of_nobody_nothing_is_known():
    found = wait_of([])
    assert (found.people, found.median, found.low, found.high) == (0, None, None, None)
    assert share_by([], 30) == 0
    assert wait_of([Waited(9, False, 5)]).median is None


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Sixty people wait 40 days on average, looked at after up to 90: the true median is 28."""
    dice, held, times = random.Random(7), 0, 400
    for _time in range(times):
        rows = []
        for _person in range(60):
            waits, looked = dice.expovariate(1 / 40), dice.uniform(1, 90)
            rows.append(Waited(int(min(waits, looked)), waits <= looked, 1))
        found = wait_of(rows)
        low, high = found.low or 0, found.high if found.high is not None else 10**9
        held += low <= 27.7 <= high + 1
    assert 0.92 <= held / times <= 0.99


@given(
    st.lists(st.builds(Waited, st.integers(0, 60), st.booleans(), st.integers(1, 4)), max_size=25)
)
def test_order_and_grouping_change_nothing_and_the_share_only_grows(rows):
    apart = [Waited(one.days, one.over, 1) for one in rows for _n in range(one.people)]
    assert wait_of(apart[::-1]) == wait_of(rows)
    steps = curve(rows)
    shares = [share_by(steps, days) for days in range(61)]
    assert shares == sorted(shares)
    for step in steps:
        assert 0 <= step.low <= step.left + 1e-12
        assert step.left <= step.high + 1e-12 <= 1 + 1e-9


def test_where_nobody_waits_any_more_it_is_the_plain_median():
    rows = [Waited(days, True, 1) for days in range(1, 12)]
    assert wait_of(rows).median == 6
    assert share_by(curve(rows), 11) == pytest.approx(1)
