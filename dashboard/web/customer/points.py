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
from loyalty.operations import ask_correction, decide_correction
from loyalty.queries.corrections import correction_customer, waiting_corrections

_MOST = 1_000_000_000


class CorrectionForm(forms.Form):
    """How many points, and why."""

    points = Whole(label=gettext_lazy("How many points"), min_value=1, max_value=_MOST)
    reason = Line(label=gettext_lazy("Why? The customer sees this."), max_length=200)


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
    form = CorrectionForm(request.POST)
    if form.is_valid():
        sign = -1 if request.POST.get("deed") == "take" else 1
        _ask(request, customer_id, sign * form.cleaned_data["points"], form.cleaned_data["reason"])
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


def _ask(request: BusinessRequest, customer_id: UUID, points: int, reason: str) -> None:
    try:
        row = ask_correction(
            customer_id=customer_id,
            points=points,
            reason=reason,
            actor=request.user,
            now=request.now,
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return
    if row.state == CorrectionState.WAITING:
        messages.success(request, _("So many points wait for another manager's word."))
    else:
        said = _("Points corrected: %(points)s") % {"points": words.signed(row.points)}
        messages.success(request, said)
