"""Sending the customer at the till the code that lets their points be spent."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Problem
from customers.enums import CodePurpose
from customers.operations.codes import send_code
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.till.whose import customer_of, typed_whose


@require_POST
@business_page(*SELLERS)
def till_code(request: BusinessRequest) -> HttpResponse:
    """Text a code to the customer whose number is typed (a part of the till page)."""
    customer_id = customer_of(typed_whose(request.POST.get("mobile", "")))
    context: dict[str, Any] = {"wrong": _("Type the customer's mobile first.")}
    if customer_id is not None:
        try:
            purpose, now = CodePurpose.SPEND, request.now
            context["sent"] = send_code(customer_id=customer_id, purpose=purpose, now=now)
        except Problem as problem:
            context["wrong"] = problem.detail
    return render(request, "dashboard/till_code.html", context)
