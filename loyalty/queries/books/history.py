"""How much of what is granted gets spent, from what happened to points by their age (breakage).

Lots are followed in steps of thirty days from their grant. In each step counts only who was seen
through all of it, so young lots say nothing about old age. What returns took away was never a
promise kept or broken and leaves the count. The interval comes from leaving out one of twenty
groups of customers at a time: one customer's lots are never on both sides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from math import sqrt
from typing import Any, Final

from django.db import connection

from core.tenancy import active_business_id

WHOLE: Final = 1_000_000
STEP: Final = timedelta(days=30)
MOST_STEPS: Final = 60
GROUPS: Final = 20
# Student's t of 19 degrees of freedom, 97.5 %.
_T: Final = 2.093
FEWEST_LOTS: Final = 100
FEWEST_PEOPLE: Final = 30
# At most so much may be undecided at the oldest age seen.
UNDECIDED: Final = 0.05

_AGE: Final = """
WITH lot AS (
    SELECT id, customer_id, earned_points - COALESCE(parts.points, 0) AS earned_points, earned_at,
        LEAST(floor(extract(epoch FROM %(now)s - earned_at) / %(step)s), %(most)s)::int AS seen,
        ('x' || right(customer_id::text, 4))::bit(16)::int %% %(groups)s AS part
    FROM loyalty_lot LEFT JOIN (
        SELECT part_of_id, SUM(earned_points) AS points FROM loyalty_lot
        WHERE business_id = %(business)s AND part_of_id IS NOT NULL GROUP BY part_of_id
    ) parts ON parts.part_of_id = id
    WHERE business_id = %(business)s AND customer_id IS NOT NULL AND state <> 'contingent'
        AND origin NOT IN ('grace', 'apart') AND earned_points > 0
        AND earned_at <= %(now)s - %(least)s
)"""
_GRANTED: Final = f"{_AGE} SELECT seen, part, SUM(earned_points) FROM lot GROUP BY 1, 2"  # noqa: S608 - the parts are constants
_LEFT: Final = f"""{_AGE},
moved AS (
    SELECT l.seen, l.part, e.kind, e.points + e.pending_points AS points,
        GREATEST(floor(extract(epoch FROM e.at - l.earned_at) / %(step)s), 0)::int AS age
    FROM lot l JOIN loyalty_ledgerentry e ON e.business_id = %(business)s AND e.lot_id = l.id
    WHERE e.kind NOT IN ('earn', 'claim', 'activate', 'gift', 'goodwill', 'part')
        AND (e.kind <> 'adjust' OR e.points < 0)
)
SELECT seen, part, age,
    COALESCE(-SUM(points) FILTER (WHERE kind IN ('redeem', 'release')), 0),
    COALESCE(-SUM(points) FILTER (WHERE kind IN ('expire', 'left', 'rejoin')), 0),
    COALESCE(-SUM(points) FILTER (WHERE kind NOT IN
        ('redeem', 'release', 'expire', 'left', 'rejoin')), 0)
FROM moved WHERE age < seen GROUP BY 1, 2, 3
"""  # noqa: S608 - the parts are constants
_OLD: Final = """
SELECT count(*), count(DISTINCT customer_id) FROM loyalty_lot
WHERE business_id = %(business)s AND customer_id IS NOT NULL AND state <> 'contingent'
    AND origin NOT IN ('grace', 'apart') AND earned_points > 0 AND earned_at <= %(before)s
