"""Moments of the story: so many days ago, at an hour of the shop's day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.calendar import TEHRAN, business_day


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days counted back from today; nothing happens after `now`."""

    now: datetime

    def day(self, days_ago: int) -> date:
        """Return a day of the past."""
        return business_day(self.now, TEHRAN) - timedelta(days=days_ago)

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment of a day of the past."""
        return datetime.combine(self.day(days_ago), time(hour, minute), tzinfo=TEHRAN)

    def ago(self, *, minutes: int) -> datetime:
        """Return a moment just past."""
        return self.now - timedelta(minutes=minutes)
