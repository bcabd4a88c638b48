"""How leads, their sources and their steps are called on pages."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from businesses.queries import employees
from core.calendar import day_start
from customers.enums import LeadKind

# Somebody is called in the morning, not at midnight.
_MORNING: Final = timedelta(hours=10)


def source_title(row: Any) -> str:
    """Return a source's title; one without is called by its kind."""
    return titled(row.kind, row.title)


def titled(kind: str, title: str) -> str:
    """Return a source's title, or the name of its kind."""
    return title or str(LeadKind(kind).label)


def moment_of(day: date | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return ten o'clock of a day; now, where that is today and has passed."""
    if day is None:
        return None
    at = day_start(day, zone) + _MORNING
    return max(at, now) if at.astimezone(zone).date() == now.astimezone(zone).date() else at


def owners() -> list[tuple[Any, Any]]:
    """Return who may look after somebody, as choices by their codes. One query."""
    return [("", "—"), *((one.code, one.name) for one in employees() if one.is_active)]
