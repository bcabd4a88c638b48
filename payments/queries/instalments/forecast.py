"""Money to be expected from instalments and debits, day by day, with how sure that is.

Each sum counts with its chance of being paid. The chance is the share of like obligations that
were paid within their grace, pulled towards the business's own average where there are few. The
interval comes from drawing the outcomes many times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

DRAWS: Final = 2000
# An average of this many imagined obligations keeps a single failure from meaning «never».
PRIOR_WEIGHT: Final = 8
USUAL_CHANCE: Final = 0.9
_LOW, _HIGH = 2.5, 97.5


@dataclass(frozen=True, slots=True)
class Expected:
    """A sum to come, and how many obligations like it were paid in time."""

    on: date
    amount_rial: int
    paid_like_it: int
    all_like_it: int


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day's due sum and what may be expected of it."""

    on: date
    due_rial: int
    expected_rial: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """All days, and the whole with its 95 % interval."""

    days: tuple[ForecastDay, ...]
    due_rial: int
    expected_rial: int
    low_rial: int
    high_rial: int


def chance(paid: int, of: int, usual: float) -> float:
    """Return the chance of being paid, pulled towards the usual one where little is known."""
    return (paid + PRIOR_WEIGHT * usual) / (of + PRIOR_WEIGHT)


def forecast(rows: Sequence[Expected], *, paid: int, of: int, seed: int = 0) -> Forecast:
    """Forecast sums to come; `paid` of `of` is the business's whole history."""
    usual = chance(paid, of, USUAL_CHANCE)
    chances = np.array([chance(row.paid_like_it, row.all_like_it, usual) for row in rows])
    amounts = np.array([row.amount_rial for row in rows], dtype=np.int64)
    by_day: dict[date, tuple[int, int]] = {}
    for row, p in zip(rows, chances, strict=True):
        due, expected = by_day.get(row.on, (0, 0))
        by_day[row.on] = (due + row.amount_rial, expected + round(row.amount_rial * float(p)))
    low, high = _interval(amounts, chances, seed)
    return Forecast(
        days=_days(by_day),
        due_rial=int(amounts.sum()),
        expected_rial=sum(expected for _due, expected in by_day.values()),
        low_rial=low,
        high_rial=high,
    )


def _days(by_day: Mapping[date, tuple[int, int]]) -> tuple[ForecastDay, ...]:
    return tuple(ForecastDay(on, *by_day[on]) for on in sorted(by_day))


def _interval(
    amounts: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    chances: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    seed: int,
) -> tuple[int, int]:
    if not len(amounts):
        return 0, 0
    # In blocks, so that a business with many obligations does not fill the memory.
    source = np.random.default_rng(seed)
    totals = np.zeros(DRAWS)
    for start in range(0, len(amounts), 1000):
        part = slice(start, start + 1000)
        drawn = source.random((DRAWS, len(amounts[part]))) < chances[part]
        totals += drawn @ amounts[part]
    low, high = np.percentile(totals, [_LOW, _HIGH])
    return int(low), int(high)
