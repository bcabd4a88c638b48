"""What was decided about the customer, and their word against it (C058)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.calendar import business_day
from core.errors import Problem
from customers.enums import MeasureStep
from customers.operations.measures import appeal_measure
from customers.queries.measures import FOR_CUSTOMERS, told_to
from loyalty.web.own.session import Visit, inside


def measures_of(visit: Visit) -> list[dict[str, Any]]:
    """Return what holds for the customer, in words to them, with where their objection stands."""
    return [
        {
            "id": row.id,
            "step": FOR_CUSTOMERS[MeasureStep(row.step)],
            "ends_on": row.ends_on,
            "appeal": row.appeal,
            "answer_by": row.lapses_on,
            "answer": row.answer,
        }
        for row in _theirs(visit)
    ]


@require_POST
@inside
def appeal(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Note what the customer says against a measure of theirs."""
    asked = request.POST.get("measure", "")
    if asked not in {str(row.id) for row in _theirs(visit)}:
        raise Http404
    try:
        appeal_measure(
            measure_id=UUID(asked), words=request.POST.get("words", ""), actor=None, now=visit.now
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Noted. Somebody who did not decide will look at it."))
    return redirect("own-page", visit.shop.slug)


def _theirs(visit: Visit) -> list[Any]:
    return told_to(visit.customer_id, business_day(visit.now, visit.shop.timezone))
