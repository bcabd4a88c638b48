"""Sales and returning customers: the numbers, their change and their weeks."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from core.calendar import week_start
from core.money import RIAL_PER_TOMAN
from customers.queries.days import DaySums, sales_days
from dashboard.web import words
from dashboard.web.parts import Kpi, Spark, Trend
from feedback.queries import share

WEEKS: Final = 8
# A percentage of fewer people misleads; then the count alone is shown.
FEW: Final = 30
_WEEK_DAYS: Final = 7
_MILLION: Final = 1_000_000


def history(today: date, days: int) -> list[DaySums]:
    """Return the days of two periods and of the weekly chart, oldest first. Three queries."""
    first_week = week_start(today) - timedelta(weeks=WEEKS - 1)
    return sales_days(min(first_week, today - timedelta(days=2 * days - 1)), today)


def sales_kpi(past: Sequence[DaySums], days: int, href: str) -> Kpi:
    """Return sales of the period, against the period before."""
    now, before = past[-days:], past[-2 * days : -days]
    total, earlier = _net(now), _net(before)
    return Kpi(
        label=_("Sales"),
        value=words.toman(total),
        unit=_("toman"),
        trend=_change(total, earlier),
        href=href,
        spark=Spark(values=[day.net_rial for day in now]),
    )


def returning_kpi(past: Sequence[DaySums], days: int, href: str) -> Kpi:
    """Return which part of the purchases of known customers was a return visit."""
    now, before = past[-days:], past[-2 * days : -days]
    known = sum(day.known_purchases for day in now)
    back = sum(day.returning_purchases for day in now)
    unit = _("%(part)s of %(all)s purchases") % {
        "part": words.number(back),
        "all": words.number(known),
    }
    if known < FEW:
        return Kpi(
            label=_("Purchases of who came back"), value=words.number(back), unit=unit, href=href
        )
    estimate = share(back, known)
    return Kpi(
        label=_("Purchases of who came back"),
        value=words.percent(estimate.score),
        unit=unit,
        trend=_points_change(estimate.score, _share(before)),
        note=_("95%%: %(low)s to %(high)s")
        % {
            "low": words.number(estimate.low * 100, 1),
            "high": words.number(estimate.high * 100, 1),
        },
        href=href,
        spark=Spark(values=_weekly_shares(past), tone="good"),
    )


def weeks_chart(past: Sequence[DaySums], today: date) -> dict[str, Any]:
    """Return sales by week, split into returning and other customers, in million toman."""
    last = week_start(today)
    starts = [last - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    by_week = {start: [day for day in past if week_start(day.on) == start] for start in starts}
    back = [sum(day.returning_rial for day in by_week[start]) for start in starts]
    other = [_net(by_week[start]) - back[i] for i, start in enumerate(starts)]
    labels = [words.day(start, "day") for start in starts]
    return {
        "labels": labels,
        "series": [
            {"name": _("Returning"), "values": [_millions(one) for one in back]},
            {"name": _("New or unknown"), "values": [_millions(one) for one in other]},
        ],
        "rows": [
            {"label": labels[i], "texts": [words.toman(back[i]), words.toman(other[i])]}
            for i in range(WEEKS)
        ],
    }


def _net(days: Sequence[DaySums]) -> int:
    return sum(day.net_rial for day in days)


def _millions(rial: int) -> float:
    return round(rial / RIAL_PER_TOMAN / _MILLION, 2)


def _share(days: Sequence[DaySums]) -> float | None:
    known = sum(day.known_purchases for day in days)
    if known < FEW:
        return None
    return sum(day.returning_purchases for day in days) / known


def _weekly_shares(past: Sequence[DaySums]) -> list[float]:
    spans = [past[i : i + _WEEK_DAYS] for i in range(len(past) % _WEEK_DAYS, len(past), _WEEK_DAYS)]
    sums = [
        (sum(day.returning_purchases for day in span), sum(day.known_purchases for day in span))
        for span in spans
    ]
    return [back / known if known else 0 for back, known in sums]


def _change(now: int, before: int) -> Trend | None:
    if before <= 0:
        return None
    ratio = now / before - 1
    return Trend(
        up=ratio >= 0,
        good=ratio >= 0,
        text=words.percent(abs(ratio)),
        against=_("against the period before"),
    )


def _points_change(now: float, before: float | None) -> Trend | None:
    if before is None:
        return None
    difference = (now - before) * 100
    text = _("%(n)s points of a hundred") % {"n": words.number(abs(difference), 1)}
    return Trend(up=difference >= 0, good=difference >= 0, text=text)
