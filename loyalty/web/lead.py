"""The page of a link: whoever is interested leaves a mobile and proves it by a code (C042)."""

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
from customers.operations import CustomerHint
from customers.operations.codes import check_code_of, send_code_to, verify_mobile
from customers.operations.leads import NewLead, note_lead
from customers.queries.leads import source_by_code
from payments.web.qr import qr_picture

_MOST_TYPED = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lead_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for name, mobile and what they want; then for the code that was texted.

    The token is the business's address, a dash and the link's code. Whether the mobile is a
    customer's already cannot be told from the answer.
    """
    shop, source = _found(token)
    context: dict[str, Any] = {"shop": shop, "source": source, "token": token}
    status = HTTPStatus.OK
    if request.method == "POST":
        typed = {name: _typed(request, name) for name in ("mobile", "name", "wants", "digits")}
        context |= typed
        try:
            context |= _said(shop, source, typed, timezone.now())
        except Problem as problem:
            status = HTTPStatus(problem.status)
            context |= {"wrong": problem.detail, "sent": bool(typed["digits"])}
            if problem.code == "code_just_sent":
                # The code from before is on its way.
                context |= {"wrong": None, "sent": True}
                status = HTTPStatus.OK
    with timezone.override(shop.timezone):
        return render(request, "loyalty/lead.html", context, status=status)


@require_safe
def lead_page_qr(_request: HttpRequest, token: str) -> HttpResponse:
    """Draw the page's address as a QR code, to be printed."""
    shop, source = _found(token)
    address = reverse("lead-page", args=[f"{shop.slug}-{source.code}"])
    return qr_picture(settings.BASE_URL + address)


def _said(shop: BusinessInfo, source: Any, typed: dict[str, str], now: datetime) -> dict[str, Any]:
    """Text a code to a mobile, or take the one that was texted. Raises Problem."""
    about = f"lead:{source.code}"
    if not typed["digits"]:
        with acting_for(shop.id):
            send_code_to(mobile=typed["mobile"], purpose=CodePurpose.VERIFY, now=now, about=about)
        return {"sent": True}
    with acting_for(shop.id):
        check = check_code_of(
            mobile=typed["mobile"],
            purpose=CodePurpose.VERIFY,
            code=typed["digits"],
            now=now,
            about=about,
        )
        if check.accepted and check.code_id is not None:
            hint = CustomerHint(mobile=typed["mobile"], name=typed["name"][:200])
            new = NewLead(customer=hint, source_id=source.id, wants=typed["wants"], consented=True)
            noted = note_lead(new=new, now=now)
            verify_mobile(customer_id=noted.customer_id, code_id=check.code_id, now=now)
            return {"told": True}
    # A wrong try is committed before it is refused.
    raise check.problem()


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:_MOST_TYPED]


def _found(token: str) -> tuple[BusinessInfo, Any]:
    slug, _dash, code = token.rpartition("-")
    shop = business_by_slug(slug) if token.isprintable() and slug else None
    if shop is None:
        raise Http404
    with acting_for(shop.id):
        source = source_by_code(code.upper())
    if source is None:
        raise Http404
    return shop, source
