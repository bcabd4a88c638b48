"""From who suits the business to who does not, and whom one may wish would leave (C107)."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.people import title_of
from segmentation.enums import FitPart, NamedSegment
from segmentation.queries.fit.reading import (
    TENTHS,
    Tenth,
    fit_of,
    fit_rows,
    signs_of,
    tenths,
    unwanted_rows,
)
from segmentation.queries.fit.reckoning import FEWEST, NEW_DAYS, WEIGHTS
from segmentation.queries.fit.told import fit_told, marks_told
from segmentation.queries.named.reading import named_night
from segmentation.queries.named.told import evidence_told

_PER_PAGE: Final = 20


@business_page(*READERS)
def fit(request: BusinessRequest) -> HttpResponse:
    """Show the tenths, the customers of one, and to managers the least fitting with a sign."""
    rows = tenths()
    signs = role_may(request.role, MANAGERS)
    asked = request.GET.get("tenth", "")
    chosen = int(asked) if asked in {str(one) for one in range(1, TENTHS + 1)} else None
    listed = page(fit_rows(chosen), by="score", cursor=request.GET.get("cursor"), limit=_PER_PAGE)
    everybody = sum(one.customers for one in rows)
    context = {
        "night": named_night(),
        "tenths": [_tenth(one, everybody, request, signs=signs) for one in rows],
        "chosen": chosen,
        "page": listed,
        "people": [_person(row) for row in listed.rows],
        "signs": signs,
        "unwanted": _unwanted() if signs else [],
        "parts": [{"name": one.label, "weight": WEIGHTS[one]} for one in FitPart],
        "fewest": FEWEST,
        "new_days": NEW_DAYS,
    }
    return render(request, "dashboard/fit.html", context)


def fit_card(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return one customer's fit for their page; nothing for who is not judged yet. One query."""
    row = fit_of(customer_id) if role_may(request.role, READERS) else None
    if row is None:
        return {}
    return {
        "fit": {
            "tenth": row.tenth,
            "score": row.score,
            "told": fit_told(row.parts),
            "marks": marks_told(row.parts),
            "href": reverse("dashboard:fit", args=[request.business.slug]),
        }
    }


def _tenth(one: Tenth, everybody: int, request: BusinessRequest, *, signs: bool) -> dict[str, Any]:
    return {
        "tenth": one.tenth,
        "href": f"{reverse('dashboard:fit', args=[request.business.slug])}?tenth={one.tenth}",
        "customers": one.customers,
        "share": one.customers / everybody,
        "least": one.least,
        "most": one.most,
        "year": words.toman(words.whole_toman(one.year_rial)),
        "each": words.toman(words.whole_toman(one.year_rial / one.customers)),
        "signs": one.signs if signs else None,
    }


def _person(row: Any) -> dict[str, Any]:
    person = row.customer
    return {
        "id": row.customer_id,
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "told": fit_told(row.parts),
        "tenth": row.tenth,
        "score": row.score,
        "year": words.toman(row.year_rial),
    }


def _unwanted() -> list[dict[str, Any]]:
    """Return whom one may wish would leave, worst first, with what is held against them."""
    rows = list(unwanted_rows().order_by("score", "id")[:_PER_PAGE])
    held = signs_of([row.customer_id for row in rows])
    return [
        _person(row)
        | {
            "signs": [
                {
                    "name": NamedSegment(stay.segment).label,
                    "why": evidence_told(stay.segment, stay.evidence),
                }
                for stay in held.get(row.customer_id, ())
            ]
        }
        for row in rows
    ]
