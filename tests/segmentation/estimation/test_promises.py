"""What must hold of any customers and any parameters."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.estimation import (
    Buying,
    Family,
    Foresight,
    Histories,
    ImpossibleHistoryError,
    NoSummitError,
    Prior,
    Spending,
    Spendings,
    auc,
    better_by,
    brier,
    fit_buying,
    fit_spending,
    patterns,
    pooled,
    reliability,
)
from segmentation.estimation.buying import Likelihood
from segmentation.estimation.gamma import digamma, log_gamma, trigamma
from segmentation.estimation.spending import _Likelihood
from tests.segmentation.estimation.cdnow import sample
from tests.segmentation.estimation.crowds import crowd, purses

families = st.sampled_from(list(Family))
logs = st.floats(-2.5, 2.5)
STEP = 1e-5
# Logarithms around which parameters are drawn: α is in days.
MIDDLE = np.array([0.0, 3.0, 0.0, 1.0])


@st.composite
def people(draw):
    """Between one and thirty customers, of up to two years."""
    seen = []
    for age in draw(st.lists(st.integers(0, 730), min_size=1, max_size=30)):
        last = draw(st.integers(0, age))
        seen.append((draw(st.integers(1, min(last, 60))) if last else 0, last, age))
    return Histories(*np.array(seen).T)


@st.composite
def spendings(draw):
    seen = draw(
        st.lists(st.tuples(st.integers(1, 50), st.floats(0.01, 1e4)), min_size=1, max_size=30)
    )
    days, mean = zip(*seen, strict=True)
    return Spendings(np.array(days), np.array(mean))


models = st.builds(
    lambda family, place: Buying.of_logs(family, MIDDLE + np.array(place)),
    families,
    st.tuples(logs, logs, logs, logs),
)


def same_slopes(look, place) -> None:
    """Demand that derivatives are what small steps say, next to the size of their own parts."""
    here = look(place)
    for i in range(place.size):
        step = np.zeros_like(place)
        step[i] = STEP
        up, down = look(place + step), look(place - step)
        grain = 1e-9 * (1 + abs(here.height)) / STEP
        risen = (up.height - down.height) / (2 * STEP)
        assert here.gradient[i] == pytest.approx(risen, rel=1e-5, abs=1e-4 + 1e-3 * grain)
        bent = (up.gradient - down.gradient) / (2 * STEP)
        size = 1e-6 * (1 + np.abs(here.hessian).max())
        assert here.hessian[i] == pytest.approx(bent, rel=1e-4, abs=size)


@given(people(), families, st.tuples(logs, logs, logs, logs))
def test_slopes_of_buying(seen, family, place) -> None:
    likelihood = Likelihood(patterns(seen), family)
    same_slopes(likelihood.look, MIDDLE + np.array(place))


@given(spendings(), st.tuples(logs, logs, logs))
def test_slopes_of_spending(seen, place) -> None:
    same_slopes(_Likelihood(seen).look, np.array(place))


@given(people(), families, st.tuples(logs, logs, logs, logs))
def test_the_likelihood_is_the_published_one(seen, family, place) -> None:
    """Summed customer by customer, with gamma functions, as printed."""
    place = MIDDLE + np.array(place)
    r, alpha, a, b = np.exp(place).tolist()

    def beta(x, y):
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    whole = 0.0
    for x, t, age in zip(seen.repeats, seen.last, seen.age, strict=True):
        buys = math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)
        n = int(x) + family
        stayed = beta(a, b + n) - beta(a, b) - (r + x) * math.log(alpha + age)
        left = -math.inf
        if n > 0:
            left = beta(a + 1, b + n - 1) - beta(a, b) - (r + x) * math.log(alpha + t)
        whole += buys + float(np.logaddexp(stayed, left))
    found = Likelihood(patterns(seen), family).look(place).height
    assert found == pytest.approx(whole, rel=1e-9, abs=1e-7)


@given(st.floats(1e-6, 1e6))
def test_gamma_functions(x: float) -> None:
    at, after = np.array([x]), np.array([x + 1])
    assert log_gamma(at)[0] == pytest.approx(math.lgamma(x), rel=1e-12, abs=1e-12)
    assert digamma(after)[0] - digamma(at)[0] == pytest.approx(1 / x, rel=1e-7, abs=1e-13)
    assert trigamma(at)[0] - trigamma(after)[0] == pytest.approx(1 / x**2, rel=1e-4, abs=1e-15)


def test_gamma_functions_at_one() -> None:
    one = np.array([1.0])
    assert digamma(one)[0] == pytest.approx(-0.5772156649015329, abs=1e-14)
    assert trigamma(one)[0] == pytest.approx(math.pi**2 / 6, abs=1e-14)


@given(people(), st.randoms(use_true_random=False))
def test_patterns_do_not_depend_on_order(seen, chance) -> None:
    order = list(range(len(seen)))
    chance.shuffle(order)
    mixed = Histories(seen.repeats[order], seen.last[order], seen.age[order])
    one, other = patterns(seen), patterns(mixed)
    assert one.weights.sum() == len(seen)
    rows = [
        sorted(
            zip(found.histories.repeats, found.histories.last, found.histories.age,
                found.weights, strict=True)
        )
        for found in (one, other)
    ]  # fmt: skip
    assert rows[0] == rows[1]
    assert len(set(rows[0])) == one.weights.size


@pytest.mark.parametrize("history", [(1, 0, 5), (0, 3, 5), (2, 6, 5), (4, 3, 5), (-1, 0, 5)])
def test_impossible_histories_are_refused(history) -> None:
    with pytest.raises(ImpossibleHistoryError):
        Histories(*(np.array([number]) for number in history))


@given(people(), models, st.floats(0.5, 1000), st.floats(1.1, 3))
def test_foresight(seen, model, days, more) -> None:
    foresight = Foresight(model, seen)
    staying, active = foresight.staying, foresight.active(days)
    purchases, later = foresight.purchases(days), foresight.purchases(days * more)
    assert ((staying >= 0) & (staying <= 1)).all()
    assert (active <= staying + 1e-12).all()
    assert (active <= foresight.active(days * more) + 1e-12).all()
    tiny = 1e-9 * (1 + np.abs(purchases))
    # Who is expected to buy at all is expected to buy at least as often as they are to come once.
    assert (purchases >= active - tiny).all()
    assert (later >= purchases - tiny).all()
    undiscounted = foresight.worth(steps=4, step_days=days / 4, discount=0.0)
    assert undiscounted == pytest.approx(purchases, rel=1e-7, abs=1e-9)
    assert (foresight.worth(steps=4, step_days=days / 4, discount=0.1) <= purchases + tiny).all()
    if model.family is Family.BG:
        assert (staying[seen.repeats == 0] == 1).all()


@given(people(), models, st.floats(1, 400))
def test_chances_of_so_many_purchases_add_up_to_how_many_are_expected(seen, model, days) -> None:
    """Two ways to the same number: the series, and the sum of the chances of n or more."""
    foresight = Foresight(model, seen)
    whole = np.zeros(len(seen))
    for n, of_pairs in enumerate(foresight._tails(days)):
        tail = foresight.staying * of_pairs[foresight._pair_of]
        if n == 0:
            assert tail == pytest.approx(foresight.active(days), rel=1e-9, abs=1e-12)
        whole += tail
        if tail.max() < 1e-12 or n == 20_000:
            break
    assert whole == pytest.approx(foresight.purchases(days), rel=1e-5, abs=1e-7)


def test_intervals_of_purchases_cover() -> None:
    """At least as often as they say: purchases are whole, so a little more."""
    rng, model = np.random.default_rng(1412), Buying(Family.MBG, 0.8, 40, 0.9, 2.5)
    seen = crowd(model, 4000, rng)
    foresight = Foresight(model, seen)
    low, high = foresight.interval(200)
    stays = rng.random(4000) < foresight.staying
    rate = rng.gamma(model.r + seen.repeats, 1 / (model.alpha + seen.age))
    leaving = rng.beta(model.a, model.b + 1 + seen.repeats)
    came = stays * np.minimum(rng.poisson(rate * 200), rng.geometric(leaving))
    covered = ((came >= low) & (came <= high)).mean()
    assert 0.79 < covered < 0.97
    assert (low <= foresight.purchases(200)).all()


@given(people(), models)
def test_longer_silence_is_a_worse_sign(seen, model) -> None:
    older = Histories(seen.repeats, seen.last, seen.age + 30)
    younger = Foresight(model, seen).staying
    assert (Foresight(model, older).staying <= younger + 1e-12).all()


@given(models, st.integers(0, 40), st.floats(1, 200))
def test_expected_purchases_are_the_published_form(model, repeats, days) -> None:
    """With the hypergeometric function summed as printed, at places where that works."""
    if abs(model.a - 1) < 1e-3:
        return
    last = 2 * repeats
    age = last + 100
    history = Histories(np.array([repeats]), np.array([last]), np.array([age]))
    foresight = Foresight(model, history)
    r, alpha, a, b = model.numbers.tolist()
    z = days / (alpha + age + days)
    top, left, c = r + repeats, b + repeats + model.family, a + b + repeats - 1 + model.family
    if c <= 0 or z > 0.7:
        return
    term = whole = 1.0
    for n in range(400):
        term *= (top + n) * (left + n) / ((c + n) * (n + 1)) * z
        whole += term
    published = c / (a - 1) * (1 - (1 - z) ** top * whole) * foresight.staying[0]
    size = 1e-10 * c / abs(a - 1)
    assert foresight.purchases(days)[0] == pytest.approx(published, rel=1e-8, abs=size)


def test_nothing_breaks_where_a_is_one() -> None:
    seen = Histories(np.array([0, 3]), np.array([0, 50]), np.array([80, 90]))
    at = [
        Foresight(Buying(Family.MBG, 0.5, 30, a, 2.5), seen).purchases(365)
        for a in (1 - 1e-7, 1, 1 + 1e-7)
    ]
    assert at[0] == pytest.approx(at[1], rel=1e-6)
    assert at[2] == pytest.approx(at[1], rel=1e-6)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_so_many_of_those_who_stay_come_within_their_wait(share: float) -> None:
    """C070: the next purchase has a day by which half have come, and an interval."""
    seen = sample().people
    model = Buying(Family.MBG, 0.5, 43, 0.9, 1.6)
    wait = Foresight(model, seen).wait(share)
    rate = model.r + seen.repeats
    came = 1 - ((model.alpha + seen.age) / (model.alpha + seen.age + wait)) ** rate
    assert came == pytest.approx(share, abs=1e-9)
    assert (Foresight(model, seen).median_wait() == Foresight(model, seen).wait(0.5)).all()


@settings(max_examples=25)
@given(people(), families)
def test_a_handful_of_customers_gets_an_estimate_near_the_prior(seen, family) -> None:
    prior = Prior(np.log([0.5, 40.0, 0.9, 2.0]), np.array([0.3, 0.5, 0.3, 0.3]))
    fit = fit_buying(patterns(seen), family, prior=prior)
    assert np.isfinite(fit.log_likelihood)
    assert (np.abs(np.log(fit.model.numbers) - prior.mean) < 12 * prior.spread).all()
    assert (fit.errors > 0).all()


def test_without_a_prior_customers_who_never_return_have_no_estimate() -> None:
    once = Histories(np.zeros(40, int), np.zeros(40, int), np.arange(40, 80))
    with pytest.raises((NoSummitError, np.linalg.LinAlgError)):
        fit_buying(patterns(once), Family.BG)


@pytest.mark.parametrize("people", [300, 10_000, 200_000])
@pytest.mark.parametrize("spread", [0, 1e-6, 1e-4, 1e-3, 0.01, 0.3])
def test_a_shop_with_one_price_has_an_estimate(people, spread) -> None:
    """Two shapes without end on one ridge: it was “no summit after 6,942 looks”."""
    rng = np.random.default_rng(people)
    prior = Prior(np.log([6.0, 3.7, 0.45]), np.array([0.8, 0.5, 1.0]))
    seen = Spendings(rng.poisson(10, people) + 1, rng.normal(1, spread, people).clip(0.01))
    fit = fit_spending(seen, prior=prior)
    assert fit.looks < 60
    assert (fit.errors > 0).all()
    assert fit.model.mean == pytest.approx(1, abs=0.02)
    if spread <= 0.01:
        assert fit.model.expected(seen) == pytest.approx(seen.mean, abs=0.05)


def test_who_all_spend_alike_teach_other_businesses_nothing() -> None:
    prior = Prior(np.log([6.0, 3.7, 0.45]), np.array([0.8, 0.5, 1.0]))
    fit = fit_spending(Spendings(np.full(300, 4), np.ones(300)), prior=prior)
    assert not fit.evidence.matrix.any()
    learned = pooled([fit.evidence], prior)
    assert learned.mean == pytest.approx(prior.mean)


def test_a_shop_that_had_one_price_is_estimated_anew() -> None:
    rng = np.random.default_rng(7)
    prior = Prior(np.log([6.0, 3.7, 0.45]), np.array([0.8, 0.5, 1.0]))
    seen = purses(Spending(6.0, 3.7, 0.45), rng.poisson(3, 2000) + 1, rng)
    cold = fit_spending(seen, prior=prior)
    for start in (Spending(1e7, 1e7, 1.0), cold.model):
        found = fit_spending(seen, prior=prior, start=start)
        assert found.model.numbers == pytest.approx(cold.model.numbers, rel=1e-5)
    assert found.looks < cold.looks


def test_without_a_prior_alike_customers_have_no_estimate() -> None:
    with pytest.raises((NoSummitError, np.linalg.LinAlgError)):
        fit_spending(Spendings(np.full(300, 4), np.ones(300)))


def test_spendings_of_nothing_say_nothing() -> None:
    with_nothing = Spendings(np.array([3, 4, 0]), np.array([20.0, 0.0, 0.0]))
    prior = Prior(np.log([6.0, 4.0, 15.0]), np.array([0.5, 0.3, 0.5]))
    fit = fit_spending(with_nothing, prior=prior)
    alone = fit_spending(Spendings(np.array([3]), np.array([20.0])), prior=prior)
    assert fit.model == alone.model
    expected = fit.model.expected(with_nothing)
    assert expected[1] == expected[2] == pytest.approx(fit.model.mean)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_measures_of_probabilities(rows) -> None:
    foreseen, came = (np.array(column) for column in zip(*rows, strict=True))
    assert 0 <= brier(foreseen, came) <= 1
    assert brier(came.astype(float), came) == 0
    gain, _doubt = better_by(foreseen, np.full_like(foreseen, 0.5), came)
    assert gain == pytest.approx(0.25 - brier(foreseen, came))
    pairs = [
        (p > q) + 0.5 * (p == q)
        for p, one in rows if one
        for q, other in rows if not other
    ]  # fmt: skip
    assert auc(foreseen, came) == pytest.approx(np.mean(pairs) if pairs else 0.5)
    bins = reliability(foreseen, came)
    assert sum(one.people for one in bins) == len(rows)
    assert sum(one.people * one.came for one in bins) == pytest.approx(came.sum())
    means = [one.foreseen for one in bins]
    assert means == sorted(means)


def test_the_arithmetic_needs_nothing_of_the_product() -> None:
    code = "import sys, segmentation.estimation; print({'django', 'core'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
