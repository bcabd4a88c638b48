"""Pareto/NBD: customers may leave at any time, not only after a purchase. Estimated on demand.

Purchases come at a rate that differs by customer (gamma: r, α); a customer stays for a lifetime
whose rate of ending differs too (gamma: s, β). Schmittlein, Morrison & Colombo (1987).

The printed likelihood has a pair of hypergeometric functions for each customer. Both are the same
integral over the day on which somebody may have left; it is summed here at Gauss's nodes, in the
logarithm of time, so that every derivative is the same sum with other terms. Time is in days.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.estimation.climbing import Slope, climb, of_logs
from segmentation.estimation.gamma import digamma, log_gamma, trigamma
from segmentation.estimation.histories import Floats, Histories, Patterns

_NODES: Final = 48
_AT, _WIDTH = np.polynomial.legendre.leggauss(_NODES)
_BLOCK: Final = 4_096
_FLAT: Final = 1e-9
_LEAST: Final = 1e-300
# A year of 52 weeks, as the published figures count.
_YEAR: Final = 364
# Double exponential nodes for what is spent from now to never.
_FAR: Final = np.linspace(-4.5, 4.5, 400)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """The four parameters; `alpha` and `beta` are in days."""

    r: float
    alpha: float
    s: float
    beta: float

    @property
    def numbers(self) -> Floats:
        """Return the parameters in order."""
        return np.array([self.r, self.alpha, self.s, self.beta])


@dataclass(frozen=True, slots=True, eq=False)
class LifetimesFit:
    """An estimate with its standard errors."""

    model: Lifetimes
    errors: Floats
    log_likelihood: float
    looks: int


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """When each may have left: nodes between the last purchase and now, and now for who stays.

    `share` is the chance of each, given all that is known; the last column is having stayed.
    """

    days: Floats
    share: Floats
    log_odds: Floats


def fit_lifetimes(people: Patterns, start: Lifetimes | None = None) -> LifetimesFit:
    """Return the most likely parameters. Raises NoSummitError."""
    days = float(people.weights @ people.histories.age) or 1.0
    bought = float(people.weights @ people.histories.repeats) or 1.0
    middling = Lifetimes(0.5, 0.5 * days / bought, 0.5, 0.5 * days / bought)
    begin = np.log((start or middling).numbers)
    summit = climb(lambda place: of_logs(_look(people, np.exp(place)), np.exp(place)), begin)
    model = Lifetimes(*np.exp(summit.place).tolist())
    covariance = np.linalg.inv(-summit.slope.hessian)
    errors: Floats = np.sqrt(np.diag(covariance)) * model.numbers
    return LifetimesFit(model, errors, summit.slope.height, summit.looks)


def staying(model: Lifetimes, people: Histories) -> Floats:
    """Return the chance that each has not left."""
    found = np.empty(len(people))
    for place, part in _blocks(people):
        found[place] = _left(model.numbers, part).share[:, -1]
    return found


def purchases(model: Lifetimes, people: Histories, days: float) -> Floats:
    """Return the expected number of purchase days within so many days."""
    rate, ahead = _rate(model, people), model.beta + people.age
    less = model.s - 1
    near = np.log(ahead) - np.log(ahead + days)
    spent = -np.expm1(less * near) / less if abs(less) > _FLAT else -near
    found: Floats = staying(model, people) * rate * ahead * spent
    return found


def discounted(model: Lifetimes, people: Histories, yearly: float) -> Floats:
    """Return expected purchase days from now to never, each worth less by `yearly` a year.

    The published form has a confluent hypergeometric function; this is its integral.
    """
    delta = np.log1p(yearly) / _YEAR
    ahead = (model.beta + people.age)[:, None]
    far = np.exp(_FAR - np.exp(-_FAR)) / delta
    width = far * (1 + np.exp(-_FAR)) * (_FAR[1] - _FAR[0])
    inside = np.exp(model.s * (np.log(ahead) - np.log(ahead + far)) - delta * far)
    found: Floats = staying(model, people) * _rate(model, people) * (inside @ width)
    return found


def _rate(model: Lifetimes, people: Histories) -> Floats:
    found: Floats = (model.r + people.repeats) / (model.alpha + people.age)
    return found


def _blocks(people: Histories) -> list[tuple[slice, Histories]]:
    found = []
    for at in range(0, len(people), _BLOCK):
        place = slice(at, at + _BLOCK)
        part = Histories(people.repeats[place], people.last[place], people.age[place])
        found.append((place, part))
    return found


def _left(numbers: Floats, people: Histories) -> _Left:
    """Weigh the days on which each may have left against having stayed."""
    r, alpha, s, beta = numbers.tolist()
    repeats = people.repeats[:, None].astype(np.float64)
    age = people.age[:, None].astype(np.float64)
    # Equal steps of the logarithm of time, from where the quicker of the two begins.
    base = min(alpha, beta)
    low, high = np.log(base + people.last[:, None]), np.log(base + age)
    half = (high - low) / 2
    days = np.exp(low + half * (1 + _AT)) - base
    logs = (
        np.log(s) + s * np.log(beta + age) + (r + repeats) * np.log(alpha + age)
        - (r + repeats) * np.log(alpha + days) - (s + 1) * np.log(beta + days)
        + np.log(np.maximum(half, _LEAST) * _WIDTH) + np.log(base + days)
    )  # fmt: skip
    logs = np.concatenate((logs, np.zeros_like(age)), axis=1)
    top = logs.max(axis=1, keepdims=True)
    shares = np.exp(logs - top)
    total = shares.sum(axis=1, keepdims=True)
    every = np.concatenate((days, age), axis=1)
    return _Left(every, shares / total, (top + np.log(total))[:, 0])


def _look(people: Patterns, numbers: Floats) -> Slope:
    """Return the log-likelihood with gradient and Hessian by the parameters themselves.

    Were it known when everybody left, the likelihood would be a product; its first and second
    derivatives are averaged over what is not known, and their spread is added (Louis, 1982).
    """
    slope = Slope(0.0, np.zeros(4), np.zeros((4, 4)))
    for place, part in _blocks(people.histories):
        slope = slope + _part(part, people.weights[place], numbers)
    return slope


def _part(people: Histories, weights: Floats, numbers: Floats) -> Slope:
    r, alpha, s, beta = numbers.tolist()
    left, repeats = _left(numbers, people), people.repeats.astype(np.float64)
    age, stayed = people.age.astype(np.float64), np.zeros(left.days.shape[1])
    stayed[-1] = 1.0
    more = r + repeats
    heights = (
        log_gamma(more) - log_gamma(np.array([r])) + r * np.log(alpha) + s * np.log(beta)
        - more * np.log(alpha + age) - s * np.log(beta + age) + left.log_odds
    )  # fmt: skip
    to_buy, to_leave = alpha + left.days, beta + left.days
    ends = s + 1 - stayed
    scores = np.stack([
        np.broadcast_to(
            (digamma(more) - digamma(np.array([r])) + np.log(alpha))[:, None], to_buy.shape
        ) - np.log(to_buy),
        r / alpha - more[:, None] / to_buy,
        np.log(beta) + (1 - stayed) / s - np.log(to_leave),
        s / beta - ends / to_leave,
    ])  # fmt: skip
    means = (scores * left.share).sum(axis=2)
    spread = np.einsum("irn,jrn,rn->ijr", scores, scores, left.share)
    spread -= means[:, None] * means[None]
    curves = np.zeros((4, 4, len(people)))
    curves[0, 0] = trigamma(more) - trigamma(np.array([r]))
    curves[0, 1] = curves[1, 0] = 1 / alpha - (left.share / to_buy).sum(axis=1)
    curves[1, 1] = -r / alpha**2 + more * (left.share / to_buy**2).sum(axis=1)
    curves[2, 2] = -(1 - left.share[:, -1]) / s**2
    curves[2, 3] = curves[3, 2] = 1 / beta - (left.share / to_leave).sum(axis=1)
    curves[3, 3] = -s / beta**2 + (left.share * ends / to_leave**2).sum(axis=1)
    return Slope(float(weights @ heights), means @ weights, (curves + spread) @ weights)
