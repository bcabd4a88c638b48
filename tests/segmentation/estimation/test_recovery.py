"""Made-up populations: parameters come back, doubts are honest, businesses help each other."""

import numpy as np
import pytest

from segmentation.estimation import (
    Buying,
    Family,
    Foresight,
    Prior,
    Spending,
    auc,
    fit_buying,
    fit_spending,
    patterns,
    pooled,
)
from tests.segmentation.estimation.crowds import crowd, purses

TRUE = {
    Family.BG: Buying(Family.BG, 0.8, 90, 0.9, 2.5),
    Family.MBG: Buying(Family.MBG, 0.8, 90, 0.9, 2.5),
}
TIMES = 120
# Of 120 intervals of 95 %, fewer than 106 or all of them covering would be a sign (p < 0.005).
FEWEST = 106
WITHIN = 1.96


@pytest.mark.parametrize("family", Family)
def test_intervals_of_buying_cover(family: Family) -> None:
    rng, model = np.random.default_rng(1405), TRUE[family]
    covered = np.zeros(4)
    for _time in range(TIMES):
        fit = fit_buying(patterns(crowd(model, 3000, rng)), family)
        off = np.log(fit.model.numbers) - np.log(model.numbers)
        covered += np.abs(off) < WITHIN * fit.errors / fit.model.numbers
    assert (covered >= FEWEST).all(), covered


def test_intervals_of_spending_cover() -> None:
    rng, model = np.random.default_rng(1406), Spending(6.0, 3.7, 15.0)
    covered = np.zeros(3)
    for _time in range(TIMES):
        fit = fit_spending(purses(model, rng.geometric(0.4, 1500), rng))
        off = np.log(fit.model.numbers) - np.log(model.numbers)
        covered += np.abs(off) < WITHIN * fit.errors / fit.model.numbers
    assert (covered >= FEWEST).all(), covered


def test_a_large_crowd_gives_its_parameters_back() -> None:
    rng, model = np.random.default_rng(1407), TRUE[Family.MBG]
    fit = fit_buying(patterns(crowd(model, 200_000, rng)), Family.MBG)
    assert fit.model.numbers == pytest.approx(model.numbers, rel=0.06)


def _businesses(rng, prior: Prior, count: int, people: int):
    for _business in range(count):
        place = prior.mean + prior.spread * rng.standard_normal(4)
        model = Buying.of_logs(Family.MBG, place)
        yield model, crowd(model, people, rng)


def test_businesses_teach_each_other() -> None:
    """The pooled prior is near what the businesses came from, whatever was believed before."""
    rng = np.random.default_rng(1408)
    true = Prior(np.log([0.8, 60, 0.9, 2.2]), np.array([0.35, 0.45, 0.35, 0.4]))
    before = Prior(np.log([0.5, 40.0, 1.0, 2.5]), np.ones(4))
    found = [
        fit_buying(patterns(people), Family.MBG, prior=before).evidence
        for _model, people in _businesses(rng, true, 60, 400)
    ]
    prior = pooled(found, before)
    assert np.abs(prior.mean - true.mean).max() < 0.25
    assert np.abs(np.log(prior.spread / true.spread)).max() < 0.6
    assert pooled([], before) is not None
    assert (pooled([], before).mean == before.mean).all()


def test_a_pooled_prior_helps_small_businesses() -> None:
    """With 50 customers the common prior foresees purchases better than a vague one."""
    rng = np.random.default_rng(1409)
    true = Prior(np.log([0.8, 60, 0.9, 2.2]), np.array([0.35, 0.45, 0.35, 0.4]))
    vague = Prior(true.mean + np.array([1.0, -1.0, 1.0, -1.0]), np.full(4, 2.0))
    errors = np.zeros(2)
    for model, people in _businesses(rng, true, 60, 50):
        best = Foresight(model, people).purchases(90).sum()
        for place, prior in enumerate((true, vague)):
            fit = fit_buying(patterns(people), Family.MBG, prior=prior)
            errors[place] += abs(Foresight(fit.model, people).purchases(90).sum() - best) / best
    assert errors[0] < errors[1]


def test_yesterdays_parameters_are_a_shorter_way() -> None:
    rng, model = np.random.default_rng(1410), TRUE[Family.MBG]
    people = patterns(crowd(model, 5000, rng))
    cold = fit_buying(people, Family.MBG)
    warm = fit_buying(people, Family.MBG, start=cold.model)
    assert warm.looks < cold.looks
    assert warm.model.numbers == pytest.approx(cold.model.numbers, rel=1e-6)


def test_who_is_foreseen_to_come_comes() -> None:
    """The probability of coming ranks and sums right on purchases made after it was told."""
    rng, model = np.random.default_rng(1411), TRUE[Family.MBG]
    whole = crowd(model, 20_000, rng)
    cold = fit_buying(patterns(whole), Family.MBG)
    foreseen = Foresight(cold.model, whole).active(60)
    true = Foresight(model, whole).active(60)
    assert np.abs(foreseen - true).mean() < 0.01
    assert auc(foreseen, rng.random(true.size) < true) > 0.75
