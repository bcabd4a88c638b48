"""Money to be expected from instalments and debits, day by day, with how sure that is.

Each sum counts with its chance of being paid. The chance is the share of like obligations that
were paid within their grace, pulled towards the business's own average where there are few. The
interval comes from drawing the outcomes many times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

import numpy as np

Real: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Whole: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

DRAWS: Final = 2000
# An average of this many imagined obligations keeps a single failure from meaning «never».
PRIOR_WEIGHT: Final = 8
USUAL_CHANCE: Final = 0.9
_LOW, _HIGH = 2.5, 97.5
_BLOCK: Final = 1000


@dataclass(frozen=True, slots=True)
class Expected:
    """A sum to come, and how many obligations like it were paid in time."""

    on: date
    amount_rial: int
    paid_like_it: int
    all_like_it: int


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day's due sum, what may be expected of it, and between which sums it lies (95 %).

    The `so_far` ones are of everything from the first day to the end of this one.
    """

    on: date
    due_rial: int = 0
    expected_rial: int = 0
    low_rial: int = 0
    high_rial: int = 0
    expected_so_far: int = 0
    low_so_far: int = 0
    high_so_far: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days on which something is due, and the whole with its 95 % interval."""

    days: tuple[ForecastDay, ...]
    due_rial: int
    expected_rial: int
    low_rial: int
    high_rial: int

    def every_day(self, since: date, count: int) -> tuple[ForecastDay, ...]:
        """Return so many days, those without anything due too."""
        known = {one.on: one for one in self.days}
        found: list[ForecastDay] = []
        last = ForecastDay(since)
        for n in range(count):
            on = since + timedelta(days=n)
            last = known.get(on) or ForecastDay(
                on,
                expected_so_far=last.expected_so_far,
                low_so_far=last.low_so_far,
                high_so_far=last.high_so_far,
            )
            found.append(last)
        return tuple(found)


def chance(paid: int, of: int, usual: float) -> float:
    """Return the chance of being paid, pulled towards the usual one where little is known."""
    return (paid + PRIOR_WEIGHT * usual) / (of + PRIOR_WEIGHT)


def forecast(rows: Sequence[Expected], *, paid: int, of: int, seed: int = 0) -> Forecast:
    """Forecast sums to come; `paid` of `of` is the business's whole history."""
    usual = chance(paid, of, USUAL_CHANCE)
    chances = np.array([chance(row.paid_like_it, row.all_like_it, usual) for row in rows])
    amounts = np.array([row.amount_rial for row in rows], dtype=np.int64)
    order = sorted({row.on for row in rows})
    place = {on: n for n, on in enumerate(order)}
    where = np.array([place[row.on] for row in rows], dtype=np.int64)
    due, expected = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    np.add.at(due, where, amounts)
    np.add.at(expected, where, np.rint(amounts * chances).astype(np.int64))
    days = _days(order, due, expected, _draws(amounts, chances, where, len(order), seed))
    return Forecast(
        days=days,
        due_rial=int(due.sum()),
        expected_rial=int(expected.sum()),
        low_rial=days[-1].low_so_far if days else 0,
        high_rial=days[-1].high_so_far if days else 0,
    )


def _days(
    order: Sequence[date], due: Whole, expected: Whole, drawn: Real
) -> tuple[ForecastDay, ...]:
    if not order:
        return ()
    columns = [
        due,
        expected,
        *np.percentile(drawn, [_LOW, _HIGH], axis=0),
        expected.cumsum(),
        *np.percentile(drawn.cumsum(axis=1), [_LOW, _HIGH], axis=0),
    ]
    numbers = zip(*columns, strict=True)
    return tuple(ForecastDay(on, *map(int, row)) for on, row in zip(order, numbers, strict=True))


def _draws(amounts: Whole, chances: Real, where: Whole, days: int, seed: int) -> Real:
    """Return what each day brings in each drawing."""
    # In blocks, so that a business with many obligations does not fill the memory.
    source = np.random.default_rng(seed)
    totals = np.zeros((DRAWS, days))
    for start in range(0, len(amounts), _BLOCK):
        part = slice(start, start + _BLOCK)
        drawn = source.random((DRAWS, len(amounts[part]))) < chances[part]
        on_day = np.zeros((len(amounts[part]), days))
        on_day[np.arange(len(on_day)), where[part]] = amounts[part]
        totals += drawn.astype(np.float64) @ on_day
    return totals
