"""Where somebody with a receipt takes the points that wait for its buyer: a mobile, then a code."""

from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from businesses.queries import business_by_id
from core.errors import NotFound, Problem, Sentence
from core.tenancy import acting_for
from customers.queries.own_page import Pointed, claimed_by
from loyalty.operations.claims import Claim, ask_claim_code, claim_by_code
from loyalty.queries.claims import Waiting, waiting
from loyalty.queries.wallets import wallet_view
from loyalty.web.own.session import let_in, private

_LONGEST: Final = 40


@private
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Show what waits; send the code; take the points."""
    pointed = claimed_by(token)
    if pointed is None:
        raise Http404
    before = _waiting(pointed)
    if request.method != "POST":
        return _show(request, pointed, before)
    mobile = request.POST.get("mobile", "").replace("\x00", "")[:_LONGEST]
    if "code" in request.POST:
        return _check(request, pointed, before, mobile)
    return _send(request, pointed, before, mobile)


def _waiting(pointed: Pointed) -> Waiting:
    with acting_for(pointed.business_id):
        found = waiting(pointed.of_id)
    if found is None:
        raise Http404
    return found


def _send(request: HttpRequest, pointed: Pointed, before: Waiting, mobile: str) -> HttpResponse:
    try:
        with acting_for(pointed.business_id):
            ask_claim_code(purchase_id=pointed.of_id, mobile=mobile, now=timezone.now())
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        # The code from before is on its way.
        if problem.code != "code_just_sent":
            return _show(request, pointed, before, mobile=mobile, wrong=problem.detail)
    return _show(request, pointed, before, mobile=mobile, asks_code=True)


def _check(request: HttpRequest, pointed: Pointed, before: Waiting, mobile: str) -> HttpResponse:
    try:
        with acting_for(pointed.business_id):
            claim = claim_by_code(
                purchase_id=pointed.of_id,
                mobile=mobile,
                code=request.POST["code"],
                now=timezone.now(),
            )
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        return _show(request, pointed, _waiting(pointed), mobile=mobile, wrong=problem.detail)
    if claim.customer_id is None:
        wrong = claim.check.problem().detail
        return _show(request, pointed, before, mobile=mobile, wrong=wrong, asks_code=True)
    return _taken(request, pointed, before, claim)


def _taken(request: HttpRequest, pointed: Pointed, before: Waiting, claim: Claim) -> HttpResponse:
    """Say what was taken, with the page of its owner open from here on."""
    if claim.customer_id is None or claim.check.code_id is None:
        raise ValueError("nothing was taken")
    shop = business_by_id(pointed.business_id)
    with acting_for(shop.id):
        wallet = wallet_view(claim.customer_id, timezone.now())
    context = {
        "shop": shop,
        "before": before,
        "wallet": wallet,
        "page_url": reverse("own-page", args=[shop.slug]),
    }
    return let_in(render(request, "loyalty/own/claimed.html", context), shop, claim.check.code_id)


def _show(
    request: HttpRequest,
    pointed: Pointed,
    before: Waiting,
    *,
    mobile: str = "",
    wrong: Sentence | None = None,
    asks_code: bool = False,
) -> HttpResponse:
    shop = business_by_id(pointed.business_id)
    context: dict[str, Any] = {
        "shop": shop,
        "before": before,
        "mobile": mobile,
        "wrong": wrong,
        "asks_code": asks_code,
        "page_url": reverse("own-page", args=[shop.slug]),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    with timezone.override(shop.timezone):
        return render(request, "loyalty/own/claim.html", context, status=status)
