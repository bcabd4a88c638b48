"""Tie-safe cut points: where a column of values is cut into five, never splitting equals.

Distinct values v₁ < … < v_D with cumulative counts C; boundaries j₁ < … < j₄ are chosen to
minimise Σ|5·C(j_k) − k·N| in integers, ties to the lower boundary. The threshold is v(j_k + 1) and
score = 1 + number of thresholds ≤ value. With fewer than five distinct values boundaries may
coincide but each is used; with one value there are no thresholds and everybody scores 3.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, combinations_with_replacement
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.database.columns import read_columns
from core.tenancy import active_business_id
from customers.queries.scoring import whom
from segmentation.queries.source import EVERYTHING, Source

V = TypeVar("V", int, date)

QUINTILES: Final = 5
_NEIGHBOURS: Final = 5
_DAY_0: Final = date(1970, 1, 1)
_EVERYBODY: Final = """
SELECT last_on - %(day_0)s::date, frequency, {money} FROM ({totals}) AS t
"""
_KINDS: Final = {"last": "int4", "frequency": "int8", "money": "int8"}


@dataclass(frozen=True, slots=True)
class Place(Generic[V]):
    """A distinct value: its position among them and how many rows are at or below it."""

    j: int
    cumulative: int
    value: V


@dataclass(frozen=True, slots=True)
class Cuts(Generic[V]):
    """Four thresholds, ascending; none when all values are equal."""

    thresholds: tuple[V, ...]
    rows: int

    def score(self, value: V) -> int:
        """Return 1 to 5 (3 without thresholds)."""
        if not self.thresholds:
            return 3
        return 1 + sum(1 for threshold in self.thresholds if value >= threshold)


@dataclass(frozen=True, slots=True)
class CutsOfAll:
    """The cut points of the last purchase day (later is better), of purchase days and of money.

    `repeaters` bought on more than one day.
    """

    recency: Cuts[date]
    frequency: Cuts[int]
    money: Cuts[int]
    repeaters: int


def cuts_of_all(source: Source = EVERYTHING) -> CutsOfAll:
    """Return where the active business's customers are cut. One query."""
    values = {"business": active_business_id(), **whom(None), "day_0": _DAY_0, **source.values}
    asked = _EVERYBODY.format(money=source.money_column, totals=source.sql)
    found = read_columns(asked, values, _KINDS)
    days = cuts_of(found["last"])
    first = _DAY_0.toordinal()
    return CutsOfAll(
        recency=Cuts(tuple(date.fromordinal(first + day) for day in days.thresholds), days.rows),
        frequency=cuts_of(found["frequency"]),
        money=cuts_of(found["money"]),
        repeaters=int((found["frequency"] > 1).sum()),
    )


def cuts_of(values: NDArray[Any]) -> Cuts[int]:
    """Return the cut points of whole numbers in any order.

    Only values near the four ideal places can be boundaries.
    """
    distinct, counts = np.unique(values, return_counts=True)
    cumulative = np.cumsum(counts)
    ideal = np.searchsorted(QUINTILES * cumulative, np.arange(1, QUINTILES) * values.size)
    near = ideal[:, np.newaxis] + np.arange(-_NEIGHBOURS, _NEIGHBOURS + 2)
    places = [
        Place(int(j) + 1, int(cumulative[j]), int(distinct[j]))
        for j in np.unique(near.clip(0, max(distinct.size - 1, 0)))
        if distinct.size
    ]
    return Cuts(thresholds(places, values.size, distinct.size), values.size)


def thresholds(places: Sequence[Place[V]], rows: int, distinct: int) -> tuple[V, ...]:
    """Return the best four thresholds among the candidate places (ordered by position)."""
    if distinct < 2:  # noqa: PLR2004 - one value cannot be cut
        return ()
    after = {place.j - 1: place.value for place in places}
    candidates = [place for place in places if place.j in after and place.j < distinct]
    best = _exhaust(candidates, rows) if distinct < QUINTILES else _best(candidates, rows)
    return tuple(after[j] for j in best)


Choice = tuple[int, tuple[int, ...]]  # cost, boundaries: compared in this order


def _cost(place: Place[V], k: int, rows: int) -> int:
    return abs(QUINTILES * place.cumulative - k * rows)


def _exhaust(candidates: Sequence[Place[V]], rows: int) -> tuple[int, ...]:
    """Try every non-decreasing choice that uses each boundary (at most fifteen)."""
    choices: list[Choice] = []
    for taken in combinations_with_replacement(candidates, QUINTILES - 1):
        if len({place.j for place in taken}) == len(candidates):
            cost = sum(_cost(place, k, rows) for k, place in enumerate(taken, 1))
            choices.append((cost, tuple(place.j for place in taken)))
    return min(choices)[1]


def _best(candidates: Sequence[Place[V]], rows: int) -> tuple[int, ...]:
    """Choose increasing boundaries by dynamic programming over the last one taken."""
    by_last: dict[int, Choice] = {0: (0, ())}
    for k in range(1, QUINTILES):
        by_last = _extend(by_last, candidates, k, rows)
    return min(by_last.values())[1]


def _extend(
    by_last: dict[int, Choice], candidates: Sequence[Place[V]], k: int, rows: int
) -> dict[int, Choice]:
    lasts = sorted(by_last)
    best: list[Choice] = list(accumulate((by_last[last] for last in lasts), min))
    return {
        place.j: _with(best[before - 1], place.j, _cost(place, k, rows))
        for place in candidates
        if (before := bisect_left(lasts, place.j))
    }


def _with(choice: Choice, boundary: int, cost: int) -> Choice:
    return choice[0] + cost, (*choice[1], boundary)
