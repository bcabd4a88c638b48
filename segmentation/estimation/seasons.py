"""How much more or less is sold in a season, and whether knowing it foresees better.

The logarithm of a day's sales is a weekday, a slow trend and what the seasons of the day add; each
season leans towards adding nothing. Whether the calendar helps is tried on the business's own
past: from before each of the last windows the next one is foreseen with it and without.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.estimation.histories import Floats, Whole

_WEEK: Final = 7
_KNOT_DAYS: Final = 91
_HELD: Final = 28
_LEAST_DAYS: Final = 400
_SURELY: Final = 0.98
_HALF: Final = 0.5
_LEAST: Final = 1e-9
# How strongly weekdays, the trend and seasons lean towards nothing: like so many days' worth.
_OF_WEEKDAY: Final = 0.01
_OF_TREND: Final = 2.0
_OF_SEASON: Final = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Seasonal:
    """What each season multiplies a day's sales by, and the mean error of both ways to foresee.

    `weekdays` are what the days of a week are to their mean, from Monday.
    """

    factors: Floats
    weekdays: Floats
    error: float
    error_without: float

    @property
    def helps(self) -> bool:
        """Tell whether foreseeing with the calendar came surely closer to what happened."""
        return self.error < _SURELY * self.error_without


def seasonal(sold: Floats, first_weekday: int, seasons: Floats) -> Seasonal | None:
    """Return the seasons' factors of a run of days, one row of `seasons` a day.

    None under four hundred days: no season has come round yet.
    """
    days = sold.size
    if days < _LEAST_DAYS:
        return None
    weekday = (np.arange(days) + first_weekday) % _WEEK
    logs: Floats = np.log(sold + _HALF)
    ends = range(days, _LEAST_DAYS - _HELD, -_HELD)
    errors = np.array([_errors(logs, sold, weekday, seasons, end) for end in ends])
    error, without = errors.mean(axis=0).tolist()
    found = _fit(logs, weekday, seasons)
    factors: Floats = np.exp(found[-seasons.shape[1] :])
    weekdays: Floats = np.exp(found[:_WEEK])
    return Seasonal(factors, weekdays / weekdays.mean(), error, without)


def _errors(
    logs: Floats, sold: Floats, weekday: Whole, seasons: Floats, end: int
) -> tuple[float, float]:
    """Return the mean absolute error of the window before `end`, with the calendar and without."""
    start = end - _HELD
    found = []
    for known in (seasons, seasons[:, :0]):
        coefficients = _fit(logs[:start], weekday[:start], known[:start])
        ahead = _table(weekday[:end], known[:end], start)[start:]
        # What the logarithm leaves out on average, so that sums come out right.
        fitted = np.exp(_table(weekday[:start], known[:start], start) @ coefficients)
        scale = sold[:start].sum() / max(float(fitted.sum()), _LEAST)
        found.append(float(np.abs(scale * np.exp(ahead @ coefficients) - sold[start:end]).mean()))
    return found[0], found[1]


def _fit(logs: Floats, weekday: Whole, seasons: Floats) -> Floats:
    table = _table(weekday, seasons, logs.size)
    knots = table.shape[1] - _WEEK - seasons.shape[1]
    leans = np.concatenate((
        np.full(_WEEK, _OF_WEEKDAY), np.full(knots, _OF_TREND),
        np.full(seasons.shape[1], _OF_SEASON),
    ))  # fmt: skip
    solved = np.linalg.solve(table.T @ table + np.diag(leans), table.T @ logs)
    found: Floats = solved.astype(np.float64)
    return found


def _table(weekday: Whole, seasons: Floats, known: int) -> Floats:
    """Return the columns of each day; the trend stays as it was on the last day known."""
    days = np.minimum(np.arange(weekday.size), known - 1).astype(np.float64)
    knots = np.arange(_KNOT_DAYS, max(known - _KNOT_DAYS // 2, _KNOT_DAYS + 1), _KNOT_DAYS)
    trend = np.maximum(days[:, None] - knots, 0) / _KNOT_DAYS
    columns = (np.eye(_WEEK)[weekday], days[:, None] / _KNOT_DAYS, trend, seasons)
    found: Floats = np.concatenate(columns, axis=1)
    return found
