"""The files of measures: all of them, and one with its evidence and what became of it."""

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.api.paging import page
from core.calendar import business_day
from customers.enums import MeasureState
from customers.queries.measures import SPAN_DAYS, Side, is_over, measure_by_id, measure_rows
from customers.queries.measures import since_then as queried
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from dashboard.web.measures.forms import AnswerForm, AppealForm, DecideForm
from dashboard.web.people import title_of
from segmentation.enums import NamedSegment
from segmentation.queries.named.told import evidence_told

_PER_PAGE: Final = 30


@business_page(*MANAGERS)
def measures(request: BusinessRequest) -> HttpResponse:
    """Show every file, newest first."""
    found = page(
        measure_rows(), by="proposed_at", cursor=request.GET.get("cursor"), limit=_PER_PAGE
    )
    context = {"page": found, "rows": [told(row, request) for row in found.rows]}
    return render(request, "dashboard/measures/list.html", context)


@business_page(*MANAGERS)
def measure(request: BusinessRequest, measure_id: UUID) -> HttpResponse:
    """Show one file with what may be done about it now."""
    return shown(request, measure_id)


def shown(request: BusinessRequest, measure_id: UUID, **forms: Any) -> HttpResponse:
    """Return the page of a file, with a form that was refused in the place of an empty one."""
    row = measure_by_id(measure_id)
    if row is None:
        raise Http404
    state, me = row.state, f"user:{request.user.id}"
    held = state == MeasureState.IN_FORCE
    waits = held and row.appealed_at is not None and row.answered_at is None
    context = {
        **told(row, request),
        "evidence": [_sign(one) for one in row.evidence],
        "row": row,
        "effect": _effect(row),
        "decide": (forms.get("decide") or DecideForm()) if state == MeasureState.PROPOSED else None,
        "mine": row.proposed_by == me,
        "appeal": (forms.get("appeal") or AppealForm()) if held and not row.appealed_at else None,
        "answer": (forms.get("answer") or AnswerForm()) if waits else None,
        "decided_by_me": row.decided_by == me,
        "may_lift": held,
    }
    return render(
        request,
        "dashboard/measures/file.html",
        context,
        status=422 if any(forms.values()) else 200,
    )


def told(row: Any, request: BusinessRequest) -> dict[str, Any]:
    """Return a file as a line."""
    person, today = row.customer, business_day(request.now, request.business.timezone)
    over = row.state == MeasureState.IN_FORCE and is_over(row, today)
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "step": row.get_step_display(),
        "state": _("over") if over else row.get_state_display(),
        "tone": "bad" if row.state == MeasureState.IN_FORCE and not over else "",
        "since": words.ago(row.proposed_at, request.now),
        "ends": words.day(row.ends_on) if row.ends_on else "",
        "lapses": words.day(row.lapses_on) if row.lapses_on else "",
    }


def _sign(one: Any) -> dict[str, Any]:
    return {
        "name": NamedSegment(one["segment"]).label,
        "why": evidence_told(one["segment"], one["evidence"]),
    }


def _effect(row: Any) -> dict[str, Any] | None:
    """Return the ninety days before and since; None where nothing was decided to hold."""
    found = queried([row]).get(row.id)
    if found is None or row.ends_on is None:
        return None
    return {
        "days": words.number(SPAN_DAYS),
        "rows": [
            (_("before"), *_side(found.before)),
            (_("since then"), *_side(found.since)),
        ],
    }


def _side(side: Side) -> tuple[str, str, str]:
    return words.number(side.bought), words.number(side.returned), words.toman(side.net_rial)
