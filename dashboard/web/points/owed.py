"""Why what is owed for points changed: the bridge, its picture, the accounts (N28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import business_day
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from dashboard.web.points.funders import funder_rows
from dashboard.web.points.spans import Days, asked_days
from loyalty.queries import program
from loyalty.queries.books import (
    ACCOUNTS,
    Amounts,
    Bridge,
    Part,
    accounts_at,
    bridge,
    closings,
    waiting_entries,
)
from loyalty.queries.ending_soon import Warned, warned_since

_THOUSAND: Final = 1_000
_MOST_DAYS: Final = 400
_WARNED: Final = timedelta(days=30)
_NAMES: Final = {
    "owed_rial": gettext_lazy("Owed for points"),
    "allowance_rial": gettext_lazy("Expected never to be spent"),
    "sales_rial": gettext_lazy("Kept back of sales"),
    "spent_rial": gettext_lazy("Earned by points spent"),
    "breakage_rial": gettext_lazy("Earned by points that ended"),
    "given_rial": gettext_lazy("Cost of points given"),
}


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """A step of the bridge; `href` leads to the entries behind it."""

    name: str
    points: str
    toman: str
    count: str
    href: str


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """An account of the books of points; a debit balance is positive."""

    name: str
    toman: str


@business_page(*READERS)
def points_owed(request: BusinessRequest) -> HttpResponse:
    """Show the way from what was owed for points to what is owed."""
    days = asked_days(request)
    told = bridge(days.since, days.last)
    waiting = waiting_entries()
    context = {
        "days": days,
        "empty": not (told.parts or told.opening.points),
        "kpis": _kpis(told),
        "opening": told.opening,
        "closing": told.closing,
        "rows": [_row(part, request.business.slug, days) for part in told.parts],
        "funders": funder_rows(told),
        "picture": _waterfall(told),
        "line": _line(days, business_day(request.now, request.business.timezone)),
        "accounts": _accounts(days.last),
        "waiting": words.number(waiting.count) if waiting.count else "",
        "since": waiting.since,
        "warned": _warned(warned_since(request.now - _WARNED)),
    }
    return render(request, "dashboard/points/owed.html", context)


def _warned(told: Warned) -> str:
    if not told.times:
        return ""
    return _(
        "In the last 30 days %(n)s customers had %(points)s points that were about to end; "
        "%(sent)s of them were told by SMS."
    ) % {
        "n": words.number(told.times),
        "points": words.number(told.points),
        "sent": words.number(told.sent),
    }


def _kpis(told: Bridge) -> list[Kpi]:
    closing, change = told.closing, told.closing.rial - told.opening.rial
    programme = program()
    unit = programme.unit_value_rial if programme else 0
    return [
        _kpi(_("Owed the evening before"), told.opening),
        Kpi(
            label=_("Changed by"),
            value=words.toman(change),
            unit=_("toman"),
            note=_("%(n)s points") % {"n": words.signed(closing.points - told.opening.points)},
        ),
        _kpi(_("Owed at the end"), closing),
        Kpi(
            label=_("At the till they are worth"),
            value=words.toman(closing.points * unit),
            unit=_("toman"),
            note=_("%(amount)s toman a point today") % {"amount": words.toman(unit)},
        ),
    ]


def _kpi(label: str, told: Amounts) -> Kpi:
    return Kpi(
        label=label,
        value=words.toman(told.rial),
        unit=_("toman"),
        note=_("%(n)s points") % {"n": words.number(told.points)},
    )


def _row(part: Part, slug: str, days: Days) -> PartRow:
    address = reverse("dashboard:points-postings", args=[slug])
    return PartRow(
        name=str(part.kind.label),
        points=words.signed(part.change.points),
        toman=words.signed_toman(part.change.rial),
        count=words.number(part.postings),
        href=f"{address}?kind={part.kind}&{days.query}",
    )


def _waterfall(told: Bridge) -> dict[str, Any]:
    """Return the bridge as a picture: each step floats between what was owed before and after."""
    steps = [(_("At the beginning of these days"), told.opening.rial, 0)]
    owed = told.opening.rial
    for part in told.parts:
        steps.append((str(part.kind.label), part.change.rial, owed))
        owed += part.change.rial
    steps.append((_("At the end of these days"), owed, 0))
    return {
        "labels": [label for label, _rial, _before in steps],
        "base": [_thousands(min(before, before + rial)) for _label, rial, before in steps],
        "whole": [0, len(steps) - 1],
        "series": [
            {"name": _("toman"), "values": [_thousands(rial) for _label, rial, _before in steps]}
        ],
        "rows": [{"label": label, "texts": [words.toman(rial)]} for label, rial, _before in steps],
    }


def _line(days: Days, today: date) -> dict[str, Any] | None:
    """Return what was owed each evening so far, for more days than one."""
    last = min(days.last, today)
    first = max(days.since, last - timedelta(days=_MOST_DAYS))
    if first >= last:
        return None
    ends: Sequence[tuple[date, Amounts]] = closings(first, last)
    return {
        "labels": [words.day(day, "day") for day, _owed in ends],
        "series": [
            {
                "name": _("Owed for points"),
                "values": [_thousands(owed.rial) for _day, owed in ends],
            }
        ],
        "rows": [
            {"label": words.day(day, "day"), "texts": [words.toman(owed.rial)]}
            for day, owed in ends
        ],
    }


def _thousands(rial: int) -> float:
    return rial / RIAL_PER_TOMAN / _THOUSAND


def _accounts(last: date) -> list[AccountRow]:
    held = accounts_at(last)
    return [AccountRow(name=str(_NAMES[name]), toman=words.toman(held[name])) for name in ACCOUNTS]
