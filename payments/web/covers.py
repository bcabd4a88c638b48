"""A gift card or coupon on the pay page: held for the payment, or taken off it again."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import Problem, Sentence
from core.tenancy import acting_for
from customers.enums import CodePurpose
from customers.operations.codes import demand_code, send_code
from customers.queries.people import find_customer
from payments.operations.covers.keeper import credit_offered
from payments.operations.covers.put import (
    cover_by_credit,
    cover_payment,
    finish_covered,
    uncover_payment,
)
from payments.queries.links import mobile_in
from payments.web.pages import Shown, find, pay_context

_MOVED_ON = frozenset({"payment_not_open", "payment_not_payable"})


@never_cache
@require_POST
def cover(request: HttpRequest, token: str) -> HttpResponse:
    """Hold what the typed code means; beside the field stands why not."""
    shown = _shown(token)
    code = request.POST.get("code", "")
    return _after(
        request,
        shown,
        lambda: cover_payment(payment_id=shown.payment.id, code=code, now=timezone.now()),
    )


@never_cache
@require_POST
def credit(request: HttpRequest, token: str) -> HttpResponse:
    """Text the payer a code; with the code, hold their store credit for the payment."""
    shown, now = _shown(token), timezone.now()
    code = request.POST.get("credit_code", "").strip()
    try:
        customer_id = _payer(shown)
        about = f"pay:{shown.payment.id}"
        if not code:
            with acting_for(shown.business.id):
                send_code(customer_id=customer_id, purpose=CodePurpose.SPEND, about=about, now=now)
            return _asking(request, shown, HTTPStatus.OK)
        demand_code(
            business_id=shown.business.id,
            customer_id=customer_id,
            purpose=CodePurpose.SPEND,
            code=code,
            about=about,
            now=now,
        )
    except Problem as problem:
        return _asking(request, shown, HTTPStatus.CONFLICT, wrong=problem.detail)
    return _after(
        request, shown, lambda: cover_by_credit(payment_id=shown.payment.id, now=timezone.now())
    )


@never_cache
@require_POST
def uncover(request: HttpRequest, token: str, cover_id: UUID) -> HttpResponse:
    """Let go of one thing held for the payment."""
    shown = _shown(token)
    return _after(
        request,
        shown,
        lambda: uncover_payment(payment_id=shown.payment.id, cover_id=cover_id, now=timezone.now()),
    )


@never_cache
@require_POST
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Finish a purchase of which nothing is left to pay."""
    shown = _shown(token)
    return _after(
        request,
        shown,
        lambda: finish_covered(payment_id=shown.payment.id, now=timezone.now()),
        then="payments:receipt",
    )


def _after(
    request: HttpRequest, shown: Shown, work: Callable[[], None], then: str = "payments:pay"
) -> HttpResponse:
    token = shown.payment.pay_token
    try:
        with acting_for(shown.business.id):
            work()
    except Problem as problem:
        if problem.code in _MOVED_ON:
            return redirect("payments:receipt", token=token)
        return _refused(request, shown, problem)
    return redirect(then, token=token)


def _payer(shown: Shown) -> UUID:
    """Return the customer the payment names. Raises Problem `buyer_unknown`."""
    with acting_for(shown.business.id):
        mobile = mobile_in(shown.payment)
        found = find_customer(mobile=mobile) if mobile and credit_offered() else None
    if found is None:
        detail = _("This payment names nobody who could have store credit here.")
        raise Problem("buyer_unknown", detail, status=HTTPStatus.CONFLICT)
    return found


def _asking(
    request: HttpRequest, shown: Shown, status: HTTPStatus, wrong: Sentence = ""
) -> HttpResponse:
    context = pay_context(shown, notice=None, now=timezone.now())
    context |= {"credit_asked": True, "credit_wrong": wrong}
    with timezone.override(shown.business.timezone):
        return render(request, "payments/pay.html", context, status=status)


def _refused(request: HttpRequest, shown: Shown, problem: Problem) -> HttpResponse:
    context = pay_context(shown, notice=None, now=timezone.now())
    context |= {"wrong": problem.detail, "typed": request.POST.get("code", "")[:40]}
    with timezone.override(shown.business.timezone):
        return render(request, "payments/pay.html", context, status=HTTPStatus.CONFLICT)


def _shown(token: str) -> Shown:
    shown = find(token)
    if shown is None:
        raise Http404
    return shown
