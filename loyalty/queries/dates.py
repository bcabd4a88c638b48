"""When points end: with the last day of a Jalali month, in the business's zone (rule R12)."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.calendar import add_months, business_day, day_start, month_start


def end_of_points(earned_on: date, months: int | None, zone: ZoneInfo) -> datetime | None:
    """Return the first instant at which points earned on a day are gone; None: never."""
    return None if months is None else _month_end(month_start(earned_on), months, zone)


def window_end(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the start of the day on which a tier window of `days` beginning now is over."""
    return day_start(business_day(now, zone) + timedelta(days=days), zone)


@lru_cache(maxsize=512)
def _month_end(first_day: date, months: int, zone: ZoneInfo) -> datetime:
    return day_start(add_months(first_day, months + 1), zone)
