"""What a model of buying foresees for each customer."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.estimation.buying import Buying, Family
from segmentation.estimation.histories import Floats, Histories, Whole

_FLAT: Final = 1e-9
_SMALL: Final = 1e-17
_MOST_TERMS: Final = 200_000
_LOOK_EVERY: Final = 16


class Foresight:
    """A crowd under a model.

    What depends on the number of purchases and the age alone is worked out once for each such
    pair, however many customers share it.
    """

    def __init__(self, model: Buying, people: Histories) -> None:
        self.model = model
        self.people = people
        self._days: Floats = model.alpha + np.arange(int(people.age.max(initial=0)) + 1.0)
        self._rates: Floats = model.r + np.arange(int(people.repeats.max(initial=0)) + 1.0)
        self.staying = self._staying()
        places = people.repeats * self._days.size + people.age
        taken = np.zeros(self._rates.size * self._days.size, dtype=np.bool_)
        taken[places] = True
        self._pairs = np.flatnonzero(taken)
        repeats, age = np.divmod(self._pairs, self._days.size)
        self._kinds, self._of_kinds = np.unique(repeats, return_inverse=True)
        self._ages, self._of_ages = np.unique(age, return_inverse=True)
        rank = np.zeros(taken.size, dtype=np.int32)
        rank[self._pairs] = np.arange(self._pairs.size, dtype=np.int32)
        self._pair_of: NDArray[np.int32] = rank[places]

    def _staying(self) -> Floats:
        """Return the probability that each has not left: P(alive) of the literature."""
        model, people = self.model, self.people
        logs = np.log(self._days)
        chances = model.b - 1 + model.family + np.arange(self._rates.size)
        chances[: 1 - model.family] = 1.0
        lead = np.log(model.a) - np.log(chances)
        with np.errstate(over="ignore"):
            odds = np.exp(
                lead[people.repeats]
                + self._rates[people.repeats] * (logs[people.age] - logs[people.last])
            )
        if model.family is Family.BG:
            odds[people.repeats == 0] = 0.0
        found: Floats = 1 / (1 + odds)
        return found

    def active(self, days: float) -> Floats:
        """Return the probability of at least one purchase day within so many days. Exact."""
        rate, now = self._of_pairs()
        comes = -np.expm1(rate * (np.log(now) - np.log(now + days)))
        found: Floats = self.staying * comes[self._pair_of]
        return found

    def purchases(self, days: float) -> Floats:
        """Return the expected number of purchase days within so many days."""
        return self.staying * self._if_staying(np.array([days]), np.ones(1))[self._pair_of]

    def worth(self, *, steps: int, step_days: float, discount: float) -> Floats:
        """Return expected purchase days of so many steps, each counted as of today.

        A purchase in step k is worth (1 + discount)^-k of one now.
        """
        values = (1 + discount) ** -np.arange(1, steps + 1, dtype=np.float64)
        falls = values - np.append(values[1:], 0.0)
        days: Floats = step_days * np.arange(1, steps + 1, dtype=np.float64)
        whole: Floats = self._if_staying(days, falls)[self._pair_of]
        return self.staying * whole

    def median_wait(self) -> Floats:
        """Return the days within which half of customers like each, if they stay, buy again."""
        return self.wait(0.5)

    def wait(self, share: float) -> Floats:
        """Return the days within which such a share of customers like each, if they stay, do."""
        rate, now = self._of_pairs()
        with np.errstate(over="ignore"):
            waits = now * np.expm1(-np.log1p(-share) / rate)
        found: Floats = waits[self._pair_of]
        return found

    def interval(self, days: float, level: float = 0.8) -> tuple[Whole, Whole]:
        """Return between which numbers purchase days will lie with this probability. Exact."""
        rest = (1 - level) / 2
        low, high = np.zeros(len(self.people), np.int64), np.zeros(len(self.people), np.int64)
        for of_pairs in self._tails(days):
            tail = self.staying * of_pairs[self._pair_of]
            low += tail > 1 - rest
            high += tail > rest
            if not (tail > rest).any():
                break
        return low, high

    def _tails(self, days: float) -> Iterator[Floats]:
        """Yield the chance of at least one, two, three … purchase days of who has not left.

        As many as the rate brings (negative binomial), and as many as the leaving allows
        (geometric, its chance a beta): given that one has not left, the two know nothing of each
        other, so the chances multiply.
        """
        model = self.model
        rate, now = self._of_pairs()
        far = days / (now + days)
        mass = np.exp(rate * (np.log(now) - np.log(now + days)))
        stays = model.b + model.family + rate - model.r
        fewer, allowed, n = mass.copy(), np.ones_like(mass), 0
        while True:
            yield (1 - fewer) * allowed
            allowed *= (stays + n) / (model.a + stays + n)
            mass *= far * (rate + n) / (n + 1)
            fewer += mass
            n += 1

    def _of_pairs(self) -> tuple[Floats, Floats]:
        rate: Floats = self._rates[self._kinds][self._of_kinds]
        now: Floats = self._days[self._ages][self._of_ages]
        return rate, now

    def _if_staying(self, days: Floats, weights: Floats) -> Floats:
        """Return expected purchase days of each pair's customers who have not left.

        Within so many days, several times over: the weighted sum. The published form is
        (c / (a − 1)) · (1 − (1 − z)^(r+x) · ₂F₁(r+x, b+x+k; c; z)). Euler's transformation makes
        it a series that converges for every z, and lets a pass through 1.
        """
        model = self.model
        now = self._days[self._ages][:, np.newaxis]
        near, less = np.log(now) - np.log(now + days), model.a - 1
        shape = model.a + model.b + model.family - 1
        first = (-np.expm1(less * near) / less if abs(less) > _FLAT else -near) @ weights
        c = shape + self._kinds
        rest = _series(
            shape - model.r, model.a, c, days / (now + days), np.exp(less * near) * weights
        )
        found: Floats = (c[:, np.newaxis] * (first - rest))[self._of_kinds, self._of_ages]
        return found


def _series(u: float, v: float, c: Floats, z: Floats, weights: Floats) -> Floats:
    """Return Σ (u)ₙ (v)ₙ₋₁ / ((c)ₙ n!) · zⁿ over n ≥ 1: (₂F₁(u, v−1; c; z) − 1) / (v − 1).

    For each c and each row of z, whose columns are summed by weight. What c is in does not depend
    on z, so a few terms at once are a product of matrices; columns whose terms have come to
    nothing for the smallest c, where they last longest, are left out.
    """
    found = np.zeros((c.size, z.shape[0]))
    rows = np.repeat(np.arange(z.shape[0]), z.shape[1])
    z, power = z.ravel(), (z * weights).ravel()
    whole, factor = np.abs(power), u / c
    begin, slowest = np.abs(factor).max(), int(np.argmin(c))
    for n in range(1, _MOST_TERMS, _LOOK_EVERY):
        factors, powers = [], []
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        for m in range(n, n + _LOOK_EVERY):
            factors.append(factor)
            powers.append(np.add.reduceat(power, starts))
            factor = factor * ((u + m) * (v + m - 1)) / ((c + m) * (m + 1))
            power = power * z
        found[:, rows[starts]] += np.array(factors).T @ np.array(powers)
        more = np.abs(factor[slowest] * power) > _SMALL * begin * whole
        if not more.any():
            break
        rows, z, power, whole = rows[more], z[more], power[more], whole[more]
    return found
