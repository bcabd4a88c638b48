"""Correcting a customer's points by hand, and a second manager's word where one is needed."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Whole
from dashboard.web.people import title_of
from loyalty.enums import CorrectionState
from loyalty.operations import ask_correction, ask_write_off, decide_correction
from loyalty.queries.corrections import correction_customer, waiting_corrections
from loyalty.queries.wallets import wallet_view

_MOST = 1_000_000_000
# What a refusal is about; others are told above the form.
_ABOUT: Final[Mapping[str, str]] = {
    "invalid_points": "points",
    "too_many_points": "points",
    "insufficient_points": "points",
    "reason_missing": "reason",
    "names_the_person": "reason",
}


class ReasonForm(forms.Form):
    """Why, for whoever reads the customer's points."""

    reason = Line(label=gettext_lazy("Why? The customer sees this."), max_length=200)


class CorrectionForm(ReasonForm):
    """How many points, and why."""

    points = Whole(label=gettext_lazy("How many points"), min_value=1, max_value=_MOST)
    field_order = ("points", "reason")


def corrections(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return what the customer's page shows to those who may correct points."""
    if not role_may(request.role, MANAGERS):
        return {}
    return {
        "correction_form": CorrectionForm(),
        "waiting_corrections": [
            {
                "id": row.id,
                "points": words.signed(row.points),
                "writes_off": row.writes_off,
                "reason": row.reason,
                "asked": _("%(who)s, %(ago)s")
                % {"who": row.asked_by, "ago": words.ago(row.asked_at, request.now)},
                "own": row.asker_id == request.user.id,
            }
            for row in waiting_corrections(customer_id)
        ],
    }


@business_page(*MANAGERS)
def points_correct(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Correct points, or ask for it; a refusal is shown beside what was typed."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    forgives = request.POST.get("deed") == "forgive"
    form = (ReasonForm if forgives else CorrectionForm)(request.POST or None)
    if form.is_valid() and (said := _ask(request, person.id, form)):
        messages.success(request, said)
        return redirect("dashboard:customer", request.business.slug, person.id)
    context = {
        "form": form,
        "forgives": forgives,
        "customer_id": person.id,
        "title": title_of(person.name, person.mobile, person.member_code),
        "balance": wallet_view(person.id, request.now).balance_points,
    }
    answer = render(request, "dashboard/points/correct.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def points_decide(request: BusinessRequest, correction_id: UUID) -> HttpResponse:
    """Say yes or no to a correction that waits."""
    customer_id = correction_customer(correction_id)
    if customer_id is None:
        raise Http404
    approve = request.POST.get("answer") == "yes"
    try:
        decide_correction(
            correction_id=correction_id, approve=approve, actor=request.user, now=request.now
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        done = _("Approved; the points are corrected.") if approve else _("Refused.")
        messages.success(request, done)
    return redirect("dashboard:customer", request.business.slug, customer_id)


def _ask(request: BusinessRequest, customer_id: UUID, form: ReasonForm) -> str:
    """Ask for a correction, or to forgive what is owed; "" when refused, told at the form."""
    asked = {
        "customer_id": customer_id,
        "reason": form.cleaned_data["reason"],
        "actor": request.user,
        "now": request.now,
    }
    points = form.cleaned_data.get("points", 0)
    sign = -1 if request.POST.get("deed") == "take" else 1
    try:
        row = ask_correction(points=sign * points, **asked) if points else ask_write_off(**asked)
    except Problem as problem:
        about = _ABOUT.get(problem.code)
        form.add_error(about if about in form.fields else None, _refusal(problem))
        return ""
    return _outcome(row)


def _refusal(problem: Problem) -> str:
    """Return a refusal with how many points would have been allowed."""
    said = str(problem.detail)
    most = problem.extra.get("most", problem.extra.get("available_points"))
    if most is None:
        return said
    allowed = _("At most %(n)s points.") % {"n": words.number(most)}
    return f"{said} {allowed}"


def _outcome(row: Any) -> str:
    if row.state == CorrectionState.WAITING:
        return _("So many points wait for another manager's word.")
    facts = {"points": words.signed(row.points)}
    if row.writes_off:
        return _("Owed points forgiven: %(points)s") % facts
    return _("Points corrected: %(points)s") % facts
