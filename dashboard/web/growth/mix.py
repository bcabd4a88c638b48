"""Where newcomers came from, month by month (C038)."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.growth.repeat import FEW
from dashboard.web.leads.words_of_leads import titled
from loyalty.enums.newcomers import CameBy
from loyalty.queries.newcomers import Came, Mix, newcomer_mix

_MONTHS: Final = 12


@business_page(*READERS)
def mix_page(request: BusinessRequest) -> HttpResponse:
    """Show the newcomers of the last twelve Jalali months by how they came."""
    today = business_day(request.now, request.business.timezone)
    mix = newcomer_mix(today, _MONTHS)
    whole = mix.whole
    context = {
        "empty": not whole.people,
        "people": words.number(whole.people),
        "chart": _chart(mix),
        "columns": [str(way.label) for way in CameBy],
        "months": [
            {
                "name": words.day(one.month_on, "month"),
                "whole": words.number(one.whole.people),
                "ways": [words.number(one.ways[way].people) for way in CameBy],
            }
            for one in mix.months
            if one.whole.people
        ],
        "ways": [
            _row(str(way.label), came, whole) for way, came in mix.ways.items() if came.people
        ],
        "places": [_row(titled(one.kind, one.title), one.came, whole) for one in mix.places],
        "few": words.number(FEW),
    }
    return render(request, "dashboard/growth/mix.html", context)


def _row(name: str, came: Came, whole: Came) -> dict[str, str]:
    again = words.number(came.again)
    return {
        "name": name,
        "people": words.number(came.people),
        "share": words.percent(came.people / whole.people, 0) if whole.people >= FEW else "—",
        "again": words.percent(came.again / came.people, 0) if came.people >= FEW else again,
    }


def _chart(mix: Mix) -> dict[str, Any]:
    ways = list(CameBy)
    return {
        "labels": [words.day(one.month_on, "month") for one in mix.months],
        "min": 0,
        "step": 1,
        "series": [
            {"name": str(way.label), "values": [one.ways[way].people for one in mix.months]}
            for way in ways
        ],
        "rows": [
            {
                "label": words.day(one.month_on, "month"),
                "texts": [words.number(one.ways[way].people) for way in ways],
            }
            for one in mix.months
        ],
    }
