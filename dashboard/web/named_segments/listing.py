"""All ready-made segments on one page: worth, coming, away and why, content or not, signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.named_segments.texts import ADVICE, GROUPS, button
from segmentation.enums import AWAY, GUARDED, QUADRANT, NamedSegment
from segmentation.queries.named.reading import Back, came_back, named_night, sizes_by_day
from segmentation.queries.seasons import Season

_FEWEST_NIGHTS: Final = 2


@dataclass(frozen=True, kw_only=True)
class SegmentCard:
    """One segment with its size, what to do, and how many came back of those who may."""

    name: str
    href: str
    count: int
    share: float
    advice: str
    button: str
    button_href: str
    back: str


@business_page(*READERS)
def listing(request: BusinessRequest) -> HttpResponse:
    """Show every ready-made segment as of last night."""
    night = named_night()
    if night is None or not night.customers:
        return render(request, "dashboard/named/list.html", {"night": None})
    today = business_day(request.now, request.business.timezone)
    backs = came_back([*AWAY, *QUADRANT], today, request.business.timezone.key)
    slug = request.business.slug

    def cards(named: Sequence[NamedSegment]) -> list[SegmentCard]:
        return [_card(one, night.sizes, night.customers, backs, slug) for one in named]

    context = {
        "night": night,
        "groups": [(title, cards(named)) for title, named in GROUPS],
        "lapsed": cards([NamedSegment.LAPSED])[0],
        "away": cards(AWAY),
        "quadrant": cards(QUADRANT),
        "signs": cards(GUARDED) if role_may(request.role, MANAGERS) else [],
        "seasons": _seasons(night.usual.get("seasons")),
        "chart": away_chart(sizes_by_day()),
    }
    return render(request, "dashboard/named/list.html", context)


def _seasons(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what the seasons do to sales, and whether knowing it foresees better."""
    if found is None:
        return None
    saved = 1 - found["error"] / found["error_without"] if found["error_without"] else 0
    helped = _(
        "Tried on the past year, sales were foreseen with %(n)s less error by knowing the seasons."
    )
    idle = _(
        "Tried on the past year, knowing the seasons did not foresee sales better; so they"
        " excuse nobody."
    )
    told = helped if found["helps"] else idle
    rows = [
        {"name": Season(name).label, "change": _change(factor)}
        for name, factor in found["factors"].items()
    ]
    return {"rows": rows, "told": told % {"n": words.percent(max(saved, 0))}}


def _change(factor: float) -> str:
    if factor >= 1:
        return _("%(n)s more") % {"n": words.percent(factor - 1)}
    return _("%(n)s less") % {"n": words.percent(1 - factor)}


def _card(
    one: NamedSegment,
    sizes: Mapping[str, int],
    everybody: int,
    backs: Mapping[str, Back],
    slug: str,
) -> SegmentCard:
    href, label = button(one, slug)
    count = sizes.get(one.value, 0)
    return SegmentCard(
        name=str(one.label),
        href=reverse("dashboard:named-segment", args=[slug, one.value]),
        count=count,
        share=count / everybody if everybody else 0,
        advice=str(ADVICE[one]),
        button=label if count else "",
        button_href=href,
        back=_back(backs[one.value]) if one.value in backs else "",
    )


def _back(back: Back) -> str:
    if back.rate is None:
        return ""
    facts = {
        "rate": words.percent(back.rate.score),
        "low": words.percent(back.rate.low),
        "high": words.percent(back.rate.high),
        "n": words.number(back.people),
    }
    return _("%(rate)s came again within 90 days (%(low)s to %(high)s, of %(n)s)") % facts


def away_chart(days: Sequence[tuple[date, Mapping[str, int]]]) -> dict[str, Any] | None:
    """Return who stays away by reason, day by day; nothing before two nights."""
    return sizes_chart(AWAY, days)


def sizes_chart(
    named: Sequence[NamedSegment], days: Sequence[tuple[date, Mapping[str, int]]]
) -> dict[str, Any] | None:
    """Return the sizes of segments by night, as charts take them; nothing before two nights."""
    if len(days) < _FEWEST_NIGHTS:
        return None
    columns = [[sizes.get(one.value, 0) for _on, sizes in days] for one in named]
    return {
        "labels": [words.day(on, "day") for on, _sizes in days],
        "min": 0,
        "step": 1,
        "series": [
            {"name": str(one.label), "values": column}
            for one, column in zip(named, columns, strict=True)
        ],
        "rows": [
            {"label": words.day(on), "texts": [words.number(column[n]) for column in columns]}
            for n, (on, _sizes) in enumerate(days)
        ],
    }
