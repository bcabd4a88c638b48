"""From the first purchase to the second, and to the first points spent (C113)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.growth.repeat import FEW
from dashboard.web.parts import Choice, Kpi
from loyalty.queries.onboarding import Group, Onboarding, Reach, onboarding, reach
from loyalty.queries.waits import Wait, share_by

_MONTHS: Final = 12
_DAYS: Final = (0, 7, 14, 30, 45, 60, 90, 120, 180)
_TOLD: Final = 30
_WHATS: Final = {
    "second": gettext_lazy("Until the second purchase"),
    "spent": gettext_lazy("Until the first points are spent"),
}


@dataclass(frozen=True, kw_only=True)
class WaitRow:
    """The wait of one group."""

    name: str
    people: str
    median: str
    interval: str
    by_month: str


@business_page(*READERS)
def onboarding_page(request: BusinessRequest) -> HttpResponse:
    """Show how long newcomers of the last twelve Jalali months take, and what helps them."""
    today = business_day(request.now, request.business.timezone)
    asked = request.GET.get("what", "")
    what = asked if asked in _WHATS else "second"
    found = onboarding(what, today, _MONTHS)
    whole = found.whole
    context = {
        "empty": not whole.wait.people,
        "what": what,
        "whats": [
            Choice(value=key, label=str(label), chosen=key == what, href=f"?what={key}")
            for key, label in _WHATS.items()
        ],
        "kpis": _kpis(whole),
        "starts": [_row(str(one.label), group) for one, group in found.starts if group.wait.people],
        "months": [_row(words.day(first, "month"), group) for first, group in found.months],
        "chart": _chart(found),
        "warning": reach_warning(reach(today)),
        "few": words.number(FEW),
    }
    return render(request, "dashboard/growth/onboarding.html", context)


def _kpis(whole: Group) -> list[Kpi]:
    wait = whole.wait
    return [
        Kpi(
            label=_("Half of the newcomers are through after"),
            value=median_of(wait),
            note=interval_of(wait),
        ),
        Kpi(
            label=_("Within 30 days"),
            value=_share(whole, _TOLD),
            note=_("who still wait count for as long as they have waited"),
        ),
        Kpi(
            label=_("Newcomers"),
            value=words.number(wait.people),
            note=_("of the last twelve months; %(n)s are through")
            % {"n": words.number(wait.happened)},
        ),
    ]


def median_of(wait: Wait) -> str:
    """Return the median in words, or why there is none."""
    if wait.people < FEW:
        return _("not enough data (%(n)s)") % {"n": words.number(wait.people)}
    if wait.median is None:
        return _("fewer than half so far")
    return _("%(n)s days") % {"n": words.number(wait.median)}


def interval_of(wait: Wait) -> str:
    """Return the interval of a median in words; an end nobody knows yet is open."""
    if wait.people < FEW or wait.low is None:
        return ""
    if wait.high is None:
        return _("95%%: at least %(low)s days") % {"low": words.number(wait.low)}
    facts = {"low": words.number(wait.low), "high": words.number(wait.high)}
    return _("95%%: %(low)s to %(high)s days") % facts


def _share(group: Group, days: int) -> str:
    if group.wait.people < FEW:
        return words.number(sum(1 for step in group.steps if step.days <= days))
    return words.percent(share_by(group.steps, days), 0)


def _row(name: str, group: Group) -> WaitRow:
    return WaitRow(
        name=name,
        people=words.number(group.wait.people),
        median=median_of(group.wait),
        interval=interval_of(group.wait),
        by_month=_share(group, _TOLD) if group.wait.people >= FEW else "",
    )


def _chart(found: Onboarding) -> dict[str, Any] | None:
    """Return which share is through after so many days, by how the first day ended."""
    groups = [(_("everybody"), found.whole)]
    apart = [(str(one.label), group) for one, group in found.starts if group.wait.people >= FEW]
    if len(apart) > 1:
        groups += apart
    if found.whole.wait.people < FEW:
        return None
    return {
        "labels": [words.number(days) for days in _DAYS],
        "min": 0,
        "series": [
            {"name": name, "values": [round(100 * share_by(group.steps, d), 1) for d in _DAYS]}
            for name, group in groups
        ],
        "rows": [_line(days, [group for _name, group in groups]) for days in _DAYS],
    }


def _line(days: int, groups: Sequence[Group]) -> dict[str, Any]:
    return {
        "label": _("after %(n)s days") % {"n": words.number(days)},
        "texts": [words.percent(share_by(group.steps, days), 0) for group in groups],
    }


def reach_warning(told: Reach) -> str:
    """Say that the first reward is out of reach of one sale, where it is (C113)."""
    if not told.is_far or told.cheapest is None:
        return ""
    return _(
        "One average purchase earns %(usual)s points, and your cheapest reward costs %(cost)s: "
        "newcomers get nothing for their first visit. A small reward within reach of it helps."
    ) % {"usual": words.number(told.usual), "cost": words.number(told.cheapest)}
