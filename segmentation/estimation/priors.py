"""What businesses have in common: a log-normal prior, learned from all of them.

Each business tells how its own likelihood bends around its estimate, as information (a matrix and
a vector). Expectation and maximisation over these needs no customer of anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.estimation.climbing import Slope
from segmentation.estimation.histories import Floats

_ROUNDS: Final = 200
_STILL: Final = 1e-8
# The prior from before there was anybody counts as this many businesses.
_WEIGHT: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Logarithms of parameters, normal and independent, with these means and spreads."""

    mean: Floats
    spread: Floats

    def look(self, place: Floats) -> Slope:
        """Return the log-density (without its constant) and its derivatives."""
        off = (place - self.mean) / self.spread
        return Slope(-0.5 * float(off @ off), -off / self.spread, -np.diag(1 / self.spread**2))


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One business's log-likelihood near its estimate, as a parabola in information form."""

    matrix: Floats
    vector: Floats

    @classmethod
    def at(cls, place: Floats, likelihood: Slope) -> "Evidence":
        """Return the parabola through this place; where it bends upwards it is taken as flat."""
        bends, ways = np.linalg.eigh(-likelihood.hessian)
        matrix: Floats = (ways * np.maximum(bends, 0.0)) @ ways.T
        return cls(matrix, matrix @ place + likelihood.gradient)

    @classmethod
    def of_nothing(cls, parameters: int) -> "Evidence":
        """Return what a business tells that tells nothing."""
        return cls(np.zeros((parameters, parameters)), np.zeros(parameters))


def pooled(businesses: Sequence[Evidence], beginning: Prior) -> Prior:
    """Return the prior these businesses teach, which is `beginning` when there are none."""
    mean, variance = beginning.mean, beginning.spread**2
    for _round in range(_ROUNDS if businesses else 0):
        before = mean
        mean, variance = _round_of(businesses, beginning, mean, variance)
        if np.abs(mean - before).max() < _STILL:
            break
    return Prior(mean, np.sqrt(variance))


def _round_of(
    businesses: Sequence[Evidence], beginning: Prior, mean: Floats, variance: Floats
) -> tuple[Floats, Floats]:
    places, doubts = [], []
    for one in businesses:
        covariance = np.linalg.inv(one.matrix + np.diag(1 / variance))
        places.append(covariance @ (one.vector + mean / variance))
        doubts.append(np.diag(covariance))
    count = _WEIGHT + len(places)
    found = np.array(places)
    centre: Floats = (_WEIGHT * beginning.mean + found.sum(axis=0)) / count
    spread = ((found - centre) ** 2 + np.array(doubts)).sum(axis=0)
    return centre, (_WEIGHT * beginning.spread**2 + spread) / count
