"""Gamma-Gamma: how much customers spend on a day they buy.

What a customer spends varies around an own mean (gamma with shape p), and means vary between
customers (inverse gamma: q, γ). Fader, Hardie & Lee (2005b); Fader & Hardie (2013), note 25.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.estimation.climbing import Slope, Summit, climb, of_logs
from segmentation.estimation.gamma import digamma, log_gamma, trigamma
from segmentation.estimation.histories import Floats, Whole
from segmentation.estimation.priors import Evidence, Prior

_START_SHAPES: Final = (3.0, 3.0)


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
    """Return the most probable parameters, or without a prior the most likely ones."""
    likelihood = _Likelihood(people.known())
    place = _start(likelihood, prior) if start is None else np.log(start.numbers)
    if prior is None:
        return _fit(climb(likelihood.look, place), None)
    summit = climb(lambda at: likelihood.look(at) + prior.look(at), place)
    return _fit(summit, prior)


def _start(crowd: "_Likelihood", prior: Prior | None) -> Floats:
    if prior is not None:
        return prior.mean
    p, q = _START_SHAPES
    usual = float(crowd.spent.sum() / crowd.days.sum()) if crowd.days.size else 1.0
    return np.log([p, q, usual * (q - 1) / p])


def _fit(summit: Summit, prior: Prior | None) -> SpendingFit:
    place, slope = summit.place, summit.slope
    covariance = np.linalg.inv(-slope.hessian)
    if prior is not None:
        slope = slope - prior.look(place)
    p, q, gamma = np.exp(place).tolist()
    model = Spending(p, q, gamma)
    errors: Floats = np.sqrt(np.diag(covariance)) * model.numbers
    return SpendingFit(model, errors, slope.height, Evidence.at(place, slope), summit.looks)


class _Likelihood:
    """The log-likelihood, with gamma functions once for each number of days."""

    def __init__(self, people: Spendings) -> None:
        self.days = people.days.astype(np.float64)
        self.spent: Floats = people.mean * self.days
        of_days = np.bincount(people.days, minlength=1)
        kinds = np.flatnonzero(of_days)
        self.kinds, self.of_kinds = kinds.astype(np.float64), of_days[kinds].astype(np.float64)
        log_spent = np.log(self.spent)
        self.days_log_spent = float(self.days @ log_spent)
        self.log_mean = float((log_spent - np.log(self.days)).sum())

    def look(self, place: Floats) -> Slope:
        """Return the height and its derivatives by the logarithms of the parameters."""
        parameters = np.exp(np.clip(place, -50, 50))
        return of_logs(self._shapes(parameters) + self._sums(parameters), parameters)

    def _shapes(self, parameters: Floats) -> Slope:
        """Return the part of the gamma functions."""
        p, q, _gamma = parameters.tolist()
        x, n = self.kinds, self.of_kinds
        whole, own, rest = p * x + q, p * x, np.array([q])
        people = float(n.sum())
        height = n @ (log_gamma(whole) - log_gamma(own)) - people * log_gamma(rest)[0]
        both, alone = digamma(whole), digamma(rest)[0]
        bend, bent = trigamma(whole), trigamma(rest)[0]
        gradient = np.array([n @ (x * (both - digamma(own))), n @ both - people * alone, 0.0])
        hessian = np.zeros((3, 3))
        hessian[0, 0] = n @ (x**2 * (bend - trigamma(own)))
        hessian[0, 1] = hessian[1, 0] = n @ (x * bend)
        hessian[1, 1] = n @ bend - people * bent
        return Slope(float(height), gradient, hessian)

    def _sums(self, parameters: Floats) -> Slope:
        """Return the part of what was spent."""
        p, q, gamma = parameters.tolist()
        people = self.days.size
        sums = gamma + self.spent
        logs, inverse = np.log(sums), 1 / sums
        shape = p * self.days + q
        log_sum, days_log = float(logs.sum()), float(self.days @ logs)
        height = people * q * np.log(gamma) + p * self.days_log_spent - self.log_mean
        height -= days_log * p + log_sum * q
        first = float(inverse.sum())
        gradient = np.array([
            self.days_log_spent - days_log,
            people * np.log(gamma) - log_sum,
            people * q / gamma - float(shape @ inverse),
        ])  # fmt: skip
        hessian = np.zeros((3, 3))
        hessian[0, 2] = hessian[2, 0] = -float(self.days @ inverse)
        hessian[1, 2] = hessian[2, 1] = people / gamma - first
        hessian[2, 2] = -people * q / gamma**2 + float(shape @ inverse**2)
        return Slope(float(height), gradient, hessian)
