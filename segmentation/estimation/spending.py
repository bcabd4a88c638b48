"""Gamma-Gamma: how much customers spend on a day they buy.

What a customer spends varies around an own mean (gamma with shape p), and means vary between
customers (inverse gamma: q, γ). Fader, Hardie & Lee (2005b); Fader & Hardie (2013), note 25.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.estimation.climbing import (
    NoSummitError,
    Slope,
    Summit,
    climb,
    of_logs,
    seen_along,
)
from segmentation.estimation.gamma import digamma_rest, stirling_rest, trigamma
from segmentation.estimation.histories import Floats, Whole
from segmentation.estimation.priors import Evidence, Prior

_START_SHAPES: Final = (3.0, 3.0)
# ln p, ln q, ln γ of ln p, ln q, ln (pγ/q): the usual day is known far better than the shapes, and
# where all spend alike three steep parameters would hide the two flat ways between them.
_OF_MEANS: Final = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 1.0, 1.0]])
_TO_MEANS: Final = np.linalg.inv(_OF_MEANS)
# In a shop with one price the shapes know no end. From e^14 on a day is foreseen to a thousandth:
# all spend alike, and how much more alike tells nothing, least of all about other businesses.
_ALIKE: Final = 14.0


@dataclass(frozen=True, slots=True, eq=False)
class Spendings:
    """Days on which each customer bought, and their mean spending on such a day."""

    days: Whole
    mean: Floats

    def known(self) -> "Spendings":
        """Return those who spent anything: the others say nothing of amounts."""
        spent = (self.days > 0) & (self.mean > 0)
        return Spendings(self.days[spent], self.mean[spent])


@dataclass(frozen=True, slots=True)
class Spending:
    """The three parameters; `gamma` is in the money of the spendings."""

    p: float
    q: float
    gamma: float

    @property
    def numbers(self) -> Floats:
        """Return the parameters in order."""
        return np.array([self.p, self.q, self.gamma])

    def in_units_of(self, unit: float) -> "Spending":
        """Return the same of amounts told in another unit."""
        return Spending(self.p, self.q, self.gamma / unit)

    @property
    def mean(self) -> float:
        """Return the mean day of customers yet unknown; infinite when q is 1 or less."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def expected(self, people: Spendings) -> Floats:
        """Return what a day of each will be: their own mean, drawn to everybody's."""
        days = np.where(people.mean > 0, people.days, 0)
        found: Floats = self.p * (self.gamma + days * people.mean) / (self.p * days + self.q - 1)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class SpendingFit:
    """An estimate with its doubts."""

    model: Spending
    errors: Floats
    log_likelihood: float
    evidence: Evidence
    looks: int


def fit_spending(
    people: Spendings, *, prior: Prior | None = None, start: Spending | None = None
) -> SpendingFit:
    """Return the most probable parameters, or without a prior the most likely ones.

    Raises NoSummitError where without a prior there are none, as when all means are one.
    """
    likelihood = _Likelihood(people.known())

    def look(place: Floats) -> Slope:
        here = likelihood.look(place)
        return here + prior.look(place) if prior else here

    place = _start(likelihood, prior) if start is None else np.log(start.numbers)
    if _far(_TO_MEANS @ place):
        place = _start(likelihood, prior)
    summit = climb(
        lambda at: seen_along(look(_OF_MEANS @ at), _OF_MEANS),
        _TO_MEANS @ place,
        farthest=_ALIKE if prior else float("inf"),
    )
    return _fit(summit, prior)


def _start(crowd: "_Likelihood", prior: Prior | None) -> Floats:
    if prior is not None:
        return prior.mean
    p, q = _START_SHAPES
    usual = float(crowd.spent.sum() / crowd.days.sum()) if crowd.days.size else 1.0
    return np.log([p, q, usual * (q - 1) / p])


