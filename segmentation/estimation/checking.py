"""How good probabilities were, once it is known who came."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.estimation.histories import Floats

BINS: Final = 10
Came = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Customers of like probability: how many, what was foreseen on average, what share came."""

    people: int
    foreseen: float
    came: float


def brier(foreseen: Floats, came: Came) -> float:
    """Return the mean squared error of the probabilities: 0 is perfect."""
    return float(np.mean((foreseen - came) ** 2))


def better_by(foreseen: Floats, rule: Floats, came: Came) -> tuple[float, float]:
    """Return how much smaller the first one's squared errors are on average, and the doubt."""
    gains = (rule - came) ** 2 - (foreseen - came) ** 2
    return float(gains.mean()), float(gains.std() / np.sqrt(gains.size))


def auc(score: Floats, came: Came) -> float:
    """Return the chance that one who came scored above one who did not; a tie is half.

    A half when everybody came or nobody did: then there is nothing to tell apart.
    """
    people, with_it = came.size, int(came.sum())
    if with_it in {0, people}:
        return 0.5
    _values, place, count = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    least = with_it * (with_it + 1) / 2
    return float((ranks[came].sum() - least) / (with_it * (people - with_it)))


def reliability(foreseen: Floats, came: Came) -> list[Bin]:
    """Return tenths of the customers by probability, lowest first; equal ones stay together."""
    before = np.searchsorted(np.sort(foreseen), foreseen, "left")
    place = before * BINS // max(foreseen.size, 1)
    people = np.bincount(place, minlength=BINS)
    sums = np.bincount(place, foreseen, BINS), np.bincount(place, came, BINS)
    return [
        Bin(int(count), float(hoped / count), float(seen / count))
        for count, hoped, seen in zip(people, *sums, strict=True)
        if count
    ]


def calibration_error(bins: list[Bin]) -> float:
    """Return how far the shares that came are from what was foreseen, averaged over customers."""
    people = sum(one.people for one in bins)
    return sum(one.people * abs(one.foreseen - one.came) for one in bins) / max(people, 1)
