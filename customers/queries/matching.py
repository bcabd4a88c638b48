"""Comparing people something happened to with like people it did not happen to; no database.

People are compared only within a stratum (`Cell.stratum`), and strata count by how many of the
first kind they hold. That says how the two differ once the strata are alike, and no more: what
the strata do not hold may still be the reason.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Fewer people on either side than this say nothing.
ENOUGH_PEOPLE: Final = 30
_Z: Final = 1.959963984540054


class Verdict(StrEnum):
    """What a comparison supports."""

    UNCLEAR = "unclear"
    LESS = "less"
    MORE = "more"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """People of one kind in one stratum: how many, and the sum and the squares of a measure."""

    kind: str
    stratum: Hashable
    count: int
    total: float
    squares: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """Two kinds of people by one measure; the means are of those that have a match.

    `unmatched` of the first kind had nobody like them. Without matches there are no figures.
    """

    people: int
    like: int
    unmatched: int
    mean: float | None = None
    like_mean: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def difference(self) -> float | None:
        """Return how much more the first kind has, or None."""
        if self.mean is None or self.like_mean is None:
            return None
        return self.mean - self.like_mean

    @property
    def verdict(self) -> Verdict:
        """Return less or more only for enough people and an interval that leaves out zero."""
        if min(self.people, self.like) < ENOUGH_PEOPLE or self.low is None or self.high is None:
            return Verdict.UNCLEAR
        if self.low <= 0 <= self.high:
            return Verdict.UNCLEAR
        return Verdict.LESS if self.high < 0 else Verdict.MORE


def compared(cells: Iterable[Cell], *, kind: str, like: str, yes_or_no: bool = False) -> Matched:
    """Compare people of a kind with like people of another; 95 % interval of the difference.

    `yes_or_no` measures are 0 or 1: their spread is taken one yes and one no wider, so that a
    few people who all did the same do not look certain.
    """
    sides: defaultdict[Hashable, dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        if cell.count and cell.kind in {kind, like}:
            sides[cell.stratum][cell.kind] = cell
    pairs = [(both[kind], both[like]) for both in sides.values() if len(both) == len({kind, like})]
    alone = sum(one[kind].count for one in sides.values() if kind in one and like not in one)
    people, others = sum(a.count for a, _b in pairs), sum(b.count for _a, b in pairs)
    if not pairs:
        return Matched(people=0, like=0, unmatched=alone)
    mean = sum(a.total for a, _b in pairs) / people
    like_mean = sum(a.count / people * (b.total / b.count) for a, b in pairs)
    spread = _spread([a for a, _b in pairs], yes_or_no=yes_or_no)
    like_spread = _spread([b for _a, b in pairs], yes_or_no=yes_or_no)
    low = high = None
    if spread is not None and like_spread is not None:
        weight = sum((a.count / people) ** 2 / b.count for a, b in pairs)
        half = _Z * math.sqrt(spread / people + like_spread * weight)
        low, high = mean - like_mean - half, mean - like_mean + half
    return Matched(
        people=people,
        like=others,
        unmatched=alone,
        mean=mean,
        like_mean=like_mean,
        low=low,
        high=high,
    )


def _spread(cells: Sequence[Cell], *, yes_or_no: bool) -> float | None:
    """Return the variance of the measure over all strata, None where one person tells none."""
    count, total = sum(one.count for one in cells), sum(one.total for one in cells)
    if yes_or_no:
        share = (total + 1) / (count + 2)
        return share * (1 - share)
    if count == 1:
        return None
    squares = sum(one.squares for one in cells)
    return max(0.0, (squares - total * total / count) / (count - 1))
