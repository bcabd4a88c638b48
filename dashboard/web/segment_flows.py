"""Flows between segments in a Jalali month, as a picture and as rows."""

from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import add_months, business_day, jalali, month_start, read_month
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.segment_words import ink
from segmentation.enums import Segment
from segmentation.queries.flows import Flow, MonthFlows, first_move_on, month_flows

_ORDER: Final = {segment.value: place for place, segment in enumerate(Segment)}


@business_page(*READERS)
def flows(request: BusinessRequest) -> HttpResponse:
    """Show where everybody was when a month began, and where when it ended."""
    this_month = month_start(business_day(request.now, request.business.timezone))
    first = first_move_on()
    oldest = month_start(first) if first else this_month
    chosen = _chosen(request.GET.get("month", ""), oldest, this_month)
    found = month_flows(chosen)
    context = {
        "title": words.day(chosen, "month"),
        "earlier": _link(chosen, -1) if chosen > oldest else "",
        "later": _link(chosen, 1) if chosen < this_month else "",
        "worked_out": found.worked_out,
        "running": chosen == this_month,
        "chart": _chart(found) if found.flows else None,
        "stayed": _part(found.flows, lambda one: one.before == one.after),
        "moved": _part(found.flows, lambda one: bool(one.before) and one.before != one.after),
        "arrived": _part(found.flows, lambda one: not one.before),
    }
    return render(request, "dashboard/segment_flows.html", context)


def _chosen(text: str, oldest: date, newest: date) -> date:
    if not text:
        return newest
    month = read_month(text)
    if month is None or not oldest <= month <= newest:
        raise Http404
    return month


def _link(month: date, step: int) -> str:
    to = jalali(add_months(month, step))
    return f"?month={to.year:04}-{to.month:02}"


def _part(rows: list[Flow], belongs: Any) -> int:
    return sum(one.customers for one in rows if belongs(one))


def _chart(found: MonthFlows) -> dict[str, Any]:
    ends = (("before", True), ("after", False))
    return {
        "nodes": [
            _node(side, name, found.flows, first=first)
            for side, first in ends
            for name in sorted({getattr(one, side) for one in found.flows}, key=_place)
        ],
        "links": [
            {
                "from": f"before:{one.before}",
                "to": f"after:{one.after}",
                "value": one.customers,
                "told": f"{_step(one)}: {words.number(one.customers)}",
            }
            for one in sorted(found.flows, key=lambda one: (_place(one.before), _place(one.after)))
        ],
        "series": [{"name": _("Customers")}],
        "rows": [
            {"label": _step(one), "texts": [words.number(one.customers)]} for one in found.flows
        ],
    }


def _place(name: str) -> int:
    return _ORDER.get(name, len(_ORDER))


def _node(side: str, name: str, rows: list[Flow], *, first: bool) -> dict[str, Any]:
    label = _name(name, first=first)
    size = words.number(_part(rows, lambda one: getattr(one, side) == name))
    return {
        "id": f"{side}:{name}",
        "name": label,
        "told": f"{label}: {size}",
        "tone": ink(name),
        "first": first,
    }


def _step(one: Flow) -> str:
    if one.before == one.after:
        return _("Stayed: %(segment)s") % {"segment": _name(one.after, first=False)}
    return _("%(before)s → %(after)s") % {
        "before": _name(one.before, first=True),
        "after": _name(one.after, first=False),
    }


def _name(segment: str, *, first: bool) -> str:
    if segment:
        return str(Segment(segment).label)
    return _("Not a customer yet") if first else _("In no segment any more")
