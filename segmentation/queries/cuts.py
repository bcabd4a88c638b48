"""Tie-safe cut points: where a column of values is cut into five, never splitting equals.

Distinct values v₁ < … < v_D with cumulative counts C; boundaries j₁ < … < j₄ are chosen to
minimise Σ|5·C(j_k) − k·N| in integers, ties to the lower boundary. The threshold is v(j_k + 1) and
score = 1 + number of thresholds ≤ value. With fewer than five distinct values boundaries may
coincide but each is used; with one value there are no thresholds and everybody scores 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations_with_replacement
from typing import Any, Final, Generic, Literal, TypeVar

from django.db import connection

from core.tenancy import active_business_id
from segmentation.queries.source import EVERYTHING, Source

V = TypeVar("V", int, date)

QUINTILES: Final = 5
_NEIGHBOURS: Final = 5

# Only values near the four ideal places can be boundaries; the rest never leave the database.
_NEAR: Final = """
WITH distinct_values AS (
    SELECT v, sum(count(*)) OVER w AS c, row_number() OVER w AS j
    FROM (SELECT {column} FROM ({totals}) AS t) AS s (v) GROUP BY v WINDOW w AS (ORDER BY v)
), whole AS (
    SELECT max(c) AS n, max(j) AS d FROM distinct_values
), ideal AS (
    SELECT k, coalesce(min(j), 1) AS j
    FROM generate_series(1, 4) AS k CROSS JOIN whole
    JOIN distinct_values ON 5 * c >= k * n GROUP BY k
)
SELECT DISTINCT j, c, v, n, d FROM distinct_values CROSS JOIN whole
WHERE EXISTS (SELECT 1 FROM ideal
              WHERE distinct_values.j BETWEEN ideal.j - %(near)s AND ideal.j + %(near)s + 1)
ORDER BY j
"""
_REPEATERS: Final = "SELECT count(*) FROM ({totals}) AS t WHERE frequency > 1"


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


def recency_cuts(source: Source = EVERYTHING) -> Cuts[date]:
    """Return the cut points of the last purchase day (later is better)."""
    places, rows, distinct = _near("last_on", source)
    return Cuts(thresholds([Place(j, c, v) for j, c, v in places], rows, distinct), rows)


def number_cuts(
    column: Literal["frequency", "monetary", "real"], source: Source = EVERYTHING
) -> Cuts[int]:
    """Return the cut points of a column of the totals."""
    places, rows, distinct = _near(column, source)
    return Cuts(thresholds([Place(j, c, int(v)) for j, c, v in places], rows, distinct), rows)


def repeaters(source: Source = EVERYTHING) -> int:
    """Return how many bought on more than one day. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REPEATERS.format(totals=source.sql),
            {"business": active_business_id(), "customers": None, **source.values},
        )
        return int(cursor.fetchone()[0])


def _near(column: str, source: Source) -> tuple[list[tuple[int, int, Any]], int, int]:
    """Return (position, cumulative count, value) near the ideal places, rows, distinct values.

    One query that returns at most 48 rows, however many customers.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAR.format(column=column, totals=source.sql),
            {
                "business": active_business_id(),
                "customers": None,
                "near": _NEIGHBOURS,
                **source.values,
            },
        )
        found = cursor.fetchall()
    if not found:
        return [], 0, 0
    places = [(int(j), int(c), value) for j, c, value, _n, _d in found]
    return places, int(found[0][3]), int(found[0][4])


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
    extended: dict[int, Choice] = {}
    for place in candidates:
        step = _cost(place, k, rows)
        before = [choice for last, choice in by_last.items() if last < place.j]
        if before:
            best: Choice = min(before)
            extended[place.j] = (best[0] + step, (*best[1], place.j))
    return extended
