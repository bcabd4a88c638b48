"""The accounts that count, and how each of them stands (C109)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.people import title_of
from segmentation.enums import NamedSegment
from segmentation.queries.health import FEWEST, Health, healths_of
from segmentation.queries.named.reading import named_night, named_rows

_PER_PAGE: Final = 20


@business_page(*READERS)
def accounts(request: BusinessRequest) -> HttpResponse:
    """Show the strategic accounts with their three marks, who came last into them first."""
    night = named_night()
    context: dict[str, Any] = {"night": night, "people": []}
    if night is not None:
        rows = named_rows(NamedSegment.HIGH_PROFIT, night)
        cursor = request.GET.get("cursor")
        found = page(rows, by="entered_at", cursor=cursor, limit=_PER_PAGE)
        stands = healths_of([stay.customer_id for stay in found.rows], request.now)
        context |= {"page": found, "people": [_account(stay, stands) for stay in found.rows]}
    return render(request, "dashboard/accounts.html", context)


def health_card(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return how one account stands, for its page. Six queries."""
    if not role_may(request.role, READERS):
        return {}
    found = healths_of([customer_id], request.now).get(customer_id)
    return {"health": _marks(found)} if found else {}


def _account(stay: Any, stands: Mapping[UUID, Health]) -> dict[str, Any]:
    person = stay.customer
    return {
        "id": stay.customer_id,
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "year": words.toman(stay.evidence["year_rial"]),
        "health": _marks(stands[stay.customer_id]),
    }


def _marks(one: Health) -> dict[str, Any]:
    return {
        "score": one.score,
        "marks": [
            (_("What we know of them"), one.knowledge, ""),
            (_("Whether we talk"), one.relationship, _talk(one)),
            (_("Whether we did well"), one.performance, _well(one)),
        ],
    }


def _talk(one: Health) -> str:
    heard = (
        _("they never spoke to us")
        if one.heard_days is None
        else _("they spoke to us %(n)s days ago") % {"n": words.number(one.heard_days)}
        if one.heard_days
        else _("they spoke to us today")
    )
    told = (
        _("we never to them")
        if one.told_days is None
        else _("we to them %(n)s days ago") % {"n": words.number(one.told_days)}
        if one.told_days
        else _("we to them today")
    )
    return _("%(heard)s, %(told)s") % {"heard": heard, "told": told}


def _well(one: Health) -> str:
    if one.performance is None:
        return _("from %(n)s purchases a year on") % {"n": words.number(FEWEST)}
    facts = {"n": words.number(one.troubles), "bought": words.number(one.bought)}
    return _("%(n)s of %(bought)s purchases of a year had trouble") % facts
