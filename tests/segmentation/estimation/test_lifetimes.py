"""Pareto/NBD (issue 5 §2): the published and the reference figures, and parameters recovered."""

import numpy as np
import pytest

from segmentation.estimation import Lifetimes, fit_lifetimes, patterns
from segmentation.estimation.histories import Histories
from segmentation.estimation.lifetimes import discounted, purchases, staying
from tests.segmentation.estimation.cdnow import HOLDOUT_DAYS, WEEK, master, sample

WEEKLY = np.array([1, WEEK, 1, WEEK])
COHORTS = {"sample": sample, "master": master}
# Reference §2.2: parameters and log-likelihood, in weeks.
PUBLISHED = {
    "sample": ([0.5532770437, 10.5776834346, 0.6062400152, 11.6687361629], -9594.976178941),
    "master": ([0.5974200, 11.585658, 0.5221856, 8.827759], -95415.118617),
}
# Reference §2.4: P(alive), purchases of 39 weeks, discounted at 15 % a year without end.
CUSTOMERS = {
    1: (0.869134, 1.4552, 6.50035),
    3: (0.295113, 0.10707, 0.47828),
    11: (0.586774, 2.13677, 9.54492),
    47: (0.296798, 0.108216, 0.48273),
    100: (0.764723, 0.786682, 3.50437),
    511: (0.292983, 0.31475, 1.38523),
    1234: (0.65118, 4.12151, 17.8003),
    1561: (0.350052, 0.147452, 0.631805),
    1981: (0.992922, 13.8291, 58.5784),
    2328: (0.898846, 1.15307, 4.8303),
}


def golden(of: str) -> Lifetimes:
    return Lifetimes(*(np.array(PUBLISHED[of][0]) * WEEKLY).tolist())


@pytest.mark.parametrize("of", ["sample", "master"])
def test_parameters_and_likelihood(of: str) -> None:
    people = COHORTS[of]().people
    fit = fit_lifetimes(patterns(people))
    numbers, log_likelihood = PUBLISHED[of]
    assert fit.model.numbers / WEEKLY == pytest.approx(numbers, rel=1e-6)
    by_week = fit.log_likelihood + people.repeats.sum() * np.log(WEEK)
    assert by_week == pytest.approx(log_likelihood, abs=1e-5)


def test_standard_errors() -> None:
    fit = fit_lifetimes(patterns(sample().people))
    known = [0.0476264, 0.8427222, 0.1872594, 6.2105448]
    assert fit.errors / WEEKLY == pytest.approx(known, rel=2e-4)


def test_ten_customers() -> None:
    """Six significant digits are what the table gives."""
    people, model = sample().people, golden("sample")
    found = np.stack((
        staying(model, people), purchases(model, people, HOLDOUT_DAYS),
        discounted(model, people, 0.15),
    ))  # fmt: skip
    for number, known in CUSTOMERS.items():
        assert found[:, number - 1] == pytest.approx(known, rel=1e-5)


@pytest.mark.parametrize(
    ("of", "total", "mae", "rmse", "pearson"),
    [
        ("sample", 1665.51, 0.7545, 1.6028, 0.6302),
        ("master", 17153.19, 0.7938, 1.7262, 0.6708),
    ],
)
def test_holdout(of: str, total: float, mae: float, rmse: float, pearson: float) -> None:
    cohort = COHORTS[of]()
    found = purchases(golden(of), cohort.people, HOLDOUT_DAYS)
    off = found - cohort.held_out
    assert found.sum() == pytest.approx(total, abs=0.05)
    assert np.abs(off).mean() == pytest.approx(mae, abs=5e-5)
    assert np.sqrt((off**2).mean()) == pytest.approx(rmse, abs=5e-5)
    assert np.corrcoef(found, cohort.held_out)[0, 1] == pytest.approx(pearson, abs=5e-5)


def test_parameters_are_recovered() -> None:
    rng, true = np.random.default_rng(4), Lifetimes(0.8, 40.0, 0.7, 90.0)
    people = 20_000
    rate = rng.gamma(true.r, 1 / true.alpha, people)
    life = rng.exponential(1 / rng.gamma(true.s, 1 / true.beta, people))
    age = rng.integers(200, 700, people)
    seen = np.minimum(life, age)
    repeats = rng.poisson(rate * seen)
    latest = seen * rng.random(people) ** (1 / np.maximum(repeats, 1))
    last = np.where(repeats > 0, np.ceil(latest), 0).astype(np.int64)
    repeats = np.minimum(repeats, last)
    fit = fit_lifetimes(patterns(Histories(repeats, np.minimum(last, age), age)))
    assert fit.model.numbers == pytest.approx(true.numbers, rel=0.12)


def test_extreme_histories_have_numbers() -> None:
    """Heavy buyers and who came today: no overflow, chances within 0 and 1."""
    repeats, last = np.array([0, 3_000, 1, 700, 1]), np.array([0, 3_500, 900, 700, 1])
    people = Histories(repeats, last, np.array([5_000, 3_600, 900, 700, 4_000]))
    for model in (Lifetimes(0.01, 0.1, 0.01, 0.1), Lifetimes(50, 900, 5, 9_000)):
        chances = staying(model, people)
        assert np.isfinite(chances).all()
        assert ((chances >= 0) & (chances <= 1)).all()
        assert np.isfinite(purchases(model, people, 365)).all()
    assert staying(golden("sample"), people)[3] == pytest.approx(1.0)
