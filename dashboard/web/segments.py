"""The RFM picture, the eleven segments and who is in them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.people import scored_page, segment_label, spendable
from dashboard.web.picture import heat
from dashboard.web.segment_words import ADVICE
from segmentation.enums import Scale, Segment
from segmentation.operations import score_business
from segmentation.queries import SegmentRow, grid, latest_run, member_rows, moves_on, summary

_MOVES: Final = 8
_CELL: Final = re.compile(r"r([1-5])f([1-5])")


@dataclass(frozen=True, kw_only=True)
class SegmentLine:
    """A segment with its size and its part of all sales."""

    label: str
    advice: Promise
    href: str
    count: int
    share: float
    net: str
    real: str


@dataclass(frozen=True, kw_only=True)
class MoveLine:
    """How many went from one segment to another."""

    text: str
    count: int


@business_page(*READERS)
def segments(request: BusinessRequest) -> HttpResponse:
    """Show the picture and the segments; score now when asked."""
    if request.method == "POST":
        return _score_now(request)
    run = latest_run()
    rows = summary()
    context = {
        "heat": heat(grid(), request.business.slug),
        "segments": [_line(row, rows, request.business.slug) for row in rows if row.customers],
        "moves": _moves(run),
        "lead": _lead(run, rows),
        "can_score": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/segments.html", context)


@business_page(*READERS)
def segment(request: BusinessRequest, key: str) -> HttpResponse:
    """List the people of a segment or of a square of the picture, biggest buyers first."""
    chosen = _chosen(key)
    found = page(member_rows(**chosen), by="monetary_rial", cursor=request.GET.get("cursor"))
    points = spendable([score.customer_id for score in found.rows], request.now)
    context: dict[str, Any] = {"page": scored_page(found, points), **_heading(chosen)}
    if "segment" in chosen:
        new = reverse("dashboard:campaign-new", args=[request.business.slug])
        context["campaign_href"] = f"{new}?segment={key}"
    return render(request, "dashboard/segment.html", context)


def _score_now(request: BusinessRequest) -> HttpResponse:
    if not role_may(request.role, MANAGERS):
        raise PermissionDenied
    score_business(now=request.now)
    messages.success(request, _("Everybody has fresh scores."))
    return redirect("dashboard:segments", request.business.slug)


def _line(row: SegmentRow, rows: list[SegmentRow], slug: str) -> SegmentLine:
    whole = sum(one.net_rial for one in rows) or 1
    return SegmentLine(
        label=str(row.segment.label),
        advice=ADVICE[row.segment],
        href=reverse("dashboard:segment", args=[slug, row.segment.value]),
        count=row.customers,
        share=row.net_rial / whole,
        net=words.toman_short(row.net_rial),
        real="" if row.real_rial is None else words.toman_short(row.real_rial),
    )


def _moves(run: Any) -> list[MoveLine]:
    if run is None:
        return []
    return [
        MoveLine(
            text=_("%(before)s → %(after)s")
            % {"before": segment_label(before)[0], "after": segment_label(after)[0]},
            count=count,
        )
        for before, after, count in moves_on(run.as_of)[:_MOVES]
    ]


def _lead(run: Any, rows: list[SegmentRow]) -> str:
    """Return whom the picture below is of: also who bought first since the night."""
    if run is None:
        return _("Not scored yet")
    everybody = sum(row.customers for row in rows)
    people = ngettext("%(n)s customer", "%(n)s customers", everybody)
    text = _("%(people)s, as of %(day)s · %(scale)s")
    return text % {
        "people": people % {"n": words.number(everybody)},
        "day": words.day(run.as_of),
        "scale": Scale(run.scale).label,
    }


def _chosen(key: str) -> dict[str, Any]:
    cell = _CELL.fullmatch(key)
    if cell:
        return {"r": int(cell[1]), "f": int(cell[2])}
    if key not in Segment.values:
        raise Http404
    return {"segment": key}


def _heading(chosen: dict[str, Any]) -> dict[str, Any]:
    if "segment" in chosen:
        one = Segment(chosen["segment"])
        return {"title": one.label, "lead": ADVICE[one]}
    place = {"r": words.number(chosen["r"]), "f": words.number(chosen["f"])}
    return {
        "title": _("Recency %(r)s, frequency %(f)s") % place,
        "lead": _("Five is the most recent and the most frequent fifth."),
    }
