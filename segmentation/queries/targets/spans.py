"""Spans of targets: whole Jalali months, alone or three together."""

from datetime import date, timedelta
from typing import Final

from core.calendar import Jalali, add_months, jalali
from segmentation.enums import Span

MONTHS: Final[dict[str, int]] = {Span.MONTH: 1, Span.QUARTER: 3}
YEAR: Final = 12
_ONE: Final = timedelta(days=1)


def begins(span: str, day: date) -> date:
    """Return the first day of the span a day lies in."""
    at = jalali(day)
    months = MONTHS.get(span, 1)
    return Jalali(at.year, at.month - (at.month - 1) % months, 1).to_date()


def after(span: str, starts_on: date, times: int = 1) -> date:
    """Return the first day of the span so many later (or, negative, earlier)."""
    return add_months(starts_on, times * MONTHS.get(span, 1))


def last_day(span: str, starts_on: date) -> date:
    """Return the last day of a span."""
    return after(span, starts_on) - _ONE


def ends_before(span: str, starts_on: date, today: date) -> bool:
    """Tell whether a span is over."""
    return after(span, starts_on) <= today
