"""Business days, Saturday weeks and Jalali months, in the business's own zone.

Instants are aware datetimes in UTC; a day is a `datetime.date` in the business's zone. Jalali
arithmetic is jdatetime's. A day starts at its first existing instant (some days skip midnight).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import jdatetime

from core.text import persian_digits

TEHRAN: Final = ZoneInfo("Asia/Tehran")
_SATURDAY: Final = 5
_MONTH: Final = re.compile(r"(1[34][0-9]{2})-(0[1-9]|1[0-2])")
MONTH_NAMES: Final = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)
FRIDAY: Final = 6
WEEKDAY_NAMES: Final = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")


@dataclass(frozen=True, order=True, slots=True)
class Jalali:
    """A day of the Jalali calendar."""

    year: int
    month: int
    day: int

    def to_date(self) -> date:
        """Return the Gregorian day."""
        gregorian: date = jdatetime.date(self.year, self.month, self.day).togregorian()
        return gregorian


def jalali(day: date) -> Jalali:
    """Return the Jalali day of a Gregorian one."""
    j = jdatetime.date.fromgregorian(date=day)
    return Jalali(j.year, j.month, j.day)


def business_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day an instant falls on in the business's zone."""
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first existing instant of a day, in UTC."""
    naive_midnight = datetime.combine(day, time.min, tzinfo=zone)
    # A round trip moves a midnight that clocks skipped to the first minute that exists.
    return naive_midnight.astimezone(UTC).astimezone(zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return [start, end) of a day in UTC."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def week_start(day: date) -> date:
    """Return the Saturday that begins the day's week."""
    return day - timedelta(days=(day.weekday() - _SATURDAY) % 7)


def month_length(year: int, month: int) -> int:
    """Return the number of days of a Jalali month."""
    return int(jdatetime.j_days_in_month[month - 1]) + int(
        month == len(MONTH_NAMES) and jdatetime.date(year, 1, 1).isleap()
    )


def read_month(text: str) -> date | None:
    """Return the first day of a Jalali month written like 1405-09, or None."""
    found = _MONTH.fullmatch(text)
    return Jalali(int(found[1]), int(found[2]), 1).to_date() if found else None


@lru_cache(maxsize=4096)
def month_start(day: date) -> date:
    """Return the first day of the Jalali month a day lies in."""
    j = jalali(day)
    return Jalali(j.year, j.month, 1).to_date()


def add_months(anchor: date, months: int, *, anchor_day: int | None = None) -> date:
    """Return `anchor` plus Jalali months, kept on the anchor's day of month (rule R35).

    A shorter month yields its last day; pass the original `anchor_day` when chaining.
    """
    j = jalali(anchor)
    year, month0 = divmod(j.year * 12 + j.month - 1 + months, 12)
    day = min(anchor_day or j.day, month_length(year, month0 + 1))
    return Jalali(year, month0 + 1, day).to_date()


def format_jalali(moment: date | datetime, zone: ZoneInfo = TEHRAN, style: str = "long") -> str:
    """Return a date people read.

    long «۲ آذر ۱۴۰۵», short «۱۴۰۵/۰۹/۰۲», time «۲ آذر ۱۴۰۵، ۱۰:۳۰».
    """
    local = moment.astimezone(zone) if isinstance(moment, datetime) else None
    j = jalali(local.date() if local else moment)
    if style == "short":
        return persian_digits(f"{j.year:04}/{j.month:02}/{j.day:02}")
    text = f"{j.day} {MONTH_NAMES[j.month - 1]} {j.year}"
    if style == "time" and local:
        text = f"{text}، {local:%H:%M}"
    return persian_digits(text)


def weekday_name(day: date) -> str:
    """Return the Persian name of the day of the week."""
    return WEEKDAY_NAMES[(day.weekday() - _SATURDAY) % 7]
