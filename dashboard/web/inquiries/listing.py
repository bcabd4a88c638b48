"""What banks were asked, why, by whom, what came of it and what it cost; one of them with names."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.api.paging import page
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.inquiries.forms import RulesForm
from dashboard.web.inquiries.showing import (
    InquiryRow,
    call_lines,
    found_lines,
    particulars,
    result_of,
    row_of,
)
from dashboard.web.parts import Kpi
from payments.enums.inquiries import InquiryKind
from payments.operations.inquiries import read_inquiry, set_inquiry_rules
from payments.queries.inquiries import InquiryRules, inquiry_rows, inquiry_rules, inquiry_sums

_LOOKS_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class InquiryPage:
    """A page of questions."""

    rows: list[InquiryRow]
    next_cursor: str | None


@business_page(*MANAGERS)
def inquiries(request: BusinessRequest) -> HttpResponse:
    """List questions; set the rules."""
    rules = inquiry_rules()
    form = RulesForm(request.POST or None, initial=_initial(rules))
    if request.method == "POST" and form.is_valid():
        try:
            set_inquiry_rules(**form.cleaned_data, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:inquiries", request.business.slug)
    kind = request.GET.get("kind", "")
    found = page(
        inquiry_rows(kind=kind if kind in InquiryKind.values else ""),
        by="asked_at",
        cursor=request.GET.get("cursor"),
    )
    rows = [row_of(row) for row in found.rows]
    context = {
        "page": InquiryPage(rows=rows, next_cursor=found.next_cursor),
        "kinds": InquiryKind.choices,
        "kind": kind,
        "kpis": _kpis(request) if found.rows else [],
        "form": form,
    }
    answer = render(request, "dashboard/inquiries/inquiries.html", context)
    return refused(answer) if form.is_bound else answer


@business_page(*MANAGERS)
def inquiry(request: BusinessRequest, inquiry_id: UUID) -> HttpResponse:
    """Show one question with the names it found; reading them is written down."""
    detail = read_inquiry(
        inquiry_id=inquiry_id, actor=request.user, by=str(request.user), now=request.now
    )
    result, tone = result_of(detail.row)
    context = {
        "title": str(InquiryKind(detail.row.kind).label),
        "result": result,
        "tone": tone,
        "facts": particulars(detail, request),
        "found": found_lines(detail),
        "calls": call_lines(detail),
    }
    return render(request, "dashboard/inquiries/inquiry.html", context)


def _initial(rules: InquiryRules) -> dict[str, Any]:
    return {"daily_limit": rules.daily_limit, "valid_days": rules.valid_days}


def _kpis(request: BusinessRequest) -> list[Kpi]:
    sums = inquiry_sums(since=request.now - _LOOKS_BACK)
    unpriced = _("%(n)s calls to accounts without a fee") % {"n": words.number(sums.unpriced)}
    return [
        Kpi(label=_("Asked in 30 days"), value=words.number(sums.asked)),
        Kpi(
            label=_("Known already"),
            value=words.number(sums.used_again),
            note=_("answered without asking anybody"),
        ),
        Kpi(
            label=_("Without an answer"),
            value=words.number(sums.unanswered),
        ),
        Kpi(
            label=_("Cost by the accounts' fees"),
            value=words.toman(sums.cost_rial),
            unit=_("toman"),
            note=unpriced if sums.unpriced else "",
        ),
    ]
