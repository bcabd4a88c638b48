"""What a customer's page says of leaving the club, and letting them back in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import NotFound, Problem
from customers.enums import CustomerStatus
from customers.queries.people import CustomerView, customer_view
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from loyalty.enums import ExitWay
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.queries.leaving import BACK_WITHIN, leaving, left_club
from loyalty.queries.programme import program


def membership_of_club(person: CustomerView, request: BusinessRequest) -> dict[str, Any]:
    """Return since when a customer is out, or for managers what leaving would end."""
    if program() is None:
        return {}
    left = left_club(person.id, request.now)
    may = role_may(request.role, MANAGERS) and person.status == CustomerStatus.ACTIVE
    return {
        "left": left,
        "may_leave": may,
        "leaving": leaving(person.id, request.now) if may and left is None else None,
        "back_days": words.number(BACK_WITHIN.days),
    }


@require_POST
@business_page(*MANAGERS)
def club_leave(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Note that a customer leaves, because they said so."""
    try:
        row = leave_club(
            customer_id=customer_id, way=ExitWay.STAFF, actor=request.user, now=request.now
        )
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        facts = {"n": words.number(row.points + row.pending_points)}
        messages.success(request, _("They have left the club; %(n)s points ended.") % facts)
    return redirect("dashboard:customer", request.business.slug, customer_id)


@require_POST
@business_page(*MANAGERS)
def club_rejoin(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Let a customer back in."""
    if customer_view(customer_id) is None:
        raise Http404
    try:
        points = rejoin_club(customer_id=customer_id, actor=request.user, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        facts = {"n": words.number(points)}
        messages.success(request, _("They are in the club again; %(n)s points came back.") % facts)
    return redirect("dashboard:customer", request.business.slug, customer_id)
