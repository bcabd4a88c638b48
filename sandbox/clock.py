"""The sandbox's own clock: real time plus what a test asked to skip."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import jdatetime

from core.text import persian_digits
from sandbox.store import fact, remember

# Iran has had no daylight saving since 2022.
TEHRAN: Final = timezone(timedelta(hours=3, minutes=30))
_OFFSET: Final = "clock offset seconds"


def now(db: sqlite3.Connection) -> int:
    """Return the virtual time in whole seconds since 1970."""
    return int(time.time()) + offset(db)


def offset(db: sqlite3.Connection) -> int:
    """Return how many seconds the virtual clock is ahead of the real one."""
    return int(fact(db, _OFFSET) or 0)


def advance(db: sqlite3.Connection, seconds: int) -> None:
    """Move the virtual clock forward; time never runs back."""
    if seconds < 0:
        msg = "the clock only moves forward"
        raise ValueError(msg)
    remember(db, _OFFSET, str(offset(db) + seconds))


def begin(db: sqlite3.Connection, behind: int) -> None:
    """Start an empty sandbox's time so many seconds ago, for a history to be played into it."""
    if behind < 0:
        msg = "a history begins in the past"
        raise ValueError(msg)
    remember(db, _OFFSET, str(-behind))


def iso(seconds: int | None) -> str | None:
    """Return a virtual time as ISO 8601 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC).isoformat()


def tehran_text(seconds: int) -> str:
    """Return the provider's plain date and time in Tehran, as unVerified lists it."""
    return datetime.fromtimestamp(seconds, tz=TEHRAN).strftime("%Y-%m-%d %H:%M:%S")


def jalali_text(seconds: int) -> str:
    """Return the Jalali date and time in Tehran, for the sandbox's own pages."""
    moment = datetime.fromtimestamp(seconds, tz=TEHRAN)
    day = jdatetime.date.fromgregorian(date=moment.date())
    return persian_digits(f"{day.year}/{day.month:02}/{day.day:02} {moment:%H:%M:%S}")
