"""Whom to keep first, what is at stake, and what they are to the business (C051)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.calendar import business_day
from customers.queries.people import CustomerView, customer_views
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.people import title_of
from segmentation.enums import Basis
from segmentation.queries.priorities import NEW_DAYS, Priority, priorities, traits_of
from segmentation.queries.retention import foreseen_by

_SHOWN: Final = 40
_TIES: Final = {
    "regular": gettext_lazy("buys regularly"),
    "bound": gettext_lazy("a membership or a mandate"),
    "long": gettext_lazy("a customer for a year and more"),
}


@business_page(*READERS)
def priorities_page(request: BusinessRequest) -> HttpResponse:
    """Show the head of the list with traits and the reckoning of each."""
    found = priorities(request.now, _SHOWN)
    views = customer_views([one.customer_id for one in found])
    can_see = role_may(request.role, MANAGERS)
    context = {
        "people": [_person(one, views, signs=can_see) for one in found if one.customer_id in views],
        "effect": words.percent(found[0].effect, 0) if found else "",
        "first_guess": foreseen_by() == Basis.HEURISTIC,
        "new_days": words.number(NEW_DAYS),
    }
    return render(request, "dashboard/priorities.html", context)


def traits(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return what one customer is to the business, for their page. Five queries."""
    if not role_may(request.role, READERS):
        return {}
    today = business_day(request.now, request.business.timezone)
    return {"traits": [one.label for one in traits_of([customer_id], today)[customer_id]]}


def _person(one: Priority, views: Mapping[UUID, CustomerView], *, signs: bool) -> dict[str, Any]:
    view = views[one.customer_id]
    return {
        "id": one.customer_id,
        "name": view.name,
        "title": title_of(view.name, view.mobile, view.member_code),
        "traits": [str(trait.label) for trait in one.traits],
        "ties": ", ".join(str(_TIES[tie]) for tie in one.ties),
        "let_down": one.let_down,
        "doubted": signs and one.doubted,
        "leaving": words.percent(one.leaving, 0),
        "year": words.toman_about(one.year_rial),
        "gain": words.toman_about(one.gain_rial),
        "last_on": view.last_on,
    }
