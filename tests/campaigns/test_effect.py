"""The statistics against published numbers, and against chance."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.queries.effect import (
    adjusted,
    cap_of,
    share_effect,
    spend_effect,
    split_p_value,
    t_quantile,
    welch,
)


@pytest.mark.parametrize(
    ("freedom", "table"), [(5, 2.570582), (10, 2.228139), (30, 2.042272), (100, 1.983972)]
)
def test_student_s_quantile(freedom, table):
    assert t_quantile(freedom) == pytest.approx(table, abs=3e-3)


def test_newcombe_on_the_golden_shares():
    """540 of 9,000 against 45 of 1,000: a plain interval would exclude 0, this one does not."""
    told = share_effect(540, 9000, 45, 1000)
    assert (told.value, told.low, told.high) == pytest.approx(
        (0.015, -0.000423, 0.027306), abs=1e-6
    )


def test_a_split_off_the_plan_raises_the_alarm():
    assert split_p_value(9100, 900, 10) == pytest.approx(0.00086, abs=1e-5)
    assert split_p_value(9000, 1000, 10) == 1
    assert split_p_value(100, 0, 0) == 1
    assert split_p_value(99, 1, 0) == 0


def test_welch_on_a_worked_example():
    """Two samples of unequal spread: difference 3.5, se √(7.5/4 + 1/5), 4.2 degrees of freedom."""
    told = welch(np.array([10.0, 12, 14, 16]), np.array([8.0, 9, 10, 11, 9.5]))
    a, b = (20 / 3) / 4, 1.25 / 5
    freedom = (a + b) ** 2 / (a**2 / 3 + b**2 / 4)
    assert told.value == pytest.approx(3.5)
    assert told.high - told.value == pytest.approx(t_quantile(freedom) * math.sqrt(a + b))


def test_equal_spending_has_no_doubt():
    told = welch(np.full(10, 5.0), np.full(10, 5.0))
    assert (told.value, told.low, told.high) == (0, 0, 0)


@given(st.integers(0, 2**32))
def test_adjusting_keeps_the_mean_and_never_adds_spread(seed):
    random = np.random.default_rng(seed)
    past = random.gamma(0.5, 1000, 200)
    outcome = 0.5 * past + random.gamma(0.5, 1000, 200)
    clean = adjusted(outcome, past)
    assert clean.mean() == pytest.approx(outcome.mean())
    assert clean.var() <= outcome.var() * (1 + 1e-9)


def test_a_past_without_spread_changes_nothing():
    outcome = np.array([1.0, 2, 3])
    assert (adjusted(outcome, np.zeros(3)) == outcome).all()


def test_the_cap_is_an_amount_somebody_spent():
    values = np.arange(1000.0)
    assert cap_of(values) in values
    assert (values > cap_of(values)).mean() <= 0.01


def people(random, n):
    """Spend like shoppers do: a quarter buy nothing, a few buy very much, the past tells some."""
    liking = random.lognormal(0, 1, n)
    past = liking * random.lognormal(0, 0.7, n) * 1e6
    spent = liking * random.lognormal(0, 0.7, n) * 1e6 * (random.random(n) < 0.75)
    return spent, past


def test_without_an_effect_few_intervals_exclude_zero():
    random = np.random.default_rng(1405)
    wrong = 0
    for _run in range(400):
        spent, past = people(random, 2000)
        told = spend_effect(spent[:1800], spent[1800:], past[:1800], past[1800:])
        wrong += told.low > 0 or told.high < 0
    assert 8 <= wrong <= 36  # 2 % to 9 %: five in a hundred, give or take


def test_knowing_the_past_narrows_the_interval():
    random = np.random.default_rng(7)
    spent, past = people(random, 4000)
    with_past = spend_effect(spent[:2000], spent[2000:], past[:2000], past[2000:])
    without = spend_effect(spent[:2000], spent[2000:], np.zeros(2000), np.zeros(2000))
    assert with_past.high - with_past.low < 0.9 * (without.high - without.low)


def test_a_planted_effect_is_found():
    random = np.random.default_rng(11)
    spent, past = people(random, 6000)
    told = spend_effect(spent[:3000] + 5e5, spent[3000:], past[:3000], past[3000:])
    assert told.low > 0
    assert told.low < 5e5 < told.high
