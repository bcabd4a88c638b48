"""How many pieces of each product the next weeks bring, by its own past weeks (C070).

A product's level is the mean of its weeks, of which one eight weeks ago counts half as much as the
newest; weeks in a season are first brought to an ordinary one. Beside it stands the plain rule «as
many as in the last four weeks». Both are tried on windows of the past, of all products together:
where the level was not closer, the rule is used (rule R64).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.estimation.histories import Floats

WINDOW_WEEKS: Final = 4
LEAST_WEEKS: Final = 20
_BEFORE: Final = 12
_HALF_WEEKS: Final = 8.0
_INSIDE: Final = NormalDist().inv_cdf(0.9)
# So seldom is any of all products called away by chance alone, on a night.
_BY_CHANCE: Final = 0.05
_LEAST_PIECES: Final = 5.0
_LEAST_SHARE: Final = 0.25
# How many windows' worth a product's spread leans towards what is usual among all.
_LEANING: Final = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Pieces expected in a window, and between what they lie eight times of ten."""

    pieces: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """What is expected of the next window, what was of the last one, and how that stood the test.

    `away` is 1 where the last window brought more than chance explains, −1 where less, else 0.
    Errors are in pieces of a product and window; `inside` is the share of products whose last
    window lay between its bounds.
    """

    ahead: Expected
    last: Expected
    sold: Floats
    away: NDArray[np.int_]
    by_level: bool
    error: float
    rule_error: float
    inside: float


def foresee_weeks(weeks: Floats, seasons: Floats) -> Volumes | None:
    """Foresee each product (a row) from its weeks, oldest first; None under twenty of them.

    `seasons` are what every week's sales are multiplied by, the past ones and four to come.
    """
    known = weeks.shape[1]
    if known < LEAST_WEEKS or not weeks.shape[0]:
        return None
    ends = range(known - WINDOW_WEEKS, _BEFORE - 1, -WINDOW_WEEKS)
    sold = np.array([weeks[:, end : end + WINDOW_WEEKS].sum(axis=1) for end in ends])
    levels = np.array([_level(weeks, seasons, end) for end in ends])
    rules = np.array([_as_before(weeks, end) for end in ends])
    # What was not sold four weeks before a window was not there to be foreseen.
    there = np.array([weeks[:, : end - WINDOW_WEEKS].any(axis=1) for end in ends])
    error, rule_error = _error(sold, levels, there), _error(sold, rules, there)
    by_level = error < rule_error
    found = levels if by_level else rules
    ahead = _level(weeks, seasons, known) if by_level else _as_before(weeks, known)
    before = _spread(sold[1:], found[1:], there[1:])
    last = _bounds(found[0], before)
    within = (last.low <= sold[0]) & (sold[0] <= last.high)
    return Volumes(
        ahead=_bounds(ahead, _spread(sold, found, there)),
        last=last,
        sold=sold[0],
        away=_away(sold[0], found[0], before) * there[0],
        by_level=by_level,
        error=error,
        rule_error=rule_error,
        inside=float(within[there[0]].mean()) if there[0].any() else 1.0,
    )


def _error(sold: Floats, expected: Floats, there: NDArray[np.bool_]) -> float:
    return float(np.abs(sold - expected)[there].mean()) if there.any() else 0.0


def _level(weeks: Floats, seasons: Floats, end: int) -> Floats:
    """Return what a window after `end` brings by the level, from the first week of each product."""
    begun = np.maximum.accumulate(weeks[:, :end] > 0, axis=1)
    weights = begun * 0.5 ** (np.arange(end)[::-1] / _HALF_WEEKS)
    sums: Floats = (weights * weeks[:, :end] / seasons[:end]).sum(axis=1)
    level: Floats = sums / np.maximum(weights.sum(axis=1), 1e-9)
    return level * float(seasons[end : end + WINDOW_WEEKS].sum())


def _as_before(weeks: Floats, end: int) -> Floats:
    before: Floats = weeks[:, end - WINDOW_WEEKS : end].sum(axis=1)
    return before


def _spread(sold: Floats, expected: Floats, there: NDArray[np.bool_]) -> Floats:
    """Return how much wider than a count by chance (1) each product's windows vary."""
    ratios = np.where(there, (sold - expected) ** 2 / np.maximum(expected, 1), 0)
    own, seen = ratios.sum(axis=0), there.sum(axis=0)
    usual = float(ratios.sum()) / max(int(there.sum()), 1)
    spread: Floats = (own + _LEANING * usual) / (seen + _LEANING)
    return np.maximum(spread, 1)


def _bounds(expected: Floats, spread: Floats) -> Expected:
    width = _INSIDE * np.sqrt(spread * np.maximum(expected, 1))
    return Expected(expected, np.maximum(expected - width, 0), expected + width)


def _away(sold: Floats, expected: Floats, spread: Floats) -> NDArray[np.int_]:
    """Return which products ran away: surely, for so many of them, and by what matters."""
    surely = NormalDist().inv_cdf(1 - _BY_CHANCE / (2 * sold.size))
    off = sold - expected
    far = np.abs(off) > surely * np.sqrt(spread * np.maximum(expected, 1))
    much = np.abs(off) >= np.maximum(_LEAST_PIECES, _LEAST_SHARE * expected)
    return np.where(far & much, np.sign(off), 0).astype(np.int_)
