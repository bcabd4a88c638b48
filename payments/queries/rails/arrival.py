"""When money sent now will be here, by each rail that may carry it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.calendar import TEHRAN
from payments.models import BankHoliday
from payments.queries.rails.data import HOLIDAYS, RULES, Rail, Rule

_FRIDAY: Final = 4
_DAYS_AHEAD: Final = 40


@dataclass(frozen=True, slots=True)
class Way:
    """A rail that may carry a sum, and when it would be here if it were sent now."""

    rail: Rail
    arrives_at: datetime
    source: str


def closed_days() -> dict[date, bool]:
    """Return the active business's corrections of the calendar: day → banks are closed."""
    return dict(BankHoliday.objects.values_list("day", "is_closed"))


def ways_for(amount_rial: int, now: datetime, own: Mapping[date, bool]) -> list[Way]:
    """Return the rails that may carry a sum in one order, soonest first."""
    today = now.astimezone(TEHRAN).date()
    rules = [rule for rail in Rail if (rule := rule_of(rail, today)) is not None]
    ways = [
        Way(rule.rail, arrival(rule, now, own), rule.source)
        for rule in rules
        if rule.floor_rial <= amount_rial <= (rule.cap_rial or amount_rial)
    ]
    return sorted(ways, key=lambda way: way.arrives_at)


def rule_of(rail: Rail, day: date) -> Rule | None:
    """Return the rule of a rail in force on a day, or None before the first one known."""
    known = [rule for rule in RULES if rule.rail is rail and rule.valid_from <= day]
    return max(known, key=lambda rule: rule.valid_from, default=None)


def arrival(rule: Rule, sent: datetime, own: Mapping[date, bool]) -> datetime:
    """Return when money sent at a moment is expected to be on the account."""
    local = sent.astimezone(TEHRAN)
    for ahead in range(_DAYS_AHEAD):
        day = local.date() + timedelta(days=ahead)
        if not rule.holidays and is_closed(day, own):
            continue
        found = _on(rule, day, local if ahead == 0 else None)
        if found is not None:
            return found
    return local + timedelta(days=_DAYS_AHEAD)


def is_closed(day: date, own: Mapping[date, bool]) -> bool:
    """Tell whether banks are closed on a day: Fridays, holidays, and what the business says."""
    return own.get(day, day.weekday() == _FRIDAY or day in HOLIDAYS)


def _on(rule: Rule, day: date, sent: datetime | None) -> datetime | None:
    """Return the arrival on a day for what is sent by then; None when that day is over."""
    clock = sent.time() if sent is not None else time(0)
    if rule.cycles:
        cleared = next((cycle.cleared for cycle in rule.cycles if clock <= cycle.until), None)
        return None if cleared is None else _at(day, cleared) + rule.takes
    if clock > rule.closes:
        return None
    return _at(day, max(clock, rule.opens)) + rule.takes


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=TEHRAN)
