"""The public page of a payment link, and its QR picture."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods

from businesses.queries import BusinessInfo, business_by_id
from core.errors import Problem, Sentence
from core.tenancy import acting_for
from customers.operations import CustomerHint
from customers.operations.people.payer import clean_mobile
from payments.models import PaymentLink
from payments.models.tokens import business_of_token
from payments.operations import pay_at_link
from payments.queries import pay_url
from payments.queries.links import link_by_token, link_url
from payments.web.qr import qr_picture
from payments.web.typed import beside, not_an_amount, rial_of
from payments.web.views import SeeOther


@never_cache
@require_http_methods(["GET", "POST"])
def pay_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for what the link needs; the button makes a payment and leads to its pay page."""
    shop, link = _found(token)
    wrong: dict[str, Sentence] = {}
    if request.method == "POST":
        try:
            return SeeOther(_pay(shop, link, request, timezone.now()))
        except Problem as problem:
            wrong = beside(problem, "amount", "mobile")
    context = _context(shop, link, wrong, request, timezone.now())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    with timezone.override(shop.timezone):
        return render(request, "payments/link.html", context, status=status)


@require_GET
@cache_control(public=True, max_age=86400)
def qr(_request: HttpRequest, token: str) -> HttpResponse:
    """Draw the link's address as a QR code that cameras read from paper."""
    _shop, link = _found(token)
    return qr_picture(link_url(link))


def _found(token: str) -> tuple[BusinessInfo, PaymentLink]:
    business_id = business_of_token(token)
    if business_id is None:
        raise Http404
    with acting_for(business_id):
        link = link_by_token(token)
        if link is None:
            raise Http404
        return business_by_id(business_id), link


def _pay(shop: BusinessInfo, link: PaymentLink, request: HttpRequest, now: datetime) -> str:
    mobile = clean_mobile(request.POST.get("mobile", ""))
    amount = _amount(request.POST.get("amount", "")) if link.amount_rial is None else None
    with acting_for(shop.id):
        asked = pay_at_link(
            link_id=link.id,
            amount_rial=amount,
            customer=CustomerHint(mobile=mobile) if mobile else None,
            now=now,
        )
    return pay_url(asked.pay_token)


def _amount(typed: str) -> int:
    """Return rial. Raises Problem `invalid_amount`."""
    amount = rial_of(typed)
    if amount is None:
        raise not_an_amount()
    return amount


def _context(
    shop: BusinessInfo,
    link: PaymentLink,
    wrong: dict[str, Sentence],
    request: HttpRequest,
    now: datetime,
) -> dict[str, Any]:
    over = link.closed_at is not None or (link.expires_at is not None and link.expires_at <= now)
    return {
        "shop": shop,
        "link": link,
        "wrong": wrong,
        "over": over,
        "test": shop.is_test,
        "typed": {name: request.POST.get(name, "") for name in ("amount", "mobile")},
    }
