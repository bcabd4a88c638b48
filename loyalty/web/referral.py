"""What a friend sees who was sent a link: the offer, the code to name, or to say who one is."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from businesses.queries import BusinessInfo, business_by_slug
from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import CodePurpose
from customers.operations import CustomerHint, find_or_create
from customers.operations.codes import check_code_of, send_code_to
from loyalty.enums import ReferralSource
from loyalty.models import Referral
from loyalty.operations.referrals import tell_referral
from loyalty.queries.referrals import known_codes, referral_offer
from payments.web.qr import qr_picture

_MOST_TYPED = 40


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer; a friend may say who they are, by a code texted to their mobile.

    The token is the business's address, a dash and the code passed on.
    """
    shop, code = _found(token)
    with acting_for(shop.id):
        offer = referral_offer()
        known = offer is not None and known_codes([code])
    if offer is None or not known:
        raise Http404
    context: dict[str, Any] = {"shop": shop, "offer": offer, "code": code, "token": token}
    status = HTTPStatus.OK
    if request.method == "POST" and offer.is_open:
        try:
            context |= _said(request, shop, code, timezone.now())
        except Problem as problem:
            context |= {"wrong": problem.detail, "mobile": _typed(request, "mobile")}
            context["sent"] = bool(_typed(request, "digits"))
            status = HTTPStatus(problem.status)
    with timezone.override(shop.timezone):
        return render(request, "loyalty/referral.html", context, status=status)


@require_safe
def referral_qr(_request: HttpRequest, token: str) -> HttpResponse:
    """Draw the link as a QR code, for a customer to show."""
    shop, code = _found(token)
    with acting_for(shop.id):
        if not known_codes([code]):
            raise Http404
    return qr_picture(settings.BASE_URL + reverse("referral", args=[f"{shop.slug}-{code}"]))


def _said(request: HttpRequest, shop: BusinessInfo, code: str, now: datetime) -> dict[str, Any]:
    """Text a code to a mobile, or take the one that was texted. Raises Problem."""
    mobile, digits = _typed(request, "mobile"), _typed(request, "digits")
    about = f"referral:{code}"
    if digits:
        return {"told": _told(shop, code, mobile, digits, now)}
    with acting_for(shop.id):
        send_code_to(mobile=mobile, purpose=CodePurpose.VERIFY, now=now, about=about)
    return {"sent": True, "mobile": mobile}


def _told(shop: BusinessInfo, code: str, mobile: str, digits: str, now: datetime) -> Referral:
    """Keep who brought the holder of a mobile; a wrong try is counted whatever follows."""
    with acting_for(shop.id):
        check = check_code_of(
            mobile=mobile,
            purpose=CodePurpose.VERIFY,
            code=digits,
            now=now,
            about=f"referral:{code}",
        )
        if check.accepted:
            friend = find_or_create(
                customer=CustomerHint(mobile=mobile), source="referral", now=now
            )
            return tell_referral(
                code=code,
                friend_id=friend.customer_id,
                source=ReferralSource.LINK,
                now=now,
            )
    raise check.problem()


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:_MOST_TYPED]


def _found(token: str) -> tuple[BusinessInfo, str]:
    slug, _dash, code = token.rpartition("-")
    shop = business_by_slug(slug) if token.isprintable() and slug else None
    if shop is None:
        raise Http404
    return shop, code.upper()
