"""(n) Who comes back: estimate and foresee a million customers, against `lifetimes`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import Any, Final

import numpy as np

from benchmarks.report import Part, Row
from segmentation.estimation import (
    Buying,
    Family,
    Floats,
    Foresight,
    Histories,
    fit_buying,
    patterns,
)

_WEEK: Final = 7
_AHEAD_DAYS: Final = 39 * _WEEK
# As at CDNOW; α in days.
_TRUE: Final = Buying(Family.BG, 0.2426, 4.4136 * _WEEK, 0.793, 2.426)
_AGES: Final = (14, 729)


@dataclass(frozen=True)
class Foreseen:
    """What one side found: parameters in weeks, and two numbers for each customer."""

    seconds: list[float]
    parameters: Floats
    purchases: Floats
    staying: Floats

    @property
    def usual(self) -> float:
        """Return the middle of its times."""
        return median(self.seconds)


def run(*, quick: bool) -> Part:
    """Measure both sides on the same customers."""
    size, times = (100_000, 3) if quick else (1_000_000, 5)
    people = population(size)
    ours = _repeat(lambda: _ours(people), times)
    theirs = _repeat(lambda: _theirs(people), min(times, 3)) if find_spec("lifetimes") else None
    if theirs is not None:
        _demand_same(ours, theirs)
    # Its first run compiles.
    pymc = _repeat(lambda: _pymc(people), 3) if find_spec("pymc_marketing") else None
    return _part(size, people, ours, theirs, pymc)


def population(size: int) -> Histories:
    """Return customers who buy and leave exactly as BG/NBD says, of many ages, in whole days."""
    rng = np.random.default_rng(1405)
    age = rng.integers(*_AGES, size)
    rate = rng.gamma(_TRUE.r, 1 / _TRUE.alpha, size)
    leaving = rng.beta(_TRUE.a, _TRUE.b, size)
    repeats, last, at = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size)
    here = np.arange(size)
    while here.size:
        at[here] += rng.exponential(1 / rate[here])
        here = here[at[here] <= age[here]]
        day = np.ceil(at[here]).astype(np.int64)
        new = here[day > last[here]]
        repeats[new] += 1
        last[here] = day
        here = here[rng.random(here.size) >= leaving[here]]
    return Histories(repeats, last, age)


def _repeat(work: Callable[[], tuple[Floats, Floats, Floats]], times: int) -> Foreseen:
    seconds = []
    for _time in range(times):
        began = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - began)
    return Foreseen(seconds, *found)


def _ours(people: Histories) -> tuple[Floats, Floats, Floats]:
    model = fit_buying(patterns(people), Family.BG).model
    foresight = Foresight(model, people)
    weekly: Floats = model.numbers / [1, _WEEK, 1, 1]
    return weekly, foresight.purchases(_AHEAD_DAYS), foresight.staying


def _theirs(people: Histories) -> tuple[Floats, Floats, Floats]:
    from lifetimes import BetaGeoFitter  # noqa: PLC0415 - only this part needs it

    repeats, last, age = people.repeats, people.last / _WEEK, people.age / _WEEK
    fitter = BetaGeoFitter()
    fitter.fit(repeats, last, age)
    weeks = _AHEAD_DAYS / _WEEK
    expected = fitter.conditional_expected_number_of_purchases_up_to_time(weeks, repeats, last, age)
    alive = fitter.conditional_probability_alive(repeats, last, age)
    return fitter.params_.to_numpy(), np.asarray(expected), np.asarray(alive)


def _pymc(people: Histories) -> tuple[Floats, Floats, Floats]:
    """Return what pymc-marketing finds by MAP; its own priors weigh little among very many."""
    import pandas  # noqa: PLC0415, ICN001 - only this part needs them
    from pymc_marketing.clv import BetaGeoModel  # noqa: PLC0415

    rows = pandas.DataFrame(
        {
            "customer_id": np.arange(people.age.size),
            "frequency": people.repeats.astype(float),
            "recency": people.last / _WEEK,
            "T": people.age / _WEEK,
        }
    )
    model = BetaGeoModel(data=rows)
    model.fit(method="map", progressbar=False)
    found = [
        float(model.fit_result[name].to_numpy().ravel()[0]) for name in ("r", "alpha", "a", "b")
    ]
    weeks = _AHEAD_DAYS / _WEEK
    expected = model.expected_purchases(future_t=weeks).to_numpy().ravel()
    alive = model.expected_probability_alive().to_numpy().ravel()
    return np.array(found), np.asarray(expected), np.asarray(alive)


def _demand_same(ours: Foreseen, theirs: Foreseen) -> None:
    """Refuse to print times of different answers. They stop their climb a little early."""
    assert np.allclose(ours.parameters, theirs.parameters, rtol=1e-4), (ours, theirs)
    assert np.allclose(ours.purchases, theirs.purchases, rtol=1e-3, atol=1e-4)
    assert np.allclose(ours.staying, theirs.staying, rtol=1e-3, atol=1e-5)


def _part(
    size: int,
    people: Histories,
    ours: Foreseen,
    theirs: Foreseen | None,
    pymc: Foreseen | None,
) -> Part:
    kinds = patterns(people).weights.size
    return Part(
        letter="n",
        title=f"Who comes back: {size:,} customers estimated and foreseen",
        goal="at least 80 × `lifetimes` on the same customers with the same parameters",
        rows=[*_against(ours, theirs), *_against_pymc(ours, pymc)],
        notes=[
            f"""Customers are made up exactly as BG/NBD says, of ages of 14 to 728 whole days
            ({kinds:,} distinct histories). Both sides estimate the four parameters without a
            prior, then tell everybody's expected purchases of 39 weeks and chance of being a
            customer still. The middle of several runs; answers are compared before times are
            printed.""",
            """pymc-marketing estimates by MAP under its own priors, so its answers are told beside
            ours and not demanded to be the same. Libraries are looked for where Python finds them:
            install `lifetimes` and `pymc-marketing` beside the product's own packages, never among
            them.""",
        ],
    )


def _against(ours: Foreseen, theirs: Foreseen | None) -> list[Row]:
    mine = Row("ours, numpy, one process", f"{ours.usual:.3f} s", "")
    if theirs is None:
        return [mine, Row("lifetimes", "not installed here", "")]
    off: Any = np.abs(ours.parameters / theirs.parameters - 1).max()
    return [
        Row("lifetimes 0.11", f"{theirs.usual:.2f} s", f"parameters within {off:.0e} of ours"),
        Row(mine.what, mine.figure, f"**{theirs.usual / ours.usual:.0f} ×**"),
    ]


def _against_pymc(ours: Foreseen, pymc: Foreseen | None) -> list[Row]:
    if pymc is None:
        return []
    off: Any = np.abs(ours.parameters / pymc.parameters - 1).max()
    apart: Any = np.abs(ours.purchases - pymc.purchases).max()
    return [
        Row(
            "pymc-marketing, MAP",
            f"{pymc.usual:.2f} s",
            f"**{pymc.usual / ours.usual:.0f} ×** ours; the first, which compiles, "
            f"{pymc.seconds[0]:.1f} s; parameters within {off:.1e} of ours, purchases of anybody "
            f"within {apart:.0e}",
        )
    ]
