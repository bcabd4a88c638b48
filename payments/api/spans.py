"""The span of business days a report is asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.api.views import Call
from core.calendar import business_day
from core.errors import Problem

_DAYS: Final = 90
FILTERS: Final = {
    "since": "the first day, YYYY-MM-DD; 90 days before the last when left out",
    "until": "the last day; today when left out",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Business days from `since` to `last`, both counted, in the business's zone."""

    since: date
    last: date
    today: date
    zone: ZoneInfo

    @property
    def until(self) -> date:
        """Return the first day that does not count any more."""
        return self.last + timedelta(days=1)

    @property
    def after_today(self) -> date:
        """Return tomorrow."""
        return self.today + timedelta(days=1)


def asked_span(call: Call) -> Span:
    """Return the span of a call. Raises Problem `invalid_date`."""
    zone = business_by_id(call.business_id).timezone
    today = business_day(call.now, zone)
    last = _day(call.query.get("until"), today)
    since = _day(call.query.get("since"), last - timedelta(days=_DAYS))
    if since > last:
        raise Problem("invalid_date", _("The first day comes after the last."))
    return Span(since, last, today, zone)


def _day(text: str | None, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text) if text else otherwise
    except ValueError as error:
        raise Problem("invalid_date", _("Write the day as YYYY-MM-DD.")) from error
    if not _FIRST <= found <= _LAST:
        raise Problem("invalid_date", _("Write the day as YYYY-MM-DD."))
    return found


# Beyond these the calendar of the business has no months.
_FIRST: Final = date(1990, 1, 1)
_LAST: Final = date(2100, 1, 1)
