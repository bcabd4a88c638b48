"""Whether somebody's taste has changed (capability C075).

The last 90 days are compared with the 270 before by Pearson's chi-square. Values too rare for it
count together; with too few purchases nothing is said.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from customers.enums import DriftState
from customers.models import AttributeDefinition
from customers.queries.tastes.bought import Bought, meant
from customers.queries.tastes.weigh import Taste, evidence, weigh

_RECENT: Final = timedelta(days=90)
_BEFORE: Final = timedelta(days=270)
_LEAST_RECENT: Final = 8
_LEAST_BEFORE: Final = 12
_LEAST_EXPECTED: Final = 5.0
# How often a taste that has not changed may look as if it had.
_RISK: Final = 0.01
_OTHERS: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Two spans of purchases compared; `grew` and `shrank` are named when something changed."""

    definition: AttributeDefinition
    state: DriftState
    recent: int
    before: int
    chi_square: float | None = None
    degrees: int | None = None
    p_value: float | None = None
    grew: str | None = None
    shrank: str | None = None


def drifts_of(customer_id: UUID, today: date) -> list[Drift]:
    """Return, for each attribute that purchases tell, whether it changed. Two queries."""
    asked, bought = evidence(customer_id, today)
    return [compare(one, bought, today) for one in asked]


def tastes_and_drifts(customer_id: UUID, today: date) -> tuple[list[Taste], list[Drift]]:
    """Return both, from one reading of the purchases. Two queries."""
    asked, bought = evidence(customer_id, today)
    tastes = [taste for one in asked for taste in weigh(one, bought, today)]
    return tastes, [compare(one, bought, today) for one in asked]


def compare(definition: AttributeDefinition, bought: Sequence[Bought], today: date) -> Drift:
    """Compare what the last 90 days say of an attribute with the 270 before."""
    turn, start = today - _RECENT, today - _RECENT - _BEFORE
    recent = _said(definition, [one for one in bought if one.on > turn])
    before = _said(definition, [one for one in bought if start < one.on <= turn])
    counts: dict[str, Any] = {"recent": recent.total(), "before": before.total()}
    table = _table(recent, before)
    enough = counts["recent"] >= _LEAST_RECENT and counts["before"] >= _LEAST_BEFORE
    if not enough or len(table) < 2:  # noqa: PLR2004 - one value has nothing to change to
        same = enough and len(recent | before) == 1
        state = DriftState.STEADY if same else DriftState.TOO_FEW
        return Drift(definition=definition, state=state, **counts)
    square, degrees = chi_square(list(table.values())), len(table) - 1
    risk = survival(square, degrees)
    grew, shrank = _moved(recent, before) if risk < _RISK else (None, None)
    return Drift(
        definition=definition,
        state=DriftState.CHANGED if risk < _RISK else DriftState.STEADY,
        chi_square=square,
        degrees=degrees,
        p_value=risk,
        grew=grew,
        shrank=shrank,
        **counts,
    )


def chi_square(table: Sequence[tuple[int, int]]) -> float:
    """Return Pearson's statistic of a table of two columns."""
    columns = [sum(row[at] for row in table) for at in (0, 1)]
    whole = sum(columns)
    return sum(
        (row[at] - sum(row) * columns[at] / whole) ** 2 / (sum(row) * columns[at] / whole)
        for row in table
        for at in (0, 1)
    )


def survival(square: float, degrees: int) -> float:
    """Return how often chance alone gives as much: exact for whole degrees of freedom."""
    half = square / 2
    if degrees % 2 == 0:
        terms = (half**n / math.factorial(n) for n in range(degrees // 2))
        return math.exp(-half) * math.fsum(terms)
    odd = (math.pow(half, n + 0.5) / math.gamma(n + 1.5) for n in range((degrees - 1) // 2))
    return math.erfc(math.sqrt(half)) + math.exp(-half) * math.fsum(odd)


def _said(definition: AttributeDefinition, bought: Sequence[Bought]) -> Counter[str]:
    return Counter(
        value
        for one in bought
        for value in meant(definition, one.says.get(definition.learned_from, ()), one.on)
    )


def _table(recent: Counter[str], before: Counter[str]) -> Mapping[str, tuple[int, int]]:
    """Return {value: (recent, before)}, values expected less than five times put together."""
    whole, least = recent.total() + before.total(), min(recent.total(), before.total())
    table: dict[str, tuple[int, int]] = {}
    for value in recent | before:
        row = (recent[value], before[value])
        frequent = sum(row) * least >= _LEAST_EXPECTED * whole
        name = value if frequent else _OTHERS
        kept = table.get(name, (0, 0))
        table[name] = (kept[0] + row[0], kept[1] + row[1])
    others = table.get(_OTHERS)
    if others and sum(others) * least < _LEAST_EXPECTED * whole:
        del table[_OTHERS]
    return table


def _moved(recent: Counter[str], before: Counter[str]) -> tuple[str, str]:
    """Return the values whose shares rose and fell most."""

    def rise(value: str) -> float:
        return recent[value] / recent.total() - before[value] / before.total()

    ordered = sorted(recent | before, key=lambda value: (rise(value), value))
    return ordered[-1], ordered[0]
