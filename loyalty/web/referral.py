"""What a friend sees who was sent a link: the offer and the code to name."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from businesses.queries import BusinessInfo, business_by_slug
from core.tenancy import acting_for
from loyalty.queries.referrals import known_codes, referral_offer
from payments.web.qr import qr_picture


@never_cache
@require_safe
def referral(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer. The token is the business's address, a dash and a code."""
    shop, code = _found(token)
    with acting_for(shop.id):
        offer = referral_offer()
        known = offer is not None and known_codes([code])
    if not known:
        raise Http404
    context = {"shop": shop, "offer": offer, "code": code, "token": token}
    with timezone.override(shop.timezone):
        return render(request, "loyalty/referral.html", context, status=HTTPStatus.OK)


@require_safe
def referral_qr(_request: HttpRequest, token: str) -> HttpResponse:
    """Draw the link as a QR code, for a customer to show."""
    shop, code = _found(token)
    with acting_for(shop.id):
        if not known_codes([code]):
            raise Http404
    return qr_picture(settings.BASE_URL + reverse("referral", args=[f"{shop.slug}-{code}"]))


def _found(token: str) -> tuple[BusinessInfo, str]:
    slug, _dash, code = token.rpartition("-")
    shop = business_by_slug(slug) if token.isprintable() and slug else None
    if shop is None:
        raise Http404
    return shop, code.upper()
