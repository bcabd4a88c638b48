"""How long something takes that has not happened to everybody yet: Kaplan and Meier's estimate.

Whoever is still waiting counts for as long as they have waited. The interval of the median is
Brookmeyer and Crowley's, with the bounds of log(-log S). No database here.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959963984540054
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Waited:
    """So many people waited so many days until it happened, or (`over` False) until today."""

    days: int
    over: bool
    people: int


@dataclass(frozen=True, slots=True)
class Step:
    """After so many days it has happened to all but `left` of one, between `low` and `high`."""

    days: int
    left: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Wait:
    """When half of the people are through, None while that is not known; of how many."""

    people: int
    happened: int
    median: int | None
    low: int | None
    high: int | None


def curve(rows: Iterable[Waited]) -> list[Step]:
    """Return a step for each day on which it happened to somebody."""
    return list(_steps(list(rows)))


def wait_of(rows: Iterable[Waited]) -> Wait:
    """Return the median wait with its 95 % interval."""
    told = list(rows)
    steps = list(_steps(told))
    return Wait(
        people=sum(one.people for one in told),
        happened=sum(one.people for one in told if one.over),
        median=next((step.days for step in steps if step.left <= _HALF), None),
        low=next((step.days for step in steps if step.low <= _HALF), None),
        high=next((step.days for step in steps if step.high <= _HALF), None),
    )


def share_by(steps: Iterable[Step], days: int) -> float:
    """Return to which share it has happened after so many days."""
    return 1 - min((step.left for step in steps if step.days <= days), default=1.0)


def _steps(rows: list[Waited]) -> Iterator[Step]:
    waiting = sum(one.people for one in rows)
    left, spread = 1.0, 0.0
    for days in sorted({one.days for one in rows}):
        happened = sum(one.people for one in rows if one.days == days and one.over)
        gone = sum(one.people for one in rows if one.days == days)
        if happened:
            left *= 1 - happened / waiting
            if waiting > happened:
                spread += happened / (waiting * (waiting - happened))
            yield Step(days, left, *_bounds(left, spread))
        waiting -= gone


def _bounds(left: float, spread: float) -> tuple[float, float]:
    if left <= 0:
        return 0.0, 0.0
    half = _Z * math.sqrt(spread) / abs(math.log(left))
    return left ** math.exp(half), left ** math.exp(-half)
