"""When a message may go out: quiet hours and frequency caps, in the business's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.calendar import business_day, day_start, week_start
from messaging.enums import Purpose

OPT_OUT_HINT: Final = "لغو۱۱"
_POLITE: Final = frozenset({Purpose.MARKETING, Purpose.SURVEY})
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Manners:
    """A business's rules for messages nobody asked for."""

    zone: ZoneInfo
    quiet_from: time
    quiet_until: time
    daily_cap: int
    weekly_cap: int


def has_manners(purpose: str) -> bool:
    """Tell whether quiet hours hold for this kind of message (they exempt what was asked for)."""
    return purpose in _POLITE


def with_opt_out(body: str, purpose: str) -> str:
    """Return the text with «لغو۱۱» at its end when it is an offer and does not say so yet."""
    if purpose != Purpose.MARKETING or body.rstrip().endswith(("لغو۱۱", "لغو11", "لغو ۱۱")):
        return body
    return f"{body.rstrip()}\n{OPT_OUT_HINT}"


def first_polite_moment(instant: datetime, manners: Manners) -> datetime:
    """Return the instant itself, or the end of the quiet hours it falls into."""
    local = instant.astimezone(manners.zone)
    if not _is_quiet(local.time(), manners):
        return instant
    day = local.date()
    evening = manners.quiet_from > manners.quiet_until and local.time() >= manners.quiet_from
    return _at(day + _DAY if evening else day, manners.quiet_until, manners.zone)


def next_day(instant: datetime, manners: Manners) -> datetime:
    """Return the first polite moment of the business's next day."""
    tomorrow = business_day(instant, manners.zone) + _DAY
    return first_polite_moment(day_start(tomorrow, manners.zone), manners)


def next_week(instant: datetime, manners: Manners) -> datetime:
    """Return the first polite moment of the business's next week (it starts on Saturday)."""
    saturday = week_start(business_day(instant, manners.zone)) + _WEEK
    return first_polite_moment(day_start(saturday, manners.zone), manners)


def _is_quiet(clock: time, manners: Manners) -> bool:
    start, end = manners.quiet_from, manners.quiet_until
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
