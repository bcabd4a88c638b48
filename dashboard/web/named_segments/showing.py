"""One ready-made segment: its rule, what was usual, who is in it and what speaks for it."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.named_segments.listing import sizes_chart
from dashboard.web.named_segments.texts import ADVICE, button
from dashboard.web.people import title_of
from segmentation.enums import GUARDED, NamedSegment
from segmentation.queries.named.reading import named_night, named_rows, sizes_by_day
from segmentation.queries.named.told import evidence_told, rule_told, usual_told

_PER_PAGE: Final = 30


@business_page(*READERS)
def shown(request: BusinessRequest, key: str) -> HttpResponse:
    """Show a segment as of last night; signs against somebody to managers only."""
    if key not in NamedSegment.values:
        raise Http404
    one, night = NamedSegment(key), named_night()
    if one in GUARDED and not role_may(request.role, MANAGERS):
        raise PermissionDenied
    href, label = button(one, request.business.slug)
    context: dict[str, Any] = {
        "name": one.label,
        "rule": rule_told(one),
        "advice": ADVICE[one],
        "guarded": one in GUARDED,
        "button": label,
        "button_href": href,
        "night": night,
    }
    if night is not None:
        found = page(
            named_rows(one, night),
            by="entered_at",
            cursor=request.GET.get("cursor"),
            limit=_PER_PAGE,
        )
        context |= {
            "usual": usual_told(one, night.usual),
            "count": night.sizes.get(one.value, 0),
            "chart": sizes_chart([one], sizes_by_day()),
            "page": found,
            "people": [_person(stay, request) for stay in found.rows],
        }
    return render(request, "dashboard/named/shown.html", context)


def _person(stay: Any, request: BusinessRequest) -> dict[str, Any]:
    person = stay.customer
    return {
        "id": stay.customer_id,
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "why": evidence_told(stay.segment, stay.evidence),
        "as_of": words.day(stay.seen_on),
        "since": words.ago(stay.entered_at, request.now),
    }
