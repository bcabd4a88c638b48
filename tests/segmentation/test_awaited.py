"""C070: an alarm when what was foreseen does not happen: good customers expected, and not come."""

from collections import Counter
from datetime import date, timedelta
from math import ceil
from typing import Any, Final

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tenancy import acting_for
from customers.models import Purchase
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from segmentation.enums import Basis
from segmentation.estimation import Buying, Family, Foresight, Histories
from segmentation.estimation.awaited import WINDOW_DAYS, WINDOWS, Awaited, Passed, look_at
from segmentation.models import CustomerScore, RetentionModel
from segmentation.operations import call_awaited, score_business
from segmentation.operations.retention import common_priors, estimate_retention
from segmentation.queries.awaited import passed_bounds, who_is_away
from segmentation.queries.retention import buying_of
from tests.segmentation.own import NOW, TODAY
from tests.segmentation.shop import sell

MODEL = Buying(Family.MBG, 2.0, 30.0, 0.5, 6.0)


# Who buys every five days has a far bound near enough to be missed within two weeks.
OFTEN: Final = Buying(Family.MBG, 2.0, 10.0, 0.5, 6.0)


def _passed(rng: Any, people: int, *, away: float | None = None) -> Passed:
    """Return so many bounds in every window; of the newest that share stays away, if told."""
    size = people * WINDOWS
    repeats = rng.integers(2, 30, size)
    age = repeats * 12
    window = np.repeat(np.arange(WINDOWS), people)
    stays = Foresight(MODEL, Histories(repeats, age, age)).staying
    chance = 1 - 0.9 * stays
    if away is not None:
        chance = np.where(window == 0, away, chance)
    return Passed(repeats, age, window, rng.random(size) < chance)


def test_a_business_that_buys_as_foreseen_is_called_on_few_nights_of_a_hundred() -> None:
    rng = np.random.default_rng(1)
    called = sum(look_at(_passed(rng, 120), MODEL).called for _night in range(400))
    assert called <= 12


def test_twice_as_many_as_usual_are_called_and_a_few_are_not() -> None:
    rng = np.random.default_rng(2)
    twice = [look_at(_passed(rng, 200, away=0.4), MODEL) for _night in range(50)]
    assert all(one.called for one in twice)
    assert all(0.3 * one.people < one.away for one in twice)
    few = [look_at(_passed(rng, 6, away=0.6), MODEL) for _night in range(50)]
    assert not any(one.called for one in few if one.away < one.usual + 5)


def test_what_is_usual_here_is_no_news() -> None:
    """Windows that were all far from the model tell what is usual of this business."""
    rng = np.random.default_rng(3)
    size = 100 * WINDOWS
    repeats, window = np.full(size, 9), np.repeat(np.arange(WINDOWS), 100)
    found = look_at(Passed(repeats, repeats * 12, window, rng.random(size) < 0.5), MODEL)
    assert found.usual == pytest.approx(50, abs=10)
    assert not found.called


def test_customers_steadier_than_foreseen_are_no_doubt() -> None:
    """Windows that were all better than the model are alike: twice the foreseen is news."""
    rng = np.random.default_rng(4)
    size = 300 * WINDOWS
    repeats, window = np.full(size, 30), np.repeat(np.arange(WINDOWS), 300)
    stays = Foresight(MODEL, Histories(repeats, repeats * 12, repeats * 12)).staying
    chance = np.where(window == 0, 2.3 * (1 - 0.9 * stays), 0.3 * (1 - 0.9 * stays))
    found = look_at(Passed(repeats, repeats * 12, window, rng.random(size) < chance), MODEL)
    assert found.called
    assert found.usual == pytest.approx(float((1 - 0.9 * stays[:300]).sum()))


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(2, 400), st.integers(0, 3000), st.integers(0, WINDOWS - 1),
                  st.booleans()),
        max_size=60,
    )
)  # fmt: skip
def test_any_past_is_judged(rows: list[tuple[int, int, int, bool]]) -> None:
    repeats, more, window, away = np.array(rows, np.int64).reshape(-1, 4).T
    found = look_at(Passed(repeats, repeats + more, window, away > 0), MODEL)
    assert 0 <= found.away <= found.people
    assert np.isfinite(found.usual)
    assert found.usual >= 0
    assert not found.called or found.away >= 5


def _night() -> Awaited | None:
    score_business(now=NOW)
    return call_awaited(now=NOW)