def _fit(summit: Summit, prior: Prior | None) -> SpendingFit:
    place, slope = _OF_MEANS @ summit.place, seen_along(summit.slope, _TO_MEANS)
    if prior is not None:
        slope = slope - prior.look(place)
    if prior is not None and _far(summit.place):
        variance, evidence = prior.spread**2, Evidence.of_nothing(place.size)
    else:
        variance, evidence = _variance(summit.slope), Evidence.at(place, slope)
    p, q, gamma = np.exp(place).tolist()
    model = Spending(p, q, gamma)
    errors: Floats = np.sqrt(variance) * model.numbers
    return SpendingFit(model, errors, slope.height, evidence, summit.looks)


def _far(place: Floats) -> bool:
    return float(np.abs(place).max()) > _ALIKE


def _variance(slope: Slope) -> Floats:
    """Return the doubt of ln p, ln q and ln γ. Raises NoSummitError where it has no end."""
    found = np.diag(_OF_MEANS @ np.linalg.inv(-slope.hessian) @ _OF_MEANS.T)
    if not (found > 0).all():
        raise NoSummitError("what was found is no summit")
    return found


class _Likelihood:
    """The log-likelihood, with gamma functions once for each number of days.

    With a = px, b = q and u = s / (s + γ) a customer counts −ln B(a, b) + a ln u + b ln(1 − u).
    Where all spend alike a and b grow to millions and these terms nearly cancel; so Stirling's
    main parts are joined to them: what is left is how far u is from a / (a + b), and digits last.
    """

    def __init__(self, people: Spendings) -> None:
        self.days = people.days.astype(np.float64)
        self.spent: Floats = people.mean * self.days
        of_days = np.bincount(people.days, minlength=1)
        kinds = np.flatnonzero(of_days)
        self.kinds, self.of_kinds = kinds.astype(np.float64), of_days[kinds].astype(np.float64)
        self.log_mean = float((np.log(self.spent) - np.log(self.days)).sum())

    def look(self, place: Floats) -> Slope:
        """Return the height and its derivatives by the logarithms of the parameters."""
        parameters = np.exp(np.clip(place, -50, 50))
        return of_logs(self._shapes(parameters) + self._sums(parameters), parameters)

    def _shapes(self, parameters: Floats) -> Slope:
        """Return what the gamma functions have besides Stirling's main part."""
        p, q, _gamma = parameters.tolist()
        x, n = self.kinds, self.of_kinds
        whole, own, rest = p * x + q, p * x, np.array([q])
        people = float(n.sum())
        height = n @ (
            stirling_rest(whole) - stirling_rest(own) + 0.5 * (np.log(own) - np.log(whole))
        )
        height += people * float(0.5 * np.log(q / (2 * np.pi)) - stirling_rest(rest)[0])
        both, bend, bent = digamma_rest(whole), trigamma(whole), trigamma(rest)[0]
        gradient = np.array([
            n @ (x * (both - digamma_rest(own))),
            n @ both - people * digamma_rest(rest)[0],
            0.0,
        ])  # fmt: skip
        hessian = np.zeros((3, 3))
        hessian[0, 0] = n @ (x**2 * (bend - trigamma(own)))
        hessian[0, 1] = hessian[1, 0] = n @ (x * bend)
        hessian[1, 1] = n @ bend - people * bent
        return Slope(float(height), gradient, hessian)

    def _sums(self, parameters: Floats) -> Slope:
        """Return the part of what was spent, with Stirling's main part."""
        p, q, gamma = parameters.tolist()
        people = self.days.size
        inverse = 1 / (gamma + self.spent)
        off = (q * self.spent - p * gamma * self.days) * inverse
        above, below = np.log1p(off / (p * self.days)), np.log1p(-off / q)
        days_above, all_below = float(self.days @ above), float(below.sum())
        gradient = np.array([days_above, all_below, float(off.sum()) / gamma])
        hessian = np.zeros((3, 3))
        hessian[0, 2] = hessian[2, 0] = -float(self.days @ inverse)
        hessian[1, 2] = hessian[2, 1] = people / gamma - float(inverse.sum())
        hessian[2, 2] = -people * q / gamma**2 + float((p * self.days + q) @ inverse**2)
        return Slope(p * days_above + q * all_below - self.log_mean, gradient, hessian)
