"""Texting a customer the address of their own page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import NotFound, Problem
from customers.operations import send_page_link
from dashboard.web.access import SELLERS, BusinessRequest, business_page


@require_POST
@business_page(*SELLERS)
def page_link(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Send the link; what stands against it is told on the customer's page."""
    try:
        send_page_link(customer_id=customer_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The link to their page is on its way by SMS."))
    return redirect("dashboard:customer", request.business.slug, customer_id)
