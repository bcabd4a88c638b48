"""The published and the reference figures, to the digit."""

import json
from pathlib import Path

import numpy as np
import pytest

from segmentation.estimation import (
    Buying,
    Family,
    Foresight,
    Spending,
    auc,
    brier,
    calibration_error,
    fit_buying,
    fit_spending,
    patterns,
    reliability,
)
from tests.segmentation.estimation.cdnow import HOLDOUT_DAYS, WEEK, master, sample

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text())
COHORTS = {"sample": sample, "master": master}


def weekly(model: Buying) -> np.ndarray:
    return model.numbers / [1, WEEK, 1, 1]


def golden_buying(family: Family, of: str) -> Buying:
    r, alpha, a, b = GOLDEN[family.name][of]["parameters"]
    return Buying(family, r, alpha * WEEK, a, b)


def golden_spending() -> Spending:
    return Spending(*GOLDEN["GG"]["sample"]["parameters"])


def test_the_data_are_the_literatures() -> None:
    totals = [
        (cohort.people.repeats.sum(), cohort.held_out.sum(), len(cohort.people))
        for cohort in (sample(), master())
    ]
    assert totals == [(2_457, 1_882, 2_357), (24_337, 19_684, 23_570)]
    assert np.count_nonzero(sample().people.repeats == 0) == 1_411


@pytest.mark.parametrize("of", ["sample", "master"])
@pytest.mark.parametrize("family", Family)
def test_buying_parameters(family: Family, of: str) -> None:
    people = COHORTS[of]().people
    fit, golden = fit_buying(patterns(people), family), GOLDEN[family.name][of]
    assert weekly(fit.model) == pytest.approx(golden["parameters"], rel=1e-8)
    assert fit.errors / [1, WEEK, 1, 1] == pytest.approx(golden["errors"], rel=2e-5)
    # A density by the week is one by the day seven times over, once a purchase.
    by_week = fit.log_likelihood + people.repeats.sum() * np.log(WEEK)
    assert by_week == pytest.approx(golden["log_likelihood"], abs=1e-6)


@pytest.mark.parametrize("of", ["sample", "master"])
def test_spending_parameters(of: str) -> None:
    fit, golden = fit_spending(COHORTS[of]().spendings), GOLDEN["GG"][of]
    assert fit.model.numbers == pytest.approx(golden["parameters"], rel=1e-7)
    assert fit.errors == pytest.approx(golden["errors"], rel=2e-5)
    assert fit.log_likelihood == pytest.approx(golden["log_likelihood"], abs=1e-6)


def test_the_mean_of_everybodys_spending() -> None:
    assert golden_spending().mean == pytest.approx(35.17037, abs=1e-5)
    assert Spending(2, 1, 30).mean == float("inf")


def test_ten_customers() -> None:
    """Six significant digits are what the table gives."""
    people, spendings = sample().people, sample().spendings
    bg = Foresight(golden_buying(Family.BG, "sample"), people)
    mbg = Foresight(golden_buying(Family.MBG, "sample"), people)
    spend = golden_spending().expected(spendings)
    weeks = bg.worth(steps=52, step_days=WEEK, discount=1.15 ** (1 / 52) - 1)
    months = bg.worth(steps=12, step_days=4.345 * WEEK, discount=0.01)
    found = np.stack((
        bg.staying, bg.purchases(HOLDOUT_DAYS), bg.active(HOLDOUT_DAYS), mbg.staying,
        mbg.purchases(HOLDOUT_DAYS), spend, weeks * spend, months * spend,
    ))  # fmt: skip
    for number, golden in GOLDEN["customers"].items():
        place = int(number) - 1
        history = people.repeats[place], people.last[place] / WEEK, people.age[place] / WEEK
        assert history == pytest.approx(golden[:3], abs=5e-5)
        assert found[:, place] == pytest.approx(golden[3:], rel=6e-6)


def test_one_customer_of_the_papers() -> None:
    """With the parameters as each paper rounded them, which they do not say to the last digit."""
    place = 1516 - 1
    bg = Foresight(golden_buying(Family.BG, "sample"), sample().people)
    assert bg.purchases(52 * WEEK)[place] == pytest.approx(25.757, abs=1e-3)
    assert bg.staying[place] == pytest.approx(0.96885, abs=1e-5)


def test_holdout_by_number_of_purchases() -> None:
    """As printed in 2005, with parameters of three digits: a difference in the fourth place."""
    people, held_out = sample().people, sample().held_out
    found = Foresight(golden_buying(Family.BG, "sample"), people).purchases(HOLDOUT_DAYS)
    kinds = np.minimum(people.repeats, 7)
    of = [(found[kinds == kind].mean(), held_out[kinds == kind].mean()) for kind in range(8)]
    foreseen, actual = zip(*of, strict=True)
    assert foreseen == pytest.approx(
        [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570], abs=2e-4
    )
    assert actual == pytest.approx(
        [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594], abs=5e-5
    )


@pytest.mark.parametrize(
    ("of", "family", "total", "mae", "rmse", "pearson", "ranking", "error"),
    [
        ("sample", Family.BG, 1653.41, 0.7855, 1.6080, 0.6256, 0.7725, 0.1612),
        ("sample", Family.MBG, 1576.73, 0.7648, 1.6072, 0.6273, 0.7728, 0.1614),
        ("master", Family.BG, 16873.73, 0.8187, 1.7329, 0.6688, 0.7630, 0.1654),
        ("master", Family.MBG, 15933.60, 0.7945, 1.7396, 0.6696, 0.7651, 0.1661),
    ],
)
def test_holdout(
    of: str, family: Family, total: float, mae: float, rmse: float, pearson: float,
    ranking: float, error: float,
) -> None:  # fmt: skip
    cohort = COHORTS[of]()
    foresight = Foresight(golden_buying(family, of), cohort.people)
    found, active = foresight.purchases(HOLDOUT_DAYS), foresight.active(HOLDOUT_DAYS)
    off = found - cohort.held_out
    assert found.sum() == pytest.approx(total, abs=5e-3)
    assert np.abs(off).mean() == pytest.approx(mae, abs=5e-5)
    assert np.sqrt((off**2).mean()) == pytest.approx(rmse, abs=5e-5)
    assert np.corrcoef(found, cohort.held_out)[0, 1] == pytest.approx(pearson, abs=5e-5)
    assert auc(found, cohort.came) == pytest.approx(ranking, abs=5e-5)
    assert brier(active, cohort.came) == pytest.approx(error, abs=5e-5)


@pytest.mark.parametrize(("family", "error"), [(Family.BG, 0.0484), (Family.MBG, 0.0620)])
def test_calibration_of_the_tenths(family: Family, error: float) -> None:
    foresight = Foresight(golden_buying(family, "master"), master().people)
    bins = reliability(foresight.active(HOLDOUT_DAYS), master().came)
    assert calibration_error(bins) == pytest.approx(error, abs=5e-5)
    assert sum(one.people for one in bins) == 23_570


def test_the_own_rate_of_each_is_worse_than_the_model() -> None:
    cohort = sample()
    own = cohort.people.repeats * HOLDOUT_DAYS / cohort.people.age
    assert own.sum() == pytest.approx(2930.10, abs=5e-3)
    assert np.abs(own - cohort.held_out).mean() == pytest.approx(1.0237, abs=5e-5)
    assert auc(own, cohort.came) == pytest.approx(0.7598, abs=5e-5)
