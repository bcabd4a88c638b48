"""The door of a customer's page: a mobile, or the link that was texted, then a code by SMS."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from businesses.queries import BusinessInfo, business_by_id
from core.errors import NotFound, Problem, Sentence
from core.tenancy import acting_for
from core.text import persian_digits
from customers.enums import CodePurpose
from customers.operations import (
    CodeCheck,
    check_code,
    check_code_of,
    send_code,
    send_code_if_known,
)
from customers.queries import customer_view
from customers.queries.own_page import pointed_by
from loyalty.web.own.inside import show
from loyalty.web.own.session import Visit, let_in, private, shop_of, visitor

_LONGEST: int = 40
# Whether a number is a customer's is nobody's business: every wrong code is answered the same.
_WRONG: Sentence = _(
    "This code is not right, or its time is over. Look again, or ask for a new one."
)


@dataclass(frozen=True, slots=True)
class Door:
    """How one door sends and checks codes; `sent_to` is what it says of the mobile."""

    shop: BusinessInfo
    send: Callable[[], None]
    check: Callable[[str], CodeCheck]
    mobile: str = ""
    sent_to: str = ""


@private
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page to whoever has it open; others type their mobile, then the code."""
    shop, now = shop_of(token), timezone.now()
    if request.method == "POST":
        return _knock(request, _by_mobile(shop, request.POST.get("mobile", "")))
    customer_id = visitor(request, shop, now)
    if customer_id is None:
        return render(request, "loyalty/own/door.html", {"shop": shop})
    with acting_for(shop.id), timezone.override(shop.timezone):
        return show(request, Visit(shop, customer_id, now))


@private
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Open the page by the address that was texted; the code goes to the mobile known of them."""
    door = _by_link(token)
    if request.method == "POST":
        return _knock(request, door)
    context = {"shop": door.shop, "sent_to": door.sent_to, "by_link": True}
    return render(request, "loyalty/own/door.html", context)


def _by_mobile(shop: BusinessInfo, typed: str) -> Door:
    mobile, purpose = typed.replace("\x00", "")[:_LONGEST], CodePurpose.PAGE

    def send() -> None:
        send_code_if_known(mobile=mobile, purpose=purpose, now=timezone.now())

    def check(code: str) -> CodeCheck:
        return check_code_of(mobile=mobile, purpose=purpose, code=code, now=timezone.now())

    return Door(shop, send, check, mobile=mobile)


def _by_link(token: str) -> Door:
    pointed = pointed_by(token)
    if pointed is None:
        raise Http404
    with acting_for(pointed.business_id):
        person = customer_view(pointed.of_id)
    if person is None or not person.mobile:
        raise Http404
    customer_id, purpose = person.id, CodePurpose.PAGE

    def send() -> None:
        send_code(customer_id=customer_id, purpose=purpose, now=timezone.now())

    def check(code: str) -> CodeCheck:
        return check_code(customer_id=customer_id, purpose=purpose, code=code, now=timezone.now())

    shop = business_by_id(pointed.business_id)
    return Door(shop, send, check, sent_to=persian_digits(person.mobile[-4:]))


def _knock(request: HttpRequest, door: Door) -> HttpResponse:
    """Send a code, or check the typed one."""
    if "code" in request.POST:
        return _enter(request, door)
    try:
        with acting_for(door.shop.id):
            door.send()
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        # The code from before is on its way: there is nothing to refuse.
        if problem.code != "code_just_sent":
            return _again(request, door, problem.detail, asks_code=False)
    return _again(request, door, None, asks_code=True)


def _enter(request: HttpRequest, door: Door) -> HttpResponse:
    try:
        with acting_for(door.shop.id):
            checked = door.check(request.POST["code"])
    except Problem as problem:
        return _again(request, door, problem.detail, asks_code=False)
    if not checked.accepted or checked.customer_id is None or checked.code_id is None:
        return _again(request, door, _WRONG, asks_code=True)
    return let_in(redirect("own-page", door.shop.slug), door.shop, checked.code_id)


def _again(
    request: HttpRequest, door: Door, wrong: Sentence | None, *, asks_code: bool
) -> HttpResponse:
    context: dict[str, Any] = {
        "shop": door.shop,
        "mobile": door.mobile,
        "sent_to": door.sent_to,
        "by_link": not door.mobile,
        "asks_code": asks_code,
        "wrong": wrong,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "loyalty/own/door.html", context, status=status)
