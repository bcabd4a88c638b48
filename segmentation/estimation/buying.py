"""BG/NBD and MBG/NBD: how often customers buy while they stay, and how soon they leave.

Purchases of one customer come at a rate that differs by customer (gamma: r, α); after each, the
customer leaves with a probability that differs too (beta: a, b). In BG/NBD nobody leaves before
the second purchase, in MBG/NBD the first may already have been the last.
Fader, Hardie & Lee (2005); Batislam, Denizel & Filiztekin (2007). Time is in days throughout.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from segmentation.estimation.climbing import Slope, Summit, climb, of_logs
from segmentation.estimation.histories import Floats, Histories, Patterns, Whole
from segmentation.estimation.priors import Evidence, Prior

_THINNED_FROM: Final = 20_000
_BLOCK: Final = 8_192
_NEVER: Final = -700.0  # e to this is still a number


class Family(IntEnum):
    """Which of the two: the value is how many chances to leave come with the first purchase."""

    BG = 0
    MBG = 1


@dataclass(frozen=True, slots=True)
class Buying:
    """A family with its four parameters; `alpha` is in days."""

    family: Family
    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def of_logs(cls, family: Family, place: Floats) -> "Buying":
        r, alpha, a, b = np.exp(place).tolist()
        return cls(family, r, alpha, a, b)

    @property
    def numbers(self) -> Floats:
        """Return the parameters in order."""
        return np.array([self.r, self.alpha, self.a, self.b])


@dataclass(frozen=True, slots=True, eq=False)
class BuyingFit:
    """An estimate with its doubts."""

    model: Buying
    errors: Floats
    log_likelihood: float
    evidence: Evidence
    looks: int


def fit_buying(
    people: Patterns, family: Family, *, prior: Prior | None = None, start: Buying | None = None
) -> BuyingFit:
    """Return the most probable parameters, or without a prior the most likely ones.

    Many customers are first climbed on a tenth of their patterns; a `start` of yesterday spares it.
    """
    whole = Likelihood(people, family)
    place = _start(people, family, prior) if start is None else np.log(start.numbers)
    if start is None and people.weights.size > _THINNED_FROM:
        part = Likelihood(people.every(10), family)
        place = _summit(part, prior, place).place
    return _fit(whole, prior, _summit(whole, prior, place))


def _start(people: Patterns, family: Family, prior: Prior | None) -> Floats:
    """Return the prior's middle, or a middling customer with this crowd's own rate."""
    if prior is not None:
        return prior.mean
    seen, weights = people.histories, people.weights
    days = float(weights @ seen.age) or 1.0
    bought = float(weights @ seen.repeats) or 1.0
    r = 0.5
    return np.log([r, r * days / bought, 1.0, 2.0 + family])


def _summit(likelihood: "Likelihood", prior: Prior | None, start: Floats) -> Summit:
    if prior is None:
        return climb(likelihood.look, start)
    return climb(lambda place: likelihood.look(place) + prior.look(place), start)


def _fit(likelihood: "Likelihood", prior: Prior | None, summit: Summit) -> BuyingFit:
    place, slope = summit.place, summit.slope
    covariance = np.linalg.inv(-slope.hessian)
    if prior is not None:
        slope = slope - prior.look(place)
    model = Buying.of_logs(likelihood.family, place)
    errors: Floats = np.sqrt(np.diag(covariance)) * model.numbers
    return BuyingFit(model, errors, slope.height, Evidence.at(place, slope), summit.looks)


class Likelihood:
    """The log-likelihood of a crowd, with its derivatives.

    Gamma functions meet only in quotients whose arguments differ by whole numbers, so running sums
    over the number of purchases stand for them; logarithms of time are one a day, not one a
    customer. What is left for each pattern is the chance of having left, in which its purchases
    and its silence meet.
    """

    def __init__(self, people: Patterns, family: Family) -> None:
        seen, weights = people.histories, people.weights
        self.family = family
        self.repeats = int(seen.repeats.max(initial=0)) + 1
        self.days = int(seen.age.max(initial=0)) + 1
        self.of_repeats = np.bincount(seen.repeats, weights, self.repeats)
        self.of_age = np.bincount(seen.age, weights, self.days)
        self.bought_at_age = np.bincount(seen.age, weights * seen.repeats, self.days)
        may_leave = np.flatnonzero(seen.repeats + family > 0)
        self.blocks = [
            _Block(seen, weights, may_leave[begin : begin + _BLOCK])
            for begin in range(0, may_leave.size, _BLOCK)
        ]

    def look(self, place: Floats) -> Slope:
        """Return the height and its derivatives by the logarithms of the parameters."""
        parameters = np.exp(np.clip(place, -50, 50))
        tables = _Tables(self, parameters)
        natural = self._rates(parameters, tables) + self._chances(parameters)
        for block in self.blocks:
            natural += block.left(parameters, tables)
        return of_logs(natural, parameters)

    def _rates(self, parameters: Floats, tables: "_Tables") -> Slope:
        """Return what r and α alone have to do with."""
        r, alpha = parameters[:2].tolist()
        people = float(self.of_age.sum())
        one, two, three = _climbing_sums(r, self.repeats)
        logs = float(self.of_age @ tables.log_day)
        paid = float(self.bought_at_age @ tables.log_day)
        inverse = float(self.of_age @ tables.inverse_day)
        rx_inverse = r * inverse + float(self.bought_at_age @ tables.inverse_day)
        rx_square = float((r * self.of_age + self.bought_at_age) @ tables.inverse_day**2)
        height = float(self.of_repeats @ one) + people * r * np.log(alpha) - r * logs - paid
        gradient = np.zeros(4)
        gradient[0] = float(self.of_repeats @ two) + people * np.log(alpha) - logs
        gradient[1] = people * r / alpha - rx_inverse
        hessian = np.zeros((4, 4))
        hessian[0, 0] = -float(self.of_repeats @ three)
        hessian[0, 1] = hessian[1, 0] = people / alpha - inverse
        hessian[1, 1] = -people * r / alpha**2 + rx_square
        return Slope(height, gradient, hessian)

    def _chances(self, parameters: Floats) -> Slope:
        """Return what a and b alone have to do with: everybody stayed after all but the last."""
        a, b = parameters[2:].tolist()
        shift = int(self.family)
        weights = np.concatenate((np.zeros(shift), self.of_repeats))
        of_b = [float(weights @ sums) for sums in _climbing_sums(b, weights.size)]
        of_both = [float(weights @ sums) for sums in _climbing_sums(a + b, weights.size)]
        gradient = np.array([0, 0, -of_both[1], of_b[1] - of_both[1]])
        hessian = np.zeros((4, 4))
        hessian[2:, 2:] = of_both[2]
        hessian[3, 3] -= of_b[2]
        return Slope(of_b[0] - of_both[0], gradient, hessian)


class _Tables:
    """Logarithms and inverses, one a day and one a number of purchases."""

    def __init__(self, crowd: Likelihood, parameters: Floats) -> None:
        r, alpha, a, b = parameters.tolist()
        days = alpha + np.arange(crowd.days)
        chances = b - 1 + crowd.family + np.arange(crowd.repeats)
        if crowd.family is Family.BG:
            chances[0] = 1.0  # nobody who bought once can have left: not looked at
        self.log_day: Floats = np.log(days)
        self.inverse_day: Floats = 1 / days
        self.log_odds: Floats = np.log(a) - np.log(chances)
        self.inverse_chance: Floats = 1 / chances
        self.rate: Floats = r + np.arange(crowd.repeats)


class _Block:
    """Some patterns, few enough for all steps over them to stay in the processor's cache."""

    def __init__(self, seen: Histories, weights: Floats, chosen: Whole) -> None:
        self.repeats, self.last = seen.repeats[chosen], seen.last[chosen]
        self.age, self.weights = seen.age[chosen], weights[chosen]

    def left(self, parameters: Floats, tables: _Tables) -> Slope:
        """Return what the chance of having left adds: ln(1 + odds), and its derivatives."""
        now, then = tables.inverse_day[self.age], tables.inverse_day[self.last]
        silence = tables.log_day[self.age] - tables.log_day[self.last]
        rate, chance = tables.rate[self.repeats], tables.inverse_chance[self.repeats]
        odds = np.maximum(tables.log_odds[self.repeats] + rate * silence, _NEVER)
        gone = 1 / (1 + np.exp(-odds))
        height = float(self.weights @ (odds - np.log(gone)))
        weight = self.weights * gone
        lead, fall = 1 / float(parameters[2]), now - then
        by = (silence, rate * fall, -chance)
        slopes = _products(weight, by, lead)
        hessian = _crosses(weight * (1 - gone), by, lead)
        hessian[0, 1] += weight @ fall
        hessian[1, 0] = hessian[0, 1]
        hessian[1, 1] -= weight @ (by[1] * (then + now))
        hessian[2, 2] -= float(weight.sum()) * lead**2
        hessian[3, 3] += weight @ chance**2
        return Slope(height, slopes, hessian)


def _products(weight: Floats, by: tuple[Floats, Floats, Floats], lead: float) -> Floats:
    """Return the weighted sums of the three columns, with those of the constant third between."""
    first, second, last = (float(weight @ column) for column in by)
    return np.array([first, second, float(weight.sum()) * lead, last])


def _crosses(weight: Floats, by: tuple[Floats, Floats, Floats], lead: float) -> Floats:
    """Return the weighted sums of all products of columns, by products of vectors alone.

    A product of matrices would be handed to threads, which costs more than it brings here.
    """
    found = np.empty((4, 4))
    found[2] = _products(weight, by, lead) * lead
    for row, column in zip((0, 1, 3), by, strict=True):
        found[row] = _products(weight * column, by, lead)
    return found


def _climbing_sums(start: float, size: int) -> tuple[Floats, Floats, Floats]:
    """Return Σ ln(s+j), Σ 1/(s+j) and Σ 1/(s+j)² over j < n, for every n below `size`."""
    steps = start + np.arange(size - 1)
    sums = [np.concatenate(([0.0], np.cumsum(part))) for part in (np.log(steps), 1 / steps)]
    return sums[0], sums[1], np.concatenate(([0.0], np.cumsum(1 / steps**2)))
