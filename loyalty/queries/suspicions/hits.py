"""What the rules of misuse give back, and the span they look through."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.calendar import add_months, day_start, month_start
from loyalty.enums import SuspicionRule

# So many days before a look say what is usual.
COMPARED: Final = timedelta(days=90)
# Of one rule and look at most so many signs, the largest first: more would help nobody.
MOST: Final = 100
# These look at one day, the others at a Jalali month.
OF_A_DAY: Final = frozenset(
    {
        SuspicionRule.CUSTOMER_SALES,
        SuspicionRule.CUSTOMER_SPENDING,
        SuspicionRule.DEVICE_SALES,
        SuspicionRule.DEVICE_SPENDING,
        SuspicionRule.WRONG_CODES,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that speaks: about whom, in which day or month, what it saw and from where on."""

    rule: SuspicionRule
    on: date
    count: int
    line: int
    usual: int | None = None
    among: int | None = None
    customer_id: UUID | None = None
    device_id: UUID | None = None
    employee_id: UUID | None = None
    member_id: UUID | None = None

    @property
    def is_strong(self) -> bool:
        """Return whether it is twice what the rule needs to speak."""
        return self.count >= 2 * self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days a look judges: from `since` to the moment it looks."""

    business_id: UUID
    zone: ZoneInfo
    since: date
    today: date

    @property
    def months(self) -> list[tuple[date, datetime, datetime]]:
        """Return the Jalali months these days touch: first day, beginning, end."""
        first, found = month_start(self.since), []
        while first <= self.today:
            after = add_months(first, 1, anchor_day=1)
            found.append((first, day_start(first, self.zone), day_start(after, self.zone)))
            first = after
        return found

    @property
    def values(self) -> dict[str, Any]:
        """Return what every rule's statement may ask for."""
        months = self.months
        compared = self.since - COMPARED
        return {
            "business": self.business_id,
            "zone": self.zone.key,
            "since": self.since,
            "since_at": day_start(self.since, self.zone),
            "until_at": day_start(self.today + timedelta(days=1), self.zone),
            "compared_at": day_start(compared, self.zone),
            "months": [first for first, _from, _to in months],
            "froms": [start for _first, start, _to in months],
            "tos": [end for _first, _from, end in months],
            "most": MOST,
        }
