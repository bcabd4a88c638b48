"""Who has their page open: a signed cookie of two hours, for one business and its address only.

It names the code that was used, so it ends with the mobile it proved, and it is no login.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from businesses.queries import BusinessInfo, business_by_slug
from core.tenancy import acting_for
from customers.queries.own_page import STAYS_OPEN, holder

COOKIE: Final = "vafa_own_page"
_SALT: Final = "vafa.own_page"


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer looking at their page now."""

    shop: BusinessInfo
    customer_id: UUID
    now: datetime


Page = Callable[..., HttpResponse]


def shop_of(token: str) -> BusinessInfo:
    """Return the business whose address the token is. Raises Http404."""
    shop = business_by_slug(token) if token.isprintable() else None
    if shop is None:
        raise Http404
    return shop


def visitor(request: HttpRequest, shop: BusinessInfo, now: datetime) -> UUID | None:
    """Return whose page is open in this browser, or None. Runs outside any scope."""
    code_id = _told(request.COOKIES.get(COOKIE, ""), shop.id)
    if code_id is None:
        return None
    with acting_for(shop.id):
        return holder(code_id, now)


def let_in(answer: HttpResponse, shop: BusinessInfo, code_id: UUID) -> HttpResponse:
    """Remember a used code in the browser, at this business's address only."""
    answer.set_cookie(
        COOKIE,
        signing.dumps([shop.id.hex, code_id.hex], salt=_SALT),
        max_age=int(STAYS_OPEN.total_seconds()),
        path=_path(shop),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def let_out(answer: HttpResponse, shop: BusinessInfo) -> HttpResponse:
    """Forget whose page was open."""
    answer.delete_cookie(COOKIE, path=_path(shop), samesite="Lax")
    return answer


def private(view: Page) -> Page:
    """Keep a page about a person out of caches, referrers and search engines."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        answer = view(request, token, **named)
        answer["Referrer-Policy"] = "same-origin"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return never_cache(guarded)


def inside(view: Callable[[HttpRequest, Visit], HttpResponse]) -> Page:
    """Show a page to whoever has it open, in their business's scope; others meet the door."""

    @private
    def page(request: HttpRequest, token: str) -> HttpResponse:
        shop, now = shop_of(token), timezone.now()
        customer_id = visitor(request, shop, now)
        if customer_id is None:
            return redirect("own-page", token)
        with acting_for(shop.id), timezone.override(shop.timezone):
            return view(request, Visit(shop, customer_id, now))

    return wraps(view)(page)


def _path(shop: BusinessInfo) -> str:
    return reverse("own-page", args=[shop.slug])


def _told(cookie: str, business_id: UUID) -> UUID | None:
    if not cookie:
        return None
    try:
        business, code = signing.loads(cookie, salt=_SALT, max_age=STAYS_OPEN)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return UUID(code) if business == business_id.hex else None
