"""Whether more customers than chance did not come when they were foreseen to (C070).

After each purchase day the model says by when nine of ten like this customer, if they stay, have
bought again: the far bound. Of those whose bound passed in a window some have not come by its end:
one in ten, and whoever left, which the model foresees as well. Windows before tell how far from the
model this business's customers are anyway, and how much that varies.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.estimation.buying import Buying
from segmentation.estimation.foresight import Foresight
from segmentation.estimation.histories import Floats, Histories, Whole

FAR_SHARE: Final = 0.9
WINDOW_DAYS: Final = 14
WINDOWS: Final = 7
# So seldom does a night call by chance alone.
_BY_CHANCE: Final = 0.01
_SURELY: Final = NormalDist().inv_cdf(1 - _BY_CHANCE)
_LEAST_PEOPLE: Final = 5
_LEAST_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """Bounds that passed, one each: the purchase day they stand on, the window, who is away.

    `window` 0 is the newest; `away`: nobody came until the window's end.
    """

    repeats: Whole
    age: Whole
    window: Whole
    away: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Awaited:
    """Of the newest window: how many bounds passed, how many stayed away, how many usually do."""

    people: int
    away: int
    usual: float
    called: bool


def look_at(passed: Passed, model: Buying) -> Awaited:
    """Compare the newest window with what the model, and the windows before, let expect."""
    stays = Foresight(model, Histories(passed.repeats, passed.age, passed.age)).staying
    chance: Floats = 1 - FAR_SHARE * stays
    each: list[Floats] = [
        np.ones_like(chance), passed.away.astype(np.float64), chance, chance * (1 - chance),
    ]  # fmt: skip
    people, away, expected, spread = (_summed(passed.window, weights) for weights in each)
    times = float(away[1:].sum()) / max(float(expected[1:].sum()), 1e-9)
    wide = _width(away[1:], times * expected[1:], times * spread[1:])
    # Where customers were steadier than foreseen, what is foreseen stays what is usual.
    more = max(times, 1.0)
    usual = more * float(expected[0])
    off = float(away[0]) - usual
    much = max(_LEAST_PEOPLE, _LEAST_SHARE * usual)
    sure = _SURELY * float(np.sqrt(wide * more * spread[0]))
    return Awaited(int(people[0]), int(away[0]), usual, off > sure and off >= much)


def _summed(window: Whole, weights: Floats) -> Floats:
    found: Floats = np.bincount(window, weights, WINDOWS).astype(np.float64)
    return found


def _width(away: Floats, usual: Floats, spread: Floats) -> float:
    """Return how much wider than by chance (1) the windows before varied."""
    known = spread > 0
    if not known.any():
        return 1.0
    return max(float(((away - usual)[known] ** 2 / spread[known]).mean()), 1.0)
