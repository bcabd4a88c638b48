"""The buyer's three pages: pay, come back, receipt."""

import json
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from businesses.queries import BusinessInfo
from core.errors import NotFound, Problem
from payments.enums import PaymentState
from payments.operations import Return, handle_callback, start_attempt
from payments.operations.deposits import hint_deposit
from payments.providers.contract import Redirect
from payments.web.complaint import BLANK
from payments.web.hints import small_body
from payments.web.pages import Shown, find, pay_context, receipt_context

_TOLD_BYTES: Final = 10_000
_MOVED_ON: Final = frozenset({"payment_not_payable", "payment_being_checked"})


class SeeOther(HttpResponseRedirect):
    """303: whatever brought the browser here, it goes on with a GET."""

    status_code = 303


@never_cache
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be paid; the button sends the buyer to the bank."""
    shown = _shown(token)
    if shown.payment.state not in {PaymentState.CREATED, PaymentState.PROCESSING}:
        return redirect("payments:receipt", token=token)
    notice = None
    if request.method == "POST":
        try:
            way = start_attempt(
                business_id=shown.business.id,
                payment_id=shown.payment.id,
                later=request.POST.get("by") == "later",
                now=timezone.now(),
            )
        except Problem as problem:
            if problem.code in _MOVED_ON:
                return redirect("payments:receipt", token=token)
            notice = problem.detail
        else:
            return to_bank(request, shown.business, way)
    context = pay_context(shown, notice=notice, now=timezone.now())
    status = HTTPStatus.BAD_GATEWAY if notice else HTTPStatus.OK
    with timezone.override(shown.business.timezone):
        return render(request, "payments/pay.html", context, status=status)


def to_bank(request: HttpRequest, shop: BusinessInfo, way: Redirect) -> HttpResponse:
    """Send the browser on; some banks want a form, and to hear whose page it came from."""
    if way.method == "GET":
        return SeeOther(way.url)
    answer = render(request, "payments/to_bank.html", {"shop": shop, "way": way})
    answer["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return answer


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, token: str) -> HttpResponse:
    """Take in a return from the bank and send the buyer to where they belong.

    The bank's POST is cross-site and brings no cookie; nothing here needs one. A provider's own
    server may tell the same in JSON.
    """
    params = {**request.GET.dict(), **request.POST.dict(), **_told(request)}
    try:
        back = handle_callback(token=token, params=params, now=timezone.now())
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        context = {"title": _("This address is not right"), "text": problem.detail}
        return render(request, "payments/refused.html", context, status=problem.status)
    if back.return_url and back.state != PaymentState.PROCESSING:
        return SeeOther(_to_shop(back))
    return SeeOther(redirect("payments:receipt", token=back.pay_token).url)


@csrf_exempt
@never_cache
@require_POST
def deposit_event(_request: HttpRequest, token: str) -> HttpResponse:
    """Hear a provider say that money came: unsigned, so only a reason to go and look."""
    if not hint_deposit(token=token, now=timezone.now()):
        raise Http404
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@never_cache
@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Show how a payment stands; while the bank is being asked the page looks again by itself."""
    shown = _shown(token)
    context = receipt_context(shown, now=timezone.now())
    context["complaint_blank"] = BLANK in request.GET
    with timezone.override(shown.business.timezone):
        return render(request, "payments/receipt.html", context)


def _told(request: HttpRequest) -> dict[str, str]:
    """Return the values of a JSON body as text, {} for any other body."""
    if request.content_type != "application/json":
        return {}
    try:
        told = json.loads(small_body(request, _TOLD_BYTES))
    except ValueError:
        return {}
    return {name: _text(value) for name, value in told.items()} if isinstance(told, dict) else {}


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _shown(token: str) -> Shown:
    shown = find(token)
    if shown is None:
        raise Http404
    return shown


def _to_shop(back: Return) -> str:
    address = urlsplit(back.return_url)
    added = {"payment_id": str(back.payment_id), "status": back.state.value}
    query = urlencode([*parse_qsl(address.query, keep_blank_values=True), *added.items()])
    return urlunsplit(address._replace(query=query))
