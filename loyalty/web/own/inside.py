"""What is behind the door: points, history, member code, preferences."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import Sentence
from core.spelling import number
from customers.queries import CustomerView, customer_view
from loyalty.enums import TierWindow
from loyalty.models import LedgerEntry
from loyalty.queries.own_history import HISTORY, as_read, moved
from loyalty.queries.own_page import OwnPage, own_page
from loyalty.queries.stamps import Stamps
from loyalty.queries.standing import Standing
from loyalty.queries.wallets import ledger
from loyalty.web.own.friends import passing_on
from loyalty.web.own.measures import measures_of
from loyalty.web.own.session import Visit, inside, let_out
from messaging.enums import ConsentSource, Purpose
from messaging.operations import record_consent
from messaging.queries import latest_answers

_WHOLE: Final = 100
_COUNTS: Final[Mapping[TierWindow, Sentence]] = {
    TierWindow.DAYS: _("What you buy within %(days)s days counts."),
    TierWindow.YEAR: _("What you buy in this Jalali year counts."),
    TierWindow.ANNIVERSARY: _("What you buy in your own year counts, from the day you came first."),
    TierWindow.ROLLING: _("What you bought in the last %(days)s days counts."),
}
_UUID: Final = re.compile(r"[0-9a-f-]{36}")
_MOST_CELLS: Final = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """A kind of message, and whether they want it."""

    name: str
    label: Sentence
    text: Sentence
    granted: bool


def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Render the page."""
    person = _person(visit)
    page = own_page(person.id, visit.now)
    context: dict[str, Any] = {
        "shop": visit.shop,
        "person": person,
        "page": page,
        "way": _way(page.standing),
        "stamps": [_cells(one) for one in page.stamps],
        "wishes": _wishes(person),
        "measures": measures_of(visit),
        "code": _picture(person.member_code),
        "nearest": _nearest(page),
        "friends": passing_on(visit) if page.in_club and not page.left else None,
    }
    return render(request, "loyalty/own/page.html", context)


@require_safe
@inside
def history(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show movements, a page at a time."""
    person = _person(visit)
    before = _before(request.GET.get("before", ""), person.id)
    rows = moved(person.id, limit=HISTORY + 1, before=before)
    context = {
        "shop": visit.shop,
        "rows": as_read(rows[:HISTORY]),
        "older": rows[HISTORY - 1].id if len(rows) > HISTORY else None,
        "first": before is None,
    }
    return render(request, "loyalty/own/history.html", context)


@require_safe
@inside
def qr(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the member code alone, large, for the till's camera."""
    person = _person(visit)
    context = {"shop": visit.shop, "person": person, "code": _picture(person.member_code)}
    return render(request, "loyalty/own/code.html", context)


@require_POST
@inside
def preferences(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Write down which messages they want."""
    person = _person(visit)
    for wish in _wishes(person):
        granted = wish.name in request.POST.getlist("wants")
        if person.mobile and granted is not wish.granted:
            record_consent(
                address=person.mobile,
                purpose=wish.name,
                granted=granted,
                source=ConsentSource.OWN_PAGE,
                now=visit.now,
            )
    messages.success(request, _("Your choice is noted."))
    return redirect("own-page", visit.shop.slug)


@require_POST
@inside
def sign_out(_request: HttpRequest, visit: Visit) -> HttpResponse:
    """Close the page in this browser."""
    return let_out(redirect("own-page", visit.shop.slug), visit.shop)


def _person(visit: Visit) -> CustomerView:
    person = customer_view(visit.customer_id)
    if person is None:
        raise Http404
    return person


def _wishes(person: CustomerView) -> list[Wish]:
    address = person.mobile or ""
    offers = latest_answers([address], Purpose.MARKETING).get(address, False)
    surveys = latest_answers([address], Purpose.SURVEY).get(address, True)
    return [
        Wish(
            Purpose.MARKETING.value,
            _("Offers and news"),
            _("At most a few a week, never at night."),
            offers,
        ),
        Wish(
            Purpose.SURVEY.value,
            _("One question after a purchase"),
            _("How was it? Half a minute."),
            surveys,
        ),
    ]


def _way(standing: Standing | None) -> dict[str, Any] | None:
    """Return how far the way to the next tier is gone, in hundredths."""
    if standing is None:
        return None
    goal = standing.next_threshold_rial or standing.threshold_rial
    gone = min(_WHOLE, standing.qualifying_rial * _WHOLE // goal) if goal else _WHOLE
    days = {"days": number(standing.window_days)}
    return {"gone": gone, "standing": standing, "counts": _COUNTS[standing.window] % days}


def _cells(one: Stamps) -> dict[str, Any]:
    """Return a stamp card as it is drawn: full and empty places, and rewards ready."""
    full = max(0, one.toward - one.ready * one.card.needed)
    drawn = one.card.needed <= _MOST_CELLS
    return {
        "name": one.card.name,
        "reward": one.card.pool.name,
        "full": full,
        "needed": one.card.needed,
        "left": one.card.needed - full,
        "ready": one.ready,
        "cells": [place < full for place in range(one.card.needed)] if drawn else [],
    }


def _nearest(page: OwnPage) -> Any:
    """Return the cheapest reward that is still out of reach."""
    beyond: Sequence[Any] = [offer for offer in page.rewards if not offer.is_affordable]
    return min(beyond, key=lambda offer: offer.missing_points, default=None)


def _picture(code: str) -> SafeString:
    drawn = segno.make(code, error="m").svg_inline(
        scale=8, border=2, omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by us from a code we made


def _before(told: str, customer_id: UUID) -> LedgerEntry | None:
    if not _UUID.fullmatch(told):
        return None
    return ledger(customer_id).filter(id=told).first()
