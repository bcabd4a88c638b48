"""One statement about customers being put together, with a place of its own for every value.

Each app says of its own tables what a condition means, as a part that is true of a row `c` of
customers; the apps above join the parts. No value is ever written into the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Business days from `since` to `until`, both included; None is open."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A whole number from `least` to `most`, both included; None is open."""

    least: int | None = None
    most: int | None = None

    def holds(self, value: int) -> bool:
        """Tell whether a number is within."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of whom and when. `customers` None is everybody."""

    business_id: UUID
    now: datetime
    today: date
    zone: ZoneInfo
    customers: Sequence[UUID] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    # What each part measured, as a SELECT of one value where `customers` is one: to tell why.
    looks: list[str] = field(default_factory=list)

    def put(self, value: object, kind: str) -> str:
        """Return the place of a value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{kind}"

    @property
    def business(self) -> str:
        """Return the place of the business."""
        self.values["business"] = self.business_id
        return "%(business)s"

    def only(self, column: str) -> str:
        """Return the end of a WHERE that looks at the asked customers only."""
        if self.customers is None:
            return ""
        self.values["customers"] = list(self.customers)
        return f" AND {column} = ANY(%(customers)s::uuid[])"

    def on(self, column: str, days: Days) -> str:
        """Return the end of a WHERE that looks at some days only."""
        found = ""
        if days.since is not None:
            found += f" AND {column} >= {self.put(days.since, 'date')}"
        if days.until is not None:
            found += f" AND {column} <= {self.put(days.until, 'date')}"
        return found

    def within(self, value: str, between: Between) -> str:
        """Return a part that holds where a value is within."""
        parts = []
        if between.least is not None:
            parts.append(f"{value} >= {self.put(between.least, 'bigint')}")
        if between.most is not None:
            parts.append(f"{value} <= {self.put(between.most, 'bigint')}")
        return " AND ".join(parts) or "true"


def measured(asked: Asked, source: str, measure: str, between: Between) -> str:
    """Return a part that holds for whom a measure over some rows is within.

    `source` is FROM … WHERE …, its rows having a customer_id. Who has no row there has 0.
    """
    asked.looks.append(f"SELECT coalesce(({measure})::bigint, 0) {source}")
    if between.holds(0):
        outside = asked.within(measure, between)
        return (
            f"c.id NOT IN (SELECT customer_id {source} GROUP BY customer_id HAVING NOT ({outside}))"
        )
    inside = asked.within(measure, between)
    return f"c.id IN (SELECT customer_id {source} GROUP BY customer_id HAVING {inside})"


def valued(asked: Asked, source: str, value: str, between: Between) -> str:
    """Return a part that holds for whom the value of their one row is within; of none it is 0."""
    asked.looks.append(f"SELECT ({value})::bigint {source}")
    if between.holds(0):
        return f"c.id NOT IN (SELECT id {source} AND NOT ({asked.within(value, between)}))"
    return f"c.id IN (SELECT id {source} AND {asked.within(value, between)})"


def picked(asked: Asked, source: str, measure: str, between: Between) -> str:
    """Return a part that holds for whom a measure over their rows is within; of none it never is.

    `source` is FROM … WHERE …, its rows having a customer_id.
    """
    asked.looks.append(f"SELECT ({measure})::bigint {source}")
    inside = asked.within(measure, between)
    return f"c.id IN (SELECT customer_id {source} GROUP BY customer_id HAVING {inside})"
