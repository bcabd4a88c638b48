"""Seasons of the Iranian year (N24): as dated, and that knowing them foresees better."""

from datetime import date, timedelta

import numpy as np
import pytest

from customers.models import SalesDay
from segmentation.estimation.seasons import seasonal
from segmentation.models import NamedStay
from segmentation.operations import refresh_named_segments
from segmentation.queries.seasons import Season, calendar_of, season_table, seasons_of
from tests.segmentation.own import NOW, TODAY, buy

DAYS = 1_090
EFFECT = {"nowruz": 0.4, "ramadan": 0.35, "muharram": 0.7, "yalda": 1.8, "mehr": 1.0}


def sold_of(seed: int, first: date, effect: dict[str, float], *, level: float = 60) -> np.ndarray:
    """Return a café's days: a week, a slow wave, chance, and what seasons do."""
    rng, days = np.random.default_rng(seed), np.arange(DAYS)
    logs = np.log([effect.get(one.value, 1.0) for one in Season])
    week = np.array([1, 1, 1.1, 1.2, 1.5, 1.6, 0.7])[days % 7]
    mean = level * (1 + 0.2 * np.sin(2 * np.pi * days / 365)) * week
    mean = mean * np.exp(season_table(first, DAYS) @ logs)
    sold: np.ndarray = rng.poisson(mean * rng.gamma(20, 1 / 20, DAYS)).astype(np.float64)
    return sold


@pytest.mark.parametrize(
    ("day", "seasons"),
    [
        (date(2026, 3, 20), [Season.RAMADAN]),
        (date(2026, 3, 21), [Season.NOWRUZ]),
        (date(2025, 3, 25), [Season.NOWRUZ, Season.RAMADAN]),
        (date(2025, 7, 6), [Season.MUHARRAM]),
        (date(2026, 12, 21), [Season.YALDA]),
        (date(2026, 9, 10), [Season.MEHR]),
        (date(2026, 11, 23), []),
    ],
)
def test_days_are_in_their_seasons(day, seasons):
    assert seasons_of(day) == seasons


@pytest.mark.parametrize("seed", range(4))
def test_knowing_the_seasons_foresees_better_where_they_matter(seed):
    """The proof of N24: the backtest's error is lower with the calendar than without."""
    first = TODAY - timedelta(days=DAYS)
    found = seasonal(sold_of(seed, first, EFFECT), first.weekday(), season_table(first, DAYS))
    assert found is not None
    assert found.error < 0.95 * found.error_without
    assert found.helps
    factors = dict(zip([one.value for one in Season], found.factors, strict=True))
    for name, effect in EFFECT.items():
        assert factors[name] == pytest.approx(effect, rel=0.3), name


@pytest.mark.parametrize("seed", range(4))
def test_where_seasons_do_nothing_none_excuses_anybody(seed):
    first = TODAY - timedelta(days=DAYS)
    found = seasonal(sold_of(seed, first, {}), first.weekday(), season_table(first, DAYS))
    assert found is not None
    assert not found.helps


def test_a_year_is_needed():
    assert seasonal(np.ones(399), 0, np.zeros((399, len(Season)))) is None


@pytest.mark.django_db
def test_nobody_stays_away_because_of_ramadan(acting):
    """N24: a café's customer who is silent over Ramadan has not stayed away so long."""
    today = date(2026, 3, 18)
    now = NOW - (TODAY - today)
    first = today - timedelta(days=DAYS)
    away = (TODAY - today).days
    who = buy(1, away + 185).customer_id
    refresh_named_segments(now=now)
    assert NamedStay.objects.filter(segment="lapsed", left_at=None).exists()
    SalesDay.objects.bulk_create(
        [
            SalesDay(
                on=first + timedelta(days=n), purchases=int(count), known_purchases=0,
                returning_purchases=0, new_customers=0, gross_rial=0, returned_rial=0,
                returning_rial=0, counted_at=now,
            )
            for n, count in enumerate(sold_of(1, first, EFFECT))
        ]
    )  # fmt: skip
    calendar = calendar_of(today)
    assert calendar is not None
    assert calendar.found.helps
    night = refresh_named_segments(now=now + timedelta(hours=1))
    assert night.usual["seasons"]["factors"]["ramadan"] < 0.6
    assert not NamedStay.objects.filter(segment="lapsed", customer_id=who, left_at=None).exists()
