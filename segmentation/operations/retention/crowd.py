"""The active business's customers as arrays, now and as they were known on a past day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.database.columns import read_columns
from core.tenancy import active_business_id
from customers.queries.scoring import SCORING_HISTORIES, SCORING_SPLIT, whom
from segmentation.estimation import Floats, Histories, Spendings

_NOW: Final = {"customer": "uuid", "repeats": "int4", "last": "int4", "age": "int4", "net": "int8"}
_THEN: Final = {"repeats": "int4", "last": "int4", "age": "int4", "came": "int4"}
_WEEK: Final = 7
_SHORTEST_WEEKS: Final = 2
_LONGEST_WEEKS: Final = 26
_WITHOUT_GAPS: Final = 91
_OF_GAPS: Final = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Everybody with a purchase: ids as they came, histories, and what they spent in all."""

    ids: NDArray[np.void]
    people: Histories
    net: Floats

    def __len__(self) -> int:
        return len(self.people)

    @property
    def usual_rial(self) -> float:
        """Return what is usually spent on a day of a purchase; one rial when nothing was."""
        days = float((self.people.repeats + 1).sum())
        return max(float(self.net.sum()) / days, 1.0) if days else 1.0

    @property
    def spendings(self) -> Spendings:
        """Return every customer's purchase days and mean of them, in usual days.

        All days, the first too: the running totals know their sum, and refunds are taken off.
        """
        return self._spendings(self.usual_rial)

    @property
    def spendings_in_rial(self) -> Spendings:
        """Return the same in rial."""
        return self._spendings(1.0)

    def _spendings(self, unit: float) -> Spendings:
        days = self.people.repeats + 1
        return Spendings(days, self.net / days / unit)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Customers as they were at the end of a past day, and who came in the days after it."""

    people: Histories
    came: NDArray[np.bool_]


def read_crowd(today: date, customer_ids: Sequence[UUID] | None = None) -> Crowd:
    """Return everybody as of today, or some."""
    values = {
        "business": active_business_id(),
        "today": today,
        **whom(customer_ids),
    }
    found = read_columns(SCORING_HISTORIES, values, _NOW)
    return Crowd(found["customer"], _histories(found), found["net"].astype(np.float64))


def read_split(cut: date, horizon_days: int) -> Split:
    """Return everybody of a past day, and who came within the horizon after it."""
    values = {
        "business": active_business_id(),
        "cut": cut,
        "until": cut + timedelta(days=horizon_days),
    }
    found = read_columns(SCORING_SPLIT, values, _THEN)
    return Split(_histories(found), found["came"] > 0)


def own_horizon(people: Histories) -> int:
    """Return the business's own horizon: three of four gaps between purchase days are shorter.

    In whole weeks, from two to half a year; a quarter of a year before anybody came again.
    """
    again = people.repeats > 0
    if not again.any():
        return _WITHOUT_GAPS
    weights = people.repeats[again]
    gaps = people.last[again] / weights
    order = np.argsort(gaps)
    place = np.searchsorted(np.cumsum(weights[order]), _OF_GAPS * weights.sum())
    weeks = int(np.ceil(gaps[order][place] / _WEEK))
    return _WEEK * min(max(weeks, _SHORTEST_WEEKS), _LONGEST_WEEKS)


def own_rate(people: Histories, days: int) -> Floats:
    """Return everybody's chance to come by the plain rule: as often as so far, whoever they are."""
    age = np.maximum(people.age, 1)
    found: Floats = -np.expm1(-people.repeats * days / age)
    return found


def _histories(found: dict[str, NDArray[Any]]) -> Histories:
    repeats, last, age = (found[name].astype(np.int64) for name in ("repeats", "last", "age"))
    return Histories(repeats, last, age)
