"""One ready-made segment: its rule, what was usual, who is in it and what speaks for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.named_segments.listing import sizes_chart
from dashboard.web.named_segments.texts import ADVICE, button
from dashboard.web.parts import Choice
from dashboard.web.people import title_of
from segmentation.enums import GUARDED, NamedSegment
from segmentation.queries.named.reading import goods_of, named_night, named_rows, sizes_by_day
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
        goods = goods_of(one, night) if one == NamedSegment.NEW_TO_PRODUCT else []
        asked = request.GET.get("goods", "")
        asked = asked if asked in dict(goods) else ""
        found = page(
            named_rows(one, night, asked),
            by="entered_at",
            cursor=request.GET.get("cursor"),
            limit=_PER_PAGE,
        )
        context |= {
            "goods": _choices(goods, asked),
            "usual": usual_told(one, night.usual),
            "count": dict(goods)[asked] if asked else night.sizes.get(one.value, 0),
            "chart": sizes_chart([one], sizes_by_day()),
            "page": found,
            "people": [_person(stay, night.as_of, request) for stay in found.rows],
        }
    return render(request, "dashboard/named/shown.html", context)


def _choices(goods: Sequence[tuple[str, int]], asked: str) -> list[Choice]:
    """Return the kinds of goods somebody is new to as links, each with how many (C038)."""
    named = [("", _("Any goods")), *((name, f"{name} · {words.number(n)}") for name, n in goods)]
    return [
        Choice(
            value=name,
            label=str(label),
            chosen=name == asked,
            href="?" + urlencode({"goods": name} if name else {}),
        )
        for name, label in named
        if goods
    ]


def _person(stay: Any, as_of: date, request: BusinessRequest) -> dict[str, Any]:
    person = stay.customer
    return {
        "id": stay.customer_id,
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "why": evidence_told(stay.segment, stay.evidence),
        # Looked at last night like everybody; what spoke for it then spoke for it before.
        "same_since": words.day(stay.seen_on) if stay.seen_on < as_of else "",
        "since": words.ago(stay.entered_at, request.now),
    }
