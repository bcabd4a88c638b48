"""When a customer's share of a rule begins anew."""

from datetime import date
from typing import Final

from core.calendar import Jalali, jalali, month_start, week_start
from loyalty.enums import CapSpan
from loyalty.queries.rules.document import Bonus

# Before any purchase: the one span that never ends.
_EVER: Final = date(1, 1, 1)


def span_start(span: CapSpan, day: date) -> date:
    """Return the first business day of the Jalali span a day lies in (rule R36)."""
    if span == CapSpan.DAY:
        return day
    if span == CapSpan.WEEK:
        return week_start(day)
    if span == CapSpan.MONTH:
        return month_start(day)
    if span == CapSpan.YEAR:
        return Jalali(jalali(day).year, 1, 1).to_date()
    return _EVER


def share_of(bonus: Bonus, day: date) -> date | None:
    """Return since when a customer's share of a rule counts, or None without one."""
    return None if bonus.customer_cap_points is None else span_start(bonus.customer_span, day)
