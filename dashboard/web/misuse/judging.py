"""Saying what was found about a sign."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotFound, Problem
from dashboard.web.access import OWNERS, BusinessRequest, business_page
from dashboard.web.misuse.showing import show
from loyalty.operations.suspicions import judge_suspicion
from loyalty.queries.suspicions.reading import suspicion_by_id


@require_POST
@business_page(*OWNERS)
def misuse_judged(request: BusinessRequest, suspicion_id: UUID) -> HttpResponse:
    """Keep what the owner thinks of a sign, and why."""
    try:
        judge_suspicion(
            suspicion_id=suspicion_id,
            verdict=request.POST.get("verdict", ""),
            reason=request.POST.get("reason", ""),
            actor=request.user,
            now=request.now,
        )
    except NotFound:
        raise
    except Problem as problem:
        row = suspicion_by_id(suspicion_id)
        if row is None:
            raise Http404 from problem
        return show(request, row, str(problem.detail))
    messages.success(request, _("Written down. Nothing else was changed."))
    return redirect("dashboard:misuse", request.business.slug)