def _prove() -> RetentionModel:
    """Return the newest model, as one that stood its test."""
    RetentionModel.objects.update(
        basis=Basis.MODEL, tested_from=TODAY, tested=300, brier=0.1, rule_brier=0.2, auc=0.8,
        rule_auc=0.7,
    )  # fmt: skip
    return RetentionModel.objects.get()


@pytest.fixture
def quiet(acting: Any) -> RetentionModel:
    """Four hundred customers who bought as foreseen, and nobody for the last fourteen days."""
    del acting
    sell(OFTEN, 400, NOW - timedelta(days=14), seed=11)
    estimate_retention(common=common_priors([]), now=NOW - timedelta(days=14))
    return _prove()


@pytest.mark.django_db
def test_silence_is_called_once_lists_who_and_goes_by_itself(quiet: RetentionModel) -> None:
    found = _night()
    assert found is not None
    assert found.called
    call_awaited(now=NOW)
    (alert,) = alert_rows(kind=AlertKind.AWAITED, is_open=True)
    assert alert.detail == {"away": found.away, "usually": round(found.usual)}
    assert alert.times == 1
    away = who_is_away(quiet, TODAY, most=3)
    assert (away.people, len(away.rows)) == (found.away, 3)
    for row in away.rows:
        assert TODAY - timedelta(days=WINDOW_DAYS) <= row.expected_on < TODAY
        assert row.last_on < row.expected_on
    RetentionModel.objects.update(basis=Basis.RULE, brier=0.3)
    assert call_awaited(now=NOW) is None
    assert not alert_rows(kind=AlertKind.AWAITED, is_open=True)


@pytest.mark.django_db
def test_nobody_is_called_where_all_come_as_foreseen(acting: Any) -> None:
    sell(MODEL, 400, NOW, seed=12)
    estimate_retention(common=common_priors([]), now=NOW)
    _prove()
    found = _night()
    assert found is not None
    assert found.people > 30
    assert not found.called
    assert not alert_rows(kind=AlertKind.AWAITED, is_open=True)


@pytest.mark.django_db
def test_before_a_model_and_by_a_first_guess_nothing_is_said(acting: Any) -> None:
    assert call_awaited(now=NOW) is None
    sell(MODEL, 20, NOW, seed=13, longest=100)
    estimate_retention(common=common_priors([]), now=NOW)
    assert call_awaited(now=NOW) is None


@pytest.mark.django_db
def test_the_statement_reads_the_past_as_a_plain_reading_does(quiet: RetentionModel) -> None:
    """Every purchase day, its bound, and whether somebody came until the window's end."""
    score_business(now=NOW)
    buying = buying_of(quiet)
    good = set(CustomerScore.objects.filter(f__gte=4, m__gte=4).values_list("id", flat=True))
    days: dict[Any, set[date]] = {}
    for who, day in Purchase.objects.values_list("customer_id", "local_date"):
        if who in good:
            days.setdefault(who, set()).add(day)
    plain: Counter[tuple[int, int, int, bool]] = Counter()
    for known in days.values():
        ordered = sorted(known)
        for n, day in enumerate(ordered):
            age = (day - ordered[0]).days
            wait = ceil((buying.alpha + age) * (0.1 ** (-1 / (buying.r + n)) - 1))
            late = (TODAY - day).days - wait
            if n >= 2 and 1 <= late <= WINDOW_DAYS * WINDOWS:
                window = (late - 1) // WINDOW_DAYS
                end = TODAY - timedelta(days=WINDOW_DAYS * window)
                away = n + 1 == len(ordered) or ordered[n + 1] > end
                plain[n, age, window, away] += 1
    found = passed_bounds(quiet, TODAY)
    rows = zip(found.repeats, found.age, found.window, found.away, strict=True)
    assert Counter((int(n), int(age), int(w), bool(a)) for n, age, w, a in rows) == plain
    assert plain.total() > 100


@pytest.mark.django_db
def test_a_night_costs_the_same_for_few_customers_and_many(acting: Any, business: Any) -> None:
    counts: list[int] = []
    for seed, people in ((21, 250), (22, 60)):
        sell(MODEL, people, NOW, seed=seed)
        if not counts:
            estimate_retention(common=common_priors([]), now=NOW)
            _prove()
        score_business(now=NOW)
        with CaptureQueriesContext(connection) as queries, acting_for(business.id):
            call_awaited(now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]
