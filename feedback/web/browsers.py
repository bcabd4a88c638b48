"""Which browser answers: one of the business, or one that has answered for others (N16).

Both are cookies that say nothing of a person; without them an answer counts as any other.
"""

import re
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import get_random_string

from businesses.queries import memberships_of

BROWSER: Final = "vafa_browser"
WORKS_AT: Final = "vafa_works_at"
_YEAR: Final = 365 * 24 * 60 * 60
_MOST: Final = 8
_WORKPLACES: Final = re.compile(r"[0-9a-f.]{32,300}")


def name_browser(request: HttpRequest, answer: HttpResponse) -> None:
    """Give a browser a random name, if it has none."""
    if not request.COOKIES.get(BROWSER):
        _keep(answer, BROWSER, get_random_string(22))


def mark_workplace(request: HttpRequest, answer: HttpResponseBase, business_id: UUID) -> None:
    """Remember in a browser that somebody works with it for a business."""
    known = _workplaces(request)
    if business_id.hex not in known:
        _keep(answer, WORKS_AT, ".".join([*known, business_id.hex][-_MOST:]))


def works_at(request: HttpRequest, business_id: UUID) -> bool:
    """Tell whether a browser is one of a business: it was signed in there, or is."""
    if business_id.hex in _workplaces(request):
        return True
    if not request.user.is_authenticated:
        return False
    return any(one.business.id == business_id for one in memberships_of(request.user.id))


def _workplaces(request: HttpRequest) -> list[str]:
    told = request.COOKIES.get(WORKS_AT, "")
    return told.split(".") if _WORKPLACES.fullmatch(told) else []


def _keep(answer: HttpResponseBase, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
