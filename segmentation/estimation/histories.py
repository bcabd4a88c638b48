"""What customers did, as whole days, and the distinct patterns among them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class ImpossibleHistoryError(ValueError):
    """A history that nobody can have."""


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """One entry a customer: purchase days after the first, the last of them, and today.

    `last` and `age` are days since the first purchase; several purchases of a day are one.
    """

    repeats: Whole
    last: Whole
    age: Whole

    def __post_init__(self) -> None:
        """Refuse what cannot be: more than one repeat a day, a last day outside the age."""
        possible = (
            (self.repeats >= 0)
            & (self.repeats <= self.last)
            & (self.last <= self.age)
            & ((self.last == 0) | (self.repeats > 0))
        )
        if not possible.all():
            raise ImpossibleHistoryError(f"{np.flatnonzero(~possible).size} impossible histories")

    def __len__(self) -> int:
        return self.repeats.size


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Distinct histories, and how many customers have each."""

    histories: Histories
    weights: Floats

    def every(self, step: int) -> "Patterns":
        """Return every so manieth pattern: enough to begin a climb near its end."""
        seen = self.histories
        some = Histories(seen.repeats[::step], seen.last[::step], seen.age[::step])
        return Patterns(some, self.weights[::step])


def patterns(histories: Histories) -> Patterns:
    """Count the distinct histories. Who bought once differs by age alone, so is not sorted."""
    once = histories.repeats == 0
    of_age = np.bincount(histories.age[once], minlength=1)
    ages = np.flatnonzero(of_age)
    base = int(histories.age.max(initial=0)) + 1
    more = ~once
    keys = (histories.repeats[more] * base + histories.last[more]) * base + histories.age[more]
    keys = keys.astype(np.min_scalar_type(int(keys.max(initial=0))))  # half as long, sorted sooner
    keys.sort()
    new = np.ones(keys.size, dtype=np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(new)
    kinds = keys[starts].astype(np.int64)
    counts = np.diff(starts, append=keys.size)
    none = np.zeros_like(ages)
    found = Histories(
        np.concatenate((none, kinds // (base * base))),
        np.concatenate((none, kinds // base % base)),
        np.concatenate((ages, kinds % base)),
    )
    return Patterns(found, np.concatenate((of_age[ages], counts)).astype(np.float64))
