"""The page of people who sell: whom each of them won (C116)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import employees
from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from feedback.queries.intervals import share
from loyalty.queries.acquisitions import WonSums, acquisitions, sums_by_employee

LOOK_BACK: Final = timedelta(days=365)
# A share of fewer is no share (rule R63).
LEAST: Final = 20
NOBODY: Final = WonSums(0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """One person who sells, and whom they won."""

    id: UUID
    name: str
    code: str
    tied: str
    counts: str
    waiting: str
    refused: str
    rate: str


@business_page(*MANAGERS)
def staff(request: BusinessRequest) -> HttpResponse:
    """Show who won how many customers in a year."""
    since = business_day(request.now, request.business.timezone) - LOOK_BACK
    sums = sums_by_employee(acquisitions(since))
    rows = [_row(one, sums.get(one.id, NOBODY)) for one in employees() if one.is_active]
    rows.sort(key=lambda row: -sums.get(row.id, NOBODY).counts)
    context: dict[str, Any] = {
        "rows": rows,
        "kpis": _kpis(list(sums.values())),
        "least": words.number(LEAST),
    }
    return render(request, "dashboard/staff/staff.html", context)


def rate_of(sums: WonSums) -> str:
    """Return which share of those who may count came a second day, with its interval."""
    whole = sums.counts + sums.waiting
    if whole < LEAST:
        return _("not enough data (%(n)s)") % {"n": words.number(whole)}
    found = share(sums.counts, whole)
    facts = {
        "rate": words.percent(sums.counts / whole, 0),
        "low": words.percent(found.low, 0),
        "high": words.percent(found.high, 0),
    }
    return _("%(rate)s (%(low)s to %(high)s)") % facts


def _row(one: Any, sums: WonSums) -> StaffRow:
    known = [_("mobile")] * bool(one.mobile) + [_("login")] * bool(one.login_id)
    return StaffRow(
        id=one.id,
        name=one.name,
        code=one.code,
        tied=_(" and ").join(known) if known else "",
        counts=words.number(sums.counts),
        waiting=words.number(sums.waiting),
        refused=words.number(sums.refused),
        rate=rate_of(sums),
    )


def _kpis(told: Sequence[WonSums]) -> list[Kpi]:
    note = _("in the last 365 days")
    counts, waiting = sum(one.counts for one in told), sum(one.waiting for one in told)
    refused = sum(one.refused for one in told)
    return [
        Kpi(label=_("Customers won"), value=words.number(counts), note=note),
        Kpi(
            label=_("Waiting for a second day"),
            value=words.number(waiting),
            note=_("bought on one day so far"),
        ),
        Kpi(
            label=_("Count for nobody"),
            value=words.number(refused),
            note=_("work here, or share a card with a customer before"),
        ),
        Kpi(
            label=_("Came a second day"),
            value=rate_of(WonSums(counts, waiting, refused)),
            note=_("of those who may count"),
        ),
    ]
