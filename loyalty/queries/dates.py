"""When points end: with a Jalali day, month or year, in the business's zone (rule R12)."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.calendar import Jalali, add_months, day_start, jalali, month_start
from loyalty.enums import ExpiryEnds


def end_of_points(
    earned_on: date, months: int | None, zone: ZoneInfo, ends: str = ExpiryEnds.MONTH
) -> datetime | None:
    """Return the first instant at which points earned on a day are gone; None: never.

    They are good through the whole day, month or year in which their last month ends.
    """
    return None if months is None else _end(earned_on, months, zone, ExpiryEnds(ends))


@lru_cache(maxsize=2048)
def _end(earned_on: date, months: int, zone: ZoneInfo, ends: ExpiryEnds) -> datetime:
    ends = ends.span
    if ends == ExpiryEnds.MONTH:
        return day_start(add_months(month_start(earned_on), months + 1), zone)
    last = add_months(earned_on, months)
    if ends == ExpiryEnds.YEAR:
        return day_start(Jalali(jalali(last).year + 1, 1, 1).to_date(), zone)
    return day_start(last + timedelta(days=1), zone)
