"""Cases: what somebody has to look at, and saying it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import NotFound
from customers.enums import CaseKind, CaseState
from customers.operations import resolve_case
from customers.queries.cases import case_rows
from dashboard.web import words
from dashboard.web.access import EVERYONE, SELLERS, BusinessRequest, business_page
from dashboard.web.parts import Choice, Tone
from dashboard.web.people import title_of

_ICONS: Final = {
    CaseKind.COMPLAINT: "mood-angry",
    CaseKind.REQUEST: "help-circle",
    CaseKind.LOW_SCORE: "mood-sad",
}
_RIGHT: Final = {"yes": True, "no": False}


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """A case in the list."""

    id: UUID
    icon: str
    tone: Tone
    kind: str
    title: str
    detail: str
    opened_at: datetime
    open: bool
    is_complaint: bool
    closed_text: str
    customer: str
    customer_href: str


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """A page of cases."""

    rows: list[CaseRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def cases(request: BusinessRequest) -> HttpResponse:
    """List open (or settled) cases, newest first."""
    asked = request.GET.get("state", CaseState.OPEN)
    state = asked if asked in CaseState.values else CaseState.OPEN
    found = page(case_rows(state=state), by="opened_at", cursor=request.GET.get("cursor"))
    rows = [_row(case, request.business.slug) for case in found.rows]
    tabs = [
        Choice(value=value, label=str(label), chosen=value == state, href=f"?state={value}")
        for value, label in CaseState.choices
    ]
    context = {"page": CasePage(rows=rows, next_cursor=found.next_cursor), "tabs": tabs}
    context["can_resolve"] = role_may(request.role, SELLERS)
    return render(request, "dashboard/cases.html", context)


@require_POST
@business_page(*SELLERS)
def resolve(request: BusinessRequest, case_id: UUID) -> HttpResponse:
    """Say that a case was looked after."""
    try:
        resolve_case(
            case_id=case_id,
            resolution=str(request.user),
            was_right=_RIGHT.get(request.POST.get("was_right", "")),
            now=request.now,
        )
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The case is closed."))
    return redirect("dashboard:cases", request.business.slug)


def _row(case: Any, slug: str) -> CaseRow:
    person = case.customer
    closed = _("closed %(day)s · %(by)s")
    if case.was_right is not None:
        closed += " · " + (_("they were right") if case.was_right else _("without ground"))
    return CaseRow(
        id=case.id,
        icon=_ICONS[CaseKind(case.kind)],
        tone="bad" if case.kind == CaseKind.COMPLAINT else "amber",
        kind=str(CaseKind(case.kind).label),
        title=case.title,
        detail=case.detail,
        opened_at=case.opened_at,
        open=case.state == CaseState.OPEN,
        is_complaint=case.kind == CaseKind.COMPLAINT,
        closed_text=closed % {"day": words.day(case.resolved_at, "day"), "by": case.resolution},
        customer=title_of(person.name, person.mobile, person.member_code) if person else "",
        customer_href=reverse("dashboard:customer", args=[slug, person.id]) if person else "",
    )
