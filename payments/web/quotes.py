"""The public page of a promised price: how long it holds, what parts would cost, where to pay."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods

from businesses.queries import BusinessInfo, business_by_id
from core.calendar import business_day
from core.errors import Problem, Sentence
from core.money import format_toman
from core.tenancy import acting_for
from payments.enums.quotes import QuoteState
from payments.models.tokens import business_of_token
from payments.operations import pay_quote
from payments.operations.later import LaterOffer, later_offer_of_sum
from payments.queries import pay_url
from payments.queries.quotes import QuoteView, mobile_of, quote_by_token, quote_url
from payments.queries.quotes.parts import InParts, OwnCredit, own_credit
from payments.web.pages import shown_line
from payments.web.qr import qr_picture
from payments.web.typed import beside, rial_of, whole_of
from payments.web.views import SeeOther


@never_cache
@require_http_methods(["GET", "POST"])
def quote(request: HttpRequest, token: str) -> HttpResponse:
    """Show a promised price; the button leads to the pay page of its one payment."""
    now = timezone.now()
    shop, view = _found(token, now)
    wrong: dict[str, Sentence] = {}
    if request.method == "POST":
        try:
            return SeeOther(_pay(shop, view, request.POST.get("mobile", ""), now))
        except Problem as problem:
            wrong = beside(problem, "mobile") if _asks_mobile(view) else beside(problem)
            shop, view = _found(token, now)
    context = _context(shop, view, request, now) | {"wrong": wrong}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    with timezone.override(shop.timezone):
        return render(request, "payments/quote.html", context, status=status)


@require_GET
@cache_control(public=True, max_age=86400)
def qr(_request: HttpRequest, token: str) -> HttpResponse:
    """Draw the quote's address as a QR code."""
    _shop, view = _found(token, timezone.now())
    return qr_picture(quote_url(view.quote))


def _found(token: str, now: datetime) -> tuple[BusinessInfo, QuoteView]:
    business_id = business_of_token(token)
    if business_id is None:
        raise Http404
    with acting_for(business_id):
        view = quote_by_token(token, now=now)
        if view is None:
            raise Http404
        return business_by_id(business_id), view


def _pay(shop: BusinessInfo, view: QuoteView, mobile: str, now: datetime) -> str:
    with acting_for(shop.id):
        asked = pay_quote(quote_id=view.quote.id, mobile=mobile, now=now)
    return pay_url(asked.pay_token)


def _context(
    shop: BusinessInfo, view: QuoteView, request: HttpRequest, now: datetime
) -> dict[str, Any]:
    row = view.quote
    named = not _asks_mobile(view)
    own: OwnCredit | None = None
    later: LaterOffer | None = None
    if view.state is QuoteState.OPEN:
        with acting_for(shop.id):
            own = own_credit(row, today=business_day(now, shop.timezone))
        later = _later(shop, view, now)
    return {
        "shop": shop,
        "quote": row,
        "state": view.state,
        "payable": view.is_payable,
        "lines": [shown_line(line) for line in row.lines],
        "saved_rial": sum(line["discount_rial"] for line in row.lines),
        "asks_mobile": not named,
        "receipt": reverse("payments:receipt", args=[view.pay_token])
        if named and view.pay_token
        else "",
        "own": own,
        "later": later,
        "test": shop.is_test,
        "typed": request.POST.get("mobile", ""),
        **(_chosen(own, request) if own else {}),
    }


def _asks_mobile(view: QuoteView) -> bool:
    """Tell whether nobody is named, so that whoever pays says who they are."""
    return view.quote.customer_id is None and not view.quote.mobile


def _later(shop: BusinessInfo, view: QuoteView, now: datetime) -> LaterOffer | None:
    row = view.quote
    return later_offer_of_sum(
        business_id=shop.id,
        about_id=row.id,
        amount_rial=row.amount_rial,
        mobile=mobile_of(row),
        now=now,
    )


def _chosen(own: OwnCredit, request: HttpRequest) -> dict[str, Any]:
    """Return the calculator: what was chosen, or three months and the least at once."""
    typed = request.GET.get("down", "").strip()
    paid = rial_of(typed) if typed else own.least_down_rial
    ways = own.compared(paid) if paid is not None else []
    months = whole_of(request.GET.get("count", "")) or 0
    chosen = own.way(count=months, down_rial=paid) if paid is not None else None
    return {
        "ways": ways,
        "chosen": chosen or _usual(ways),
        "down": typed if typed and not ways else format_toman(paid or 0),
        "not_a_number": paid is None,
        "outside": paid is not None and not ways,
    }


def _usual(ways: list[InParts]) -> InParts | None:
    return ways[min(1, len(ways) - 1)] if ways else None
