"""Giving money of a payment back: what it does is shown before the button is pressed."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Problem
from core.ids import new_spoken_code
from core.tenancy import acting_for
from customers.queries.sales import purchase_detail
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.payments.titles import title_of_payment
from dashboard.web.refunds.forms import GiveBackForm
from dashboard.web.refunds.showing import preview_lines
from loyalty.queries.credit import credit_is_on
from payments.enums.refunds import Destination
from payments.operations.refunds import ask_refund, preview_refund, run_until_it_waits
from payments.queries import payment_by_id

_NO_CARD_WAY: Final = "refund_needs_account"


@business_page(*MANAGERS, scoped=False)
def give_back(request: BusinessRequest, payment_id: UUID) -> HttpResponse:
    """Show the form with a preview; send the money back."""
    with acting_for(request.business.id):
        payment = _found(payment_id)
        lines = _lines(payment)
        if request.method != "POST":
            return _page(request, payment, _fresh(payment, lines, request.now))
        credit = credit_is_on()
    form = GiveBackForm(request.POST, lines=lines, credit=credit)
    if form.is_valid():
        try:
            refund_id = _ask(request, payment, form)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:refund", request.business.slug, refund_id)
    with acting_for(request.business.id):
        return refused(_page(request, payment, form))


@require_POST
@business_page(*MANAGERS)
def preview(request: BusinessRequest, payment_id: UUID) -> HttpResponse:
    """Show what the form would do as it is now."""
    payment = _found(payment_id)
    form = GiveBackForm(request.POST, lines=_lines(payment), credit=credit_is_on())
    context = _preview(request, payment, form.asked() if form.is_valid() else {})
    return render(request, "dashboard/refunds/preview.html", context)


def _ask(request: BusinessRequest, payment: Any, form: GiveBackForm) -> UUID:
    with acting_for(request.business.id, durable=True):
        asked = ask_refund(
            payment_id=payment.id,
            external_id=form.cleaned_data["number"],
            reason=form.cleaned_data["reason"],
            receiver=form.receiver(),
            note=form.cleaned_data["note"],
            by=str(request.user),
            now=request.now,
            **form.asked(),
        )
    run_until_it_waits(business_id=request.business.id, transfer_id=asked.id, now=request.now)
    messages.success(request, _("The refund is written down; here you see how it goes on."))
    return asked.id


def _page(request: BusinessRequest, payment: Any, form: GiveBackForm) -> HttpResponse:
    context = {
        "payment": payment,
        "title": title_of_payment(payment),
        "left_rial": payment.amount_rial - payment.refunded_rial,
        "form": form,
        **_preview(request, payment, form.stands()),
    }
    return render(request, "dashboard/refunds/give_back.html", context)


def _preview(request: BusinessRequest, payment: Any, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        told = preview_refund(payment_id=payment.id, now=request.now, **asked)
    except Problem as problem:
        return {"payment": payment, "refusal": problem.detail}
    return {"payment": payment, "told": told, "facts": preview_lines(told)}


def _found(payment_id: UUID) -> Any:
    payment = payment_by_id(payment_id)
    if payment is None:
        raise Http404
    return payment


def _lines(payment: Any) -> list[Any]:
    detail = purchase_detail(payment.purchase_id) if payment.purchase_id else None
    return list(detail.lines) if detail else []


def _fresh(payment: Any, lines: list[Any], now: datetime) -> GiveBackForm:
    """Return the form with the way that is open chosen, and a number made with it.

    The number makes pressing twice one refund.
    """
    form = GiveBackForm(lines=lines, credit=credit_is_on())
    form.initial["number"] = f"refund-{new_spoken_code().lower()}"
    try:
        preview_refund(payment_id=payment.id, now=now)
    except Problem as problem:
        if problem.code == _NO_CARD_WAY:
            form.initial["destination"] = Destination.ACCOUNT.value
            form.fields["destination"].help_text = str(problem.detail)
    return form
