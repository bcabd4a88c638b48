"""The page of gift cards: what is owed on them, and every issue."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import EVERYONE, SELLERS, BusinessRequest, business_page
from dashboard.web.gift_cards.rows import IssueRow, issue_row
from dashboard.web.parts import Kpi
from loyalty.queries.gift_cards import CardFigures, card_figures, issue_rows, issue_totals

_BEHIND: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class IssuePage:
    """A page of issues."""

    rows: list[IssueRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def gift_cards(request: BusinessRequest) -> HttpResponse:
    """Show what is owed on gift cards, and the issues."""
    found = page(issue_rows(presents=False), by="issued_at", cursor=request.GET.get("cursor"))
    totals = issue_totals([row.id for row in found.rows], request.now)
    context = {
        "page": IssuePage(
            rows=[issue_row(row, totals[row.id]) for row in found.rows],
            next_cursor=found.next_cursor,
        ),
        "kpis": _kpis(card_figures(request.now - _BEHIND, request.now)),
        "can_make": role_may(request.role, SELLERS),
        "lookup": request.build_absolute_uri(f"/g/{request.business.slug}/"),
    }
    return render(request, "dashboard/gift_cards/gift_cards.html", context)


def _kpis(told: CardFigures) -> list[Kpi]:
    toman = _("toman")
    return [
        Kpi(
            label=_("Owed on cards sold"),
            value=words.toman(told.owed_rial),
            unit=toman,
            note=_("paid for, not spent yet"),
        ),
        Kpi(
            label=_("Left on your gifts"),
            value=words.toman(told.gifts_rial),
            unit=toman,
            note=_("what they can still cost"),
        ),
        Kpi(
            label=_("Paid with cards sold, 30 days"),
            value=words.toman(told.spent_sold_rial),
            unit=toman,
        ),
        Kpi(
            label=_("What your gifts cost, 30 days"),
            value=words.toman(told.spent_gifts_rial),
            unit=toman,
        ),
    ]
