"""The steps of a period's bonuses: answering objections, approving, paying, cancelling."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Problem
from dashboard.web.access import OWNERS, BusinessRequest, business_page
from feedback.operations.bonus import (
    approve_bonuses,
    cancel_bonuses,
    decide_objection,
    pay_bonuses,
)


@require_POST
@business_page(*OWNERS)
def bonus_approve(request: BusinessRequest, bonus_run_id: UUID) -> HttpResponse:
    """Say yes to a period."""
    return _done(
        request,
        bonus_run_id,
        lambda: approve_bonuses(run_id=bonus_run_id, actor=request.user, now=request.now),
        _("Approved."),
    )


@require_POST
@business_page(*OWNERS)
def bonus_pay(request: BusinessRequest, bonus_run_id: UUID) -> HttpResponse:
    """Note that a period was paid."""
    reference = request.POST.get("reference", "")
    return _done(
        request,
        bonus_run_id,
        lambda: pay_bonuses(
            run_id=bonus_run_id, reference=reference, actor=request.user, now=request.now
        ),
        _("Noted as paid."),
    )


@require_POST
@business_page(*OWNERS)
def bonus_cancel(request: BusinessRequest, bonus_run_id: UUID) -> HttpResponse:
    """Throw a period's numbers away."""
    return _done(
        request,
        bonus_run_id,
        lambda: cancel_bonuses(run_id=bonus_run_id, actor=request.user, now=request.now),
        _("Cancelled; it can be worked out anew."),
    )


@require_POST
@business_page(*OWNERS)
def bonus_decide(request: BusinessRequest, bonus_objection_id: UUID) -> HttpResponse:
    """Answer an objection."""
    try:
        row = decide_objection(
            objection_id=bonus_objection_id,
            upheld=request.POST.get("answer") == "upheld",
            note=request.POST.get("note", ""),
            actor=request.user,
            now=request.now,
        )
    except Problem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            raise
        messages.error(request, str(problem.detail))
        return redirect("dashboard:bonuses", request.business.slug)
    messages.success(request, _("Answered."))
    return redirect("dashboard:bonus-run", request.business.slug, row.line.run_id)


def _done(
    request: BusinessRequest, run_id: UUID, act: Callable[[], object], sentence: str
) -> HttpResponse:
    try:
        act()
    except Problem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            raise
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, sentence)
    return redirect("dashboard:bonus-run", request.business.slug, run_id)
