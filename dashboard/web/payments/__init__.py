"""Payments: the list, a link for a customer, one payment with all its tries, sending it back."""

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
from core.ids import new_spoken_code
from core.tenancy import acting_for
from customers.operations import CustomerHint
from dashboard.web.access import (
    EVERYONE,
    MANAGERS,
    SELLERS,
    BusinessRequest,
    business_page,
    refused,
)
from dashboard.web.forms import Line, Mobile, TomanField, refusal_to_form
from dashboard.web.parts import Choice
from dashboard.web.payments.given_back import row_of
from dashboard.web.payments.history import attempt_blocks, fact_lines
from dashboard.web.payments.rows import payment_page, payment_row
from payments.enums import PaymentState
from payments.operations import create_payment, reverse_payment
from payments.queries import pay_url, payment_detail, payment_rows
from payments.queries.refunds import refunds_of

_PAYABLE: Final = (PaymentState.CREATED, PaymentState.PROCESSING)


class LinkForm(forms.Form):
    """A payment link: how much, for what, for whom."""

    amount = TomanField(label=gettext_lazy("Amount, toman"))
    description = Line(label=gettext_lazy("For what"), max_length=200, required=False)
    mobile = Mobile(
        label=gettext_lazy("Customer's mobile"),
        required=False,
        help_text=gettext_lazy("With it, the payment knows its customer from the start."),
    )


@business_page(*EVERYONE)
def payments(request: BusinessRequest) -> HttpResponse:
    """List payments; make a payment link."""
    if request.method != "POST":
        return _list(request, LinkForm())
    form = LinkForm(request.POST)
    if role_may(request.role, SELLERS) and form.is_valid():
        try:
            return _list(request, LinkForm(), link=_make_link(request, form.cleaned_data))
        except Problem as problem:
            refusal_to_form(form, problem)
    return refused(_list(request, form))


@business_page(*EVERYONE)
def payment(request: BusinessRequest, payment_id: UUID) -> HttpResponse:
    """Show one payment with every try and every word of the bank."""
    detail = payment_detail(payment_id)
    if detail is None:
        raise Http404
    row = detail.payment
    left = row.amount_rial - row.refunded_rial
    context = {
        "payment": payment_row(row, len(detail.attempts)),
        "attempts": attempt_blocks(detail),
        "facts": fact_lines(detail, request.business.slug),
        "pay_url": pay_url(row) if row.state in _PAYABLE else "",
        "can_give_back": role_may(request.role, MANAGERS)
        and row.state == PaymentState.SETTLED
        and left > 0,
        "refunds": [row_of(one) for one in refunds_of(payment_id)],
    }
    return render(request, "dashboard/payment.html", context)


@require_POST
@business_page(*MANAGERS, scoped=False)
def reverse(request: BusinessRequest, payment_id: UUID) -> HttpResponse:
    """Send a settled payment's money back; the provider is asked outside any transaction."""
    with acting_for(request.business.id):
        if payment_detail(payment_id) is None:
            raise Http404
    try:
        reverse_payment(
            business_id=request.business.id,
            payment_id=payment_id,
            by=str(request.user),
            now=request.now,
        )
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The bank was asked to send the money back."))
    return redirect("dashboard:payment", request.business.slug, payment_id)


def _make_link(request: BusinessRequest, data: dict[str, Any]) -> str:
    asked = create_payment(
        external_id=f"link-{new_spoken_code().lower()}",
        amount_rial=data["amount"],
        description=data["description"],
        customer=CustomerHint(mobile=data["mobile"]) if data["mobile"] else None,
        now=request.now,
    )
    return pay_url(asked.pay_token)


def _list(request: BusinessRequest, form: LinkForm, link: str = "") -> HttpResponse:
    q, state = request.GET.get("q", ""), request.GET.get("state", "")
    asked = state if state in PaymentState.values else ""
    rows = payment_rows(state=asked, q=q)
    context = {
        "page": payment_page(rows, request.GET.get("cursor")),
        "q": q,
        "states": [
            Choice(value=value, label=str(label), chosen=value == asked)
            for value, label in PaymentState.choices
        ],
        "filtered": bool(q or asked),
        "form": form,
        "link": link,
        "lead": _("Newest first; amounts in toman"),
        "can_create": role_may(request.role, SELLERS),
    }
    return render(request, "dashboard/payments.html", context)
