"""Taking a card away from a customer it does not stand for (N1)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import NotFound, Problem
from customers.operations.people.unlinking import unlink_identity
from dashboard.web.access import MANAGERS, BusinessRequest, business_page


@require_POST
@business_page(*MANAGERS)
def identity_unlink(
    request: BusinessRequest, customer_id: UUID, customer_identity_id: UUID
) -> HttpResponse:
    """Unlink it; a refusal is told on the customer's page."""
    try:
        unlink_identity(
            customer_id=customer_id,
            identity_id=customer_identity_id,
            actor=request.user,
            now=request.now,
        )
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("It stands for them no more; what they bought stays theirs."))
    return redirect("dashboard:customer", request.business.slug, customer_id)
