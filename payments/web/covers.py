"""A gift card or coupon on the pay page: held for the payment, or taken off it again."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import Problem
from core.tenancy import acting_for
from payments.operations.covers.put import cover_payment, finish_covered, uncover_payment
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