"""


class Lack(Enum):
    """Why history says nothing yet."""

    YOUNG = "young"
    UNDECIDED = "undecided"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Step:
    """One age: points whose fate could be seen, and what became of them in it."""

    exposed: int = 0
    spent: int = 0
    ended: int = 0

    def __add__(self, other: "Step") -> "Step":
        return Step(
            self.exposed + other.exposed, self.spent + other.spent, self.ended + other.ended
        )

    def __sub__(self, other: "Step") -> "Step":
        return Step(
            self.exposed - other.exposed, self.spent - other.spent, self.ended - other.ended
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """Of one point granted: spent and ended by the end of each age, alive at its beginning."""

    spent: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    alive: list[float] = field(default_factory=list)

    @property
    def undecided(self) -> float:
        """Return what was neither spent nor ended at the oldest age."""
        return 1 - self.spent[-1] - self.ended[-1] if self.spent else 1.0

    @property
    def rate(self) -> float:
        """Return the share spent of what is decided."""
        decided = 1 - self.undecided
        return self.spent[-1] / decided if decided > 0 else 0.0

    def rates(self) -> list[int]:
        """Return for each age how many of a million points alive at its beginning get spent."""
        total = self.spent[-1] + self.undecided * self.rate
        before = [0.0, *self.spent[:-1]]
        shares = [
            (total - spent) / alive
            for spent, alive in zip(before, self.alive, strict=True)
            if alive > 0
        ]
        return [min(max(round(share * WHOLE), 1), WHOLE) for share in shares]


@dataclass(frozen=True, slots=True)
class History:
    """What history says, or what it lacks. Shares are of points granted."""

    lack: Lack | None
    lots: int
    people: int
    curve: Curve
    low: float = 0.0
    high: float = 1.0

    @property
    def spent_ppm(self) -> int:
        """Return the estimate in parts of a million; never nothing."""
        return min(max(round(self.curve.rate * WHOLE), 1), WHOLE)


def spending_history(now: datetime) -> History:
    """Return what became of the active business's points by age. Three queries."""
    by_part = steps_of(_rows(_GRANTED, now), _rows(_LEFT, now))
    table = together(by_part)
    curve = curve_of(table)
    if not curve.spent:
        return History(Lack.YOUNG, 0, 0, curve)
    decided = next(
        (n for n, alive in enumerate(curve.alive) if alive <= UNDECIDED), len(curve.spent)
    )
    (lots, people), *_rest = _rows(_OLD, now, before=now - decided * STEP)
    if curve.undecided > UNDECIDED:
        return History(Lack.UNDECIDED, lots, people, curve)
    if lots < FEWEST_LOTS or people < FEWEST_PEOPLE:
        return History(Lack.FEW, lots, people, curve)
    low, high = interval(by_part, curve)
    return History(None, lots, people, curve, low, high)


def steps_of(
    granted: Iterable[Sequence[Any]], left: Iterable[Sequence[Any]]
) -> dict[int, list[Step]]:
    """Return the steps of each group from (seen, group, points) and (seen, group, age, …) rows."""
    points: dict[tuple[int, int], int] = {(row[0], row[1]): int(row[2]) for row in granted}
    moved: dict[tuple[int, int], dict[int, tuple[int, int, int]]] = defaultdict(dict)
    for seen, part, age, spent, ended, taken in left:
        moved[seen, part][age] = (int(spent), int(ended), int(taken))
    found: dict[int, list[Step]] = defaultdict(lambda: [Step()] * MOST_STEPS)
    for (seen, part), alive in points.items():
        steps = found[part]
        for age in range(seen):
            spent, ended, taken = moved[seen, part].get(age, (0, 0, 0))
            steps[age] += Step(alive - taken, spent, ended)
            alive -= spent + ended + taken  # noqa: PLW2901 - what the next age begins with
    return dict(found)


def together(by_part: Mapping[int, Sequence[Step]]) -> list[Step]:
    """Return the steps of all groups as one."""
    table = [Step()] * MOST_STEPS
    for steps in by_part.values():
        table = [one + other for one, other in zip(table, steps, strict=True)]
    return table


def curve_of(table: Sequence[Step]) -> Curve:
    """Return what becomes of a point, age by age, as far as it could be seen."""
    curve, alive, spent, ended = Curve(), 1.0, 0.0, 0.0
    for step in table:
        if step.exposed <= 0:
            break
        curve.alive.append(alive)
        spent += alive * step.spent / step.exposed
        ended += alive * step.ended / step.exposed
        alive = 1 - spent - ended
        curve.spent.append(spent)
        curve.ended.append(ended)
    return curve


def interval(by_part: Mapping[int, Sequence[Step]], curve: Curve) -> tuple[float, float]:
    """Return the 95 % interval of the share spent; the undecided may go either way."""
    table = together(by_part)
    ends = len(curve.spent)
    rates = []
    for steps in by_part.values():
        without = curve_of([one - other for one, other in zip(table, steps, strict=True)])
        if len(without.spent) == ends:
            rates.append(without.rate)
    many = len(rates)
    mean = sum(rates) / many if many else 0.0
    reach = _T * sqrt((many - 1) / many * sum((rate - mean) ** 2 for rate in rates)) if many else 1
    undecided = max(curve.undecided, 0.0)
    return max(curve.spent[-1] - reach, 0.0), min(curve.spent[-1] + undecided + reach, 1.0)


def _rows(sql: str, now: datetime, **more: Any) -> list[tuple[Any, ...]]:
    values = {
        "business": active_business_id(),
        "now": now,
        "least": STEP,
        "step": STEP.total_seconds(),
        "most": MOST_STEPS,
        "groups": GROUPS,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
