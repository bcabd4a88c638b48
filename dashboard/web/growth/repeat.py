"""Repeat purchases: the rate with its interval, by branch, product and employee, and who is due."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import branches
from core.calendar import business_day
from customers.enums import Channel
from customers.queries.people import customer_views
from customers.queries.repeat import Due, Repeat, RepeatGroup, due_now, repeat_groups, repeat_rate
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Choice, Kpi, Trend
from dashboard.web.people import title_of
from feedback.queries import share
from segmentation.queries.repeat import SEGMENTS, segment_name

# A percentage of fewer people misleads; then the counts alone are shown (R63).
FEW: Final = 30
_SPANS: Final = (90, 180, 365)
_USUAL: Final = 90
_REACH: Final = 7
_DUE: Final = 12
_GROUPS: Final = {
    "branch": gettext_lazy("By branch"),
    "product": gettext_lazy("By product"),
    "employee": gettext_lazy("By employee"),
    "channel": gettext_lazy("By channel"),
    "segment": gettext_lazy("By segment"),
}


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One group's customers, and who came back: to it, and at all."""

    name: str
    customers: str
    again: str
    anywhere: str


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """Somebody to be expected now."""

    name: str
    title: str
    href: str
    when: str
    gap: str


@business_page(*READERS)
def repeat_page(request: BusinessRequest) -> HttpResponse:
    """Show who came again in the last days, and of which branch, product or employee."""
    today = business_day(request.now, request.business.timezone)
    days = _asked(request.GET.get("days", ""))
    by = request.GET.get("by", "")
    by = by if by in _GROUPS else _first_group()
    until = today + timedelta(days=1)
    since = until - timedelta(days=days)
    now = repeat_rate(since, until)
    before = repeat_rate(since - timedelta(days=days), since)
    context = {
        "empty": not now.customers,
        "days": words.number(days),
        "kpis": _kpis(now, before),
        "groups": [_row(one, by) for one in repeat_groups(by, since, until, SEGMENTS)],
        "by_product": by == "product",
        "by_segment": by in SEGMENTS,
        "spans": [_span(one, days, by) for one in _SPANS],
        "ways": [
            Choice(value=key, label=str(label), chosen=key == by, href=f"?days={days}&by={key}")
            for key, label in _GROUPS.items()
        ],
        "due": _due(due_now(today, reach_days=_REACH, most=_DUE), request.business.slug, today),
    }
    return render(request, "dashboard/growth/repeat.html", context)


def _first_group() -> str:
    """Return by what is grouped unasked: where there is one branch, it says nothing new."""
    return "branch" if branches().count() > 1 else "product"


def _asked(text: str) -> int:
    return int(text) if text in {str(one) for one in _SPANS} else _USUAL


def _span(days: int, chosen: int, by: str) -> Choice:
    label = _("last %(n)s days") % {"n": words.number(days)}
    href = f"?days={days}&by={by}"
    return Choice(value=str(days), label=label, chosen=days == chosen, href=href)


def _kpis(now: Repeat, before: Repeat) -> list[Kpi]:
    again = Kpi(
        label=_("Bought again"),
        value=words.number(now.again),
        unit=_("of %(n)s customers") % {"n": words.number(now.customers)},
    )
    if now.customers < FEW:
        return [again]
    estimate = share(now.again, now.customers)
    rate = Kpi(
        label=_("Repeat purchase rate"),
        value=words.percent(estimate.score),
        note=_("95%%: %(low)s to %(high)s")
        % {
            "low": words.number(estimate.low * 100, 1),
            "high": words.number(estimate.high * 100, 1),
        },
        trend=_trend(now, before),
    )
    return [rate, again]


def _trend(now: Repeat, before: Repeat) -> Trend | None:
    if before.customers < FEW:
        return None
    change = 100 * (now.again / now.customers - before.again / before.customers)
    text = _("%(n)s points of a hundred") % {"n": words.number(abs(change), 1)}
    return Trend(
        up=change >= 0, good=change >= 0, text=text, against=_("against as many days before")
    )


def _row(one: RepeatGroup, by: str) -> GroupRow:
    names = {"channel": _channel, "segment": segment_name}
    return GroupRow(
        name=names[by](one.key) if by in names else one.name,
        customers=words.number(one.customers),
        again=told(one.again, one.customers),
        anywhere=told(one.anywhere, one.customers),
    )


def _channel(key: str) -> str:
    return str(Channel(key).label)


def told(part: int, whole: int) -> str:
    """Return a share with its count; of few the count alone."""
    count = words.number(part)
    if whole < FEW:
        return count
    return _("%(percent)s (%(n)s)") % {"percent": words.percent(part / whole, 0), "n": count}


def _due(rows: list[Due], slug: str, today: date) -> list[DueRow]:
    people: dict[UUID, Any] = customer_views([one.customer_id for one in rows])
    return [
        DueRow(
            name=people[one.customer_id].name,
            title=title_of(
                people[one.customer_id].name,
                people[one.customer_id].mobile,
                people[one.customer_id].member_code,
            ),
            href=reverse("dashboard:customer", args=[slug, one.customer_id]),
            when=_when(one.expected_on, today),
            gap=_("usually every %(gap)s days") % {"gap": words.number(one.gap_days)},
        )
        for one in rows
        if one.customer_id in people
    ]


def _when(expected: date, today: date) -> str:
    days = (expected - today).days
    if days == 0:
        return _("expected today")
    text = _("expected in %(n)s days") if days > 0 else _("%(n)s days past the expected day")
    return text % {"n": words.number(abs(days))}
