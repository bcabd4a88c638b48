"""Correcting a customer's points by hand, and a second manager's word where one is needed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from dashboard.web.forms import Line, Whole
from loyalty.enums import CorrectionState
from loyalty.operations import ask_correction, ask_write_off, decide_correction
from loyalty.queries.corrections import correction_customer, waiting_corrections

_MOST = 1_000_000_000


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


@require_POST
@business_page(*MANAGERS)
def points_correct(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Correct points, or ask for it; a refusal is told on the customer's page."""
    if customer_view(customer_id) is None:
        raise Http404
    deed = request.POST.get("deed")
    form = ReasonForm(request.POST) if deed == "forgive" else CorrectionForm(request.POST)
    if form.is_valid():
        sign = -1 if deed == "take" else 1
        _ask(request, customer_id, sign * form.cleaned_data.get("points", 0), form)
    else:
        messages.error(request, _("Give a number of points and the reason."))
    return redirect("dashboard:customer", request.business.slug, customer_id)


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


def _ask(request: BusinessRequest, customer_id: UUID, points: int, form: ReasonForm) -> None:
    """Ask for a correction; without points, to forgive what is owed."""
    asked = {
        "customer_id": customer_id,
        "reason": form.cleaned_data["reason"],
        "actor": request.user,
        "now": request.now,
    }
    try:
        row = ask_correction(points=points, **asked) if points else ask_write_off(**asked)
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return
    messages.success(request, _outcome(row))


def _outcome(row: Any) -> str:
    if row.state == CorrectionState.WAITING:
        return _("So many points wait for another manager's word.")
    facts = {"points": words.signed(row.points)}
    if row.writes_off:
        return _("Owed points forgiven: %(points)s") % facts
    return _("Points corrected: %(points)s") % facts
