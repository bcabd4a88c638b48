"""The triangle of cohorts: of who came first in a Jalali month, who bought in each later one."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import business_day
from customers.queries.repeat import RETURN_DAYS, Cohort, cohorts
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.growth.repeat import FEW

_MONTHS: Final = 12
_STEPS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One month of a cohort: its share, its count in words, and how dark it is, 0 to 9."""

    text: str
    title: str
    step: int
    running: bool


@dataclass(frozen=True, kw_only=True)
class CohortRow:
    """One cohort's months, and who came again within 30, 60 and 90 days."""

    name: str
    size: str
    cells: list[Cell]
    returned: list[str]


@business_page(*READERS)
def cohort_page(request: BusinessRequest) -> HttpResponse:
    """Show the cohorts of the last twelve Jalali months."""
    today = business_day(request.now, request.business.timezone)
    found = cohorts(today, _MONTHS)
    known = [one for one in found if one.customers]
    context = {
        "empty": not known,
        "columns": [words.number(n) for n in range(1, _MONTHS)],
        "rows": [_row(one) for one in known],
        "spans": [_("%(n)s days") % {"n": words.number(days)} for days in RETURN_DAYS],
        "few": any(one.customers < FEW for one in known),
        "chart": _curves(known),
    }
    return render(request, "dashboard/growth/cohorts.html", context)


def _row(one: Cohort) -> CohortRow:
    last = len(one.active) - 1
    return CohortRow(
        name=words.day(one.month_on, "month"),
        size=words.number(one.customers),
        cells=[_cell(one, later, running=later == last) for later in range(1, len(one.active))],
        returned=["…" if n is None else _share(n, one.customers) for n in one.returned],
    )


def _cell(one: Cohort, later: int, *, running: bool) -> Cell:
    part = one.active[later] / one.customers
    title = _("%(n)s of %(all)s bought in month %(later)s after their first") % {
        "n": words.number(one.active[later]),
        "all": words.number(one.customers),
        "later": words.number(later),
    }
    return Cell(
        text=_share(one.active[later], one.customers),
        title=_("%(title)s (the month is not over)") % {"title": title} if running else title,
        step=min(round(part * (_STEPS + 1)), _STEPS),
        running=running,
    )


def _share(part: int, whole: int) -> str:
    return words.percent(part / whole, 0) if whole >= FEW else words.number(part)


def _curves(known: list[Cohort]) -> dict[str, Any] | None:
    """Return how many of a hundred are left month by month, over all months that are over."""
    points: list[tuple[int, int, int]] = []
    for later in range(1, _MONTHS):
        whole = [one for one in known if len(one.active) - 1 > later]
        people = sum(one.customers for one in whole)
        if people >= FEW:
            points.append((later, sum(one.active[later] for one in whole), people))
    if not points:
        return None
    labels = [words.number(later) for later, _active, _people in points]
    return {
        "labels": labels,
        "min": 0,
        "series": [
            {
                "name": _("Bought in that month, of 100"),
                "values": [round(100 * active / people, 1) for _later, active, people in points],
            }
        ],
        "rows": [
            {
                "label": _("month %(n)s after the first") % {"n": words.number(later)},
                "texts": [
                    _("%(percent)s of %(n)s")
                    % {"percent": words.percent(active / people), "n": words.number(people)}
                ],
            }
            for later, active, people in points
        ],
    }
