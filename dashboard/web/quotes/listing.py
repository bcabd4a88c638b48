"""The list of promised prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import EVERYONE, SELLERS, BusinessRequest, business_page
from dashboard.web.parts import Choice
from dashboard.web.people import local_mobile, title_of
from payments.enums.quotes import QuoteState
from payments.queries.quotes import QuoteView, quote_rows, view_of

TONES: Final[Mapping[QuoteState, str]] = {
    QuoteState.OPEN: "chip-good",
    QuoteState.ACCEPTED: "chip-amber",
    QuoteState.PAID: "chip-good",
    QuoteState.ON_CREDIT: "chip-good",
}


@dataclass(frozen=True, kw_only=True)
class QuoteRow:
    """A promised price in the list."""

    id: UUID
    title: str
    whose: str
    state: str
    tone: str
    amount_rial: int
    time: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class QuotePage:
    """A page of promised prices."""

    rows: list[QuoteRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def quotes(request: BusinessRequest) -> HttpResponse:
    """List promised prices, filtered by how they stand."""
    state = request.GET.get("state", "")
    found = page(
        quote_rows(now=request.now, state=state if state in QuoteState.values else ""),
        by="created_at",
        cursor=request.GET.get("cursor"),
    )
    rows = [_row(view_of(row), request.now) for row in found.rows]
    context = {
        "page": QuotePage(rows=rows, next_cursor=found.next_cursor),
        "states": [
            Choice(value=value, label=str(label), chosen=value == state)
            for value, label in QuoteState.choices
        ],
        "filtered": bool(state),
        "can_make": role_may(request.role, SELLERS),
    }
    return render(request, "dashboard/quotes/quotes.html", context)


def whose(view: QuoteView) -> str:
    """Return for whom a price was promised."""
    quote = view.quote
    person = quote.customer
    if person is not None:
        return title_of(person.name, person.mobile, person.member_code)
    if quote.mobile:
        return words.code(local_mobile(quote.mobile))
    return _("known customers") if quote.members_only else _("whoever has the address")


def time_of(view: QuoteView, now: datetime) -> str:
    """Return how long a price still holds, or until when it did."""
    quote = view.quote
    if view.state is QuoteState.OPEN:
        return words.left(quote.valid_to, now)
    if view.state is QuoteState.UPCOMING:
        return _("from %(day)s") % {"day": words.day(quote.valid_from, "day")}
    return _("until %(day)s") % {"day": words.day(quote.valid_to, "day")}


def _row(view: QuoteView, now: datetime) -> QuoteRow:
    quote = view.quote
    return QuoteRow(
        id=quote.id,
        title=quote.title,
        whose=whose(view),
        state=str(view.state.label),
        tone=TONES.get(view.state, ""),
        amount_rial=quote.amount_rial,
        time=time_of(view, now),
        created_at=quote.created_at,
    )
