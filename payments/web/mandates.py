"""The customer's own page of a mandate, the way back from its signing, and providers' hints."""

import json
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from businesses.queries import BusinessInfo, business_by_id
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from payments.enums.debits import MANDATE_IN_FORCE, MandateState
from payments.models import Mandate
from payments.models.tokens import business_of_token
from payments.operations.debits.hint import hear_of_debit
from payments.operations.debits.notices import mandate_url
from payments.operations.mandates import (
    check_mandate,
    handle_signing,
    revoke_mandate,
    signing_page,
)
from payments.queries.mandates import mandate_by_public_token, next_debits, past_debits
from payments.web.hints import small_body
from payments.web.qr import qr_picture
from payments.web.uses import uses_of
from payments.web.views import SeeOther, to_bank

_SHOWN: Final = 24
_MAX_HINT: Final = 10_000
_TONES: Final = {
    MandateState.ACTIVE: ("good", "check"),
    MandateState.SUSPENDED: ("wait", "player-pause"),
    MandateState.AWAITING_SIGNATURE: ("wait", "hourglass"),
    MandateState.SIGNED_UNCONFIRMED: ("wait", "hourglass"),
}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def signed(request: HttpRequest, token: str) -> HttpResponse:
    """Take in a return from the bank's signing page and show the customer where it stands."""
    params = {**request.GET.dict(), **request.POST.dict()}
    try:
        back = handle_signing(token=token, params=params, now=timezone.now())
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        context = {"title": _("This address is not right"), "text": problem.detail}
        return render(request, "payments/refused.html", context, status=problem.status)
    return SeeOther(redirect("payments:mandate", token=back.public_token).url)


@never_cache
@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, token: str) -> HttpResponse:
    """Show a customer their permission and its debits; ending it takes two steps."""
    business, found = _find(token)
    if request.method == "POST" and request.POST.get("sign") == "yes":
        return _sign(request, business, found)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        _revoke(business, found)
        return SeeOther(redirect("payments:mandate", token=token).url)
    with acting_for(business.id):
        context = _context(business, found, asks=request.method == "POST")
    with timezone.override(business.timezone):
        return render(request, "payments/mandate.html", context)


@csrf_exempt
@require_POST
def debit_event(request: HttpRequest, token: str) -> HttpResponse:
    """Hear a provider's unsigned word about a debit: it makes us ask, and changes nothing."""
    try:
        heard = hear_of_debit(token=token, said=_said(request), now=timezone.now())
    except NotFound as error:
        raise Http404 from error
    return JsonResponse({"heard": heard})


@require_GET
@cache_control(public=True, max_age=86400)
def qr(_request: HttpRequest, token: str) -> HttpResponse:
    """Draw the address of a customer's page as a QR code."""
    _business, found = _find(token)
    return qr_picture(mandate_url(found.public_token))


def _find(token: str) -> tuple[BusinessInfo, Mandate]:
    business_id = business_of_token(token)
    if business_id is None:
        raise Http404
    with acting_for(business_id):
        found = mandate_by_public_token(token)
    if found is None:
        raise Http404
    return business_by_id(business_id), found


def _sign(request: HttpRequest, business: BusinessInfo, found: Mandate) -> HttpResponse:
    try:
        way = signing_page(business_id=business.id, mandate_id=found.id)
    except Problem:
        # Signed or given up meanwhile: the page says which.
        return SeeOther(redirect("payments:mandate", token=found.public_token).url)
    return to_bank(request, business, way)


def _revoke(business: BusinessInfo, found: Mandate) -> None:
    now = timezone.now()
    with acting_for(business.id, durable=True):
        revoke_mandate(mandate_id=found.id, by_customer=True, now=now)
    check_mandate(business_id=business.id, mandate_id=found.id, now=now)


def _context(business: BusinessInfo, found: Mandate, *, asks: bool) -> dict[str, Any]:
    tone, icon = _TONES.get(MandateState(found.state), ("bad", "ban"))
    return {
        "shop": business,
        "mandate": found,
        "tone": tone,
        "icon_name": icon,
        "in_force": found.state in MANDATE_IN_FORCE,
        "asks": asks and found.state in MANDATE_IN_FORCE,
        "signs": found.state == MandateState.AWAITING_SIGNATURE,
        "void": found.state == MandateState.VOID,
        "uses": uses_of(found.id),
        "next": next_debits(found.id, _SHOWN),
        "past": past_debits(found.id, _SHOWN),
    }


def _said(request: HttpRequest) -> dict[str, str]:
    """Return a message's members as text, whatever a stranger sent."""
    try:
        body = json.loads(small_body(request, _MAX_HINT))
    except ValueError:
        body = request.POST.dict()
    if not isinstance(body, dict):
        return {}
    return {str(name): str(value) for name, value in body.items()}
