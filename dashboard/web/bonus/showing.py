"""One period's bonuses with the steps to their payment, and one person's with its sales (C084)."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, OWNERS, BusinessRequest, business_page, refused
from dashboard.web.bonus.listing import above_text
from dashboard.web.forms import Line, refusal_to_form
from dashboard.web.people import title_of
from feedback.enums import BonusReason, BonusState
from feedback.operations.bonus import object_to_bonus
from feedback.queries.bonus.reading import (
    line_by_id,
    lines_of,
    objections_of,
    run_by_id,
    sales_of,
)

_ROWS: Final = 50


class ObjectionForm(forms.Form):
    """What is not right."""

    purchase_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reason = Line(label=gettext_lazy("What is not right?"), max_length=500)


@business_page(*MANAGERS)
def bonus_run(request: BusinessRequest, bonus_run_id: UUID) -> HttpResponse:
    """Show everybody's bonus of a period."""
    run = run_by_id(bonus_run_id)
    if run is None:
        raise Http404
    lines, objections = lines_of(run.id), objections_of(run.id)
    context = {
        "run": run,
        "state": run.get_state_display(),
        "total": words.toman(sum(line.amount_rial for line in lines)),
        "rows": [_line(line) for line in lines],
        "objections": objections,
        "steps": _steps(request, run, waiting=any(one.upheld is None for one in objections)),
    }
    return render(request, "dashboard/bonus/run.html", context)


@business_page(*MANAGERS)
def bonus_line(request: BusinessRequest, bonus_line_id: UUID) -> HttpResponse:
    """Show what one bonus stands on; take an objection to it."""
    line = line_by_id(bonus_line_id)
    if line is None:
        raise Http404
    form = ObjectionForm(request.POST or None, initial={"purchase_id": request.GET.get("sale")})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            object_to_bonus(
                line_id=line.id,
                purchase_id=told["purchase_id"],
                reason=told["reason"],
                by=str(request.user),
                now=request.now,
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Written down; an owner answers."))
            return redirect("dashboard:bonus-run", request.business.slug, line.run_id)
    answer = render(request, "dashboard/bonus/line.html", _line_context(request, line, form))
    return refused(answer) if form.errors else answer


def _steps(request: BusinessRequest, run: Any, *, waiting: bool) -> dict[str, bool]:
    owner = role_may(request.role, OWNERS)
    over = request.now >= run.objections_until
    frozen = run.state == BonusState.FROZEN
    return {
        "decide": owner and frozen,
        "approve": owner and frozen and over and not waiting,
        "waits": frozen and not over,
        "pay": owner and run.state == BonusState.APPROVED,
        "cancel": owner and run.state in {BonusState.FROZEN, BonusState.APPROVED},
    }


def _line(line: Any) -> dict[str, Any]:
    counts = line.reason == BonusReason.COUNTS
    return {
        "id": line.id,
        "name": line.employee.name,
        "asked": words.number(line.asked),
        "answers": words.number(line.answers),
        "content": words.number(line.content),
        "above": above_text(line.difference_bp) if counts else line.get_reason_display(),
        "toman": words.toman(line.amount_rial),
        "taken_back": words.toman(line.taken_back_rial) if line.taken_back_rial else "",
        "kept_back": words.toman(line.kept_back_rial) if line.kept_back_rial else "",
        "owed": words.toman(line.owed_rial) if line.owed_rial else "",
    }


def _line_context(request: BusinessRequest, line: Any, form: forms.Form) -> dict[str, Any]:
    shown = Paginator(sales_of(line.id), _ROWS).get_page(request.GET.get("page"))
    may_object = line.run.state == BonusState.FROZEN and request.now < line.run.objections_until
    return {
        "line": line,
        "told": _line(line),
        "trust": words.percent(line.trust_bp / 10_000, 0),
        "nameless": words.number(line.nameless),
        "not_counted": words.number(line.not_counted),
        "rows": [_sale(row) for row in shown],
        "shown": shown,
        "form": form if may_object else None,
        "chosen": _chosen(line, request.GET.get("sale", "")),
    }


def _chosen(line: Any, typed: str) -> str:
    """Return whose sale is objected to, "" for none."""
    try:
        row = sales_of(line.id).filter(purchase=UUID(typed)).first()
    except ValueError:
        return ""
    return (_sale(row)["customer"] or _("somebody without a name")) if row else ""


def _sale(row: Any) -> dict[str, Any]:
    person = row.purchase.customer
    return {
        "purchase_id": row.purchase_id,
        "customer_id": row.purchase.customer_id,
        "customer": title_of(person.name, person.mobile, person.member_code) if person else "",
        "at": row.purchase.occurred_at,
        "said": _said(row),
        "expected": words.percent(row.expected_bp / 10_000, 0),
    }


def _said(row: Any) -> str:
    if row.set_aside:
        return _("set aside")
    if row.came_back:
        return _("goods came back")
    return _("said content") if row.value_bp else _("silent or not content")
