"""The page of signs: what waits for the owner, and what is usual, in pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import OWNERS, BusinessRequest, business_page
from dashboard.web.misuse.rows import SignRow, sign_rows
from dashboard.web.parts import Choice, Meter
from loyalty.enums import SuspicionRule, SuspicionState
from loyalty.queries.suspicions.reading import last_look, open_by_rule, suspicion_rows, usual_of
from loyalty.queries.suspicions.tell import no_verdict
from loyalty.queries.suspicions.unusual import ENOUGH, Usual

_BARS: Final = 12


@dataclass(frozen=True, kw_only=True)
class SignPage:
    """A page of signs."""

    rows: list[SignRow]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """How often each number was seen in a day, and from where on the rule speaks."""

    id: str
    title: str
    text: str
    chart: dict[str, Any] | None


@business_page(*OWNERS)
def misuse(request: BusinessRequest) -> HttpResponse:
    """Show the signs nobody judged (or those judged), and what they were compared with."""
    asked = request.GET.get("state", SuspicionState.OPEN)
    state = asked if asked in SuspicionState.values else SuspicionState.OPEN
    found = page(suspicion_rows(state=state), by="found_at", cursor=request.GET.get("cursor"))
    look = last_look()
    pictures = [_picture(one) for one in usual_of(look)] if look else []
    context = {
        "page": SignPage(
            rows=sign_rows(found.rows, request.business.slug), next_cursor=found.next_cursor
        ),
        "tabs": [
            Choice(value=value, label=str(label), chosen=value == state, href=f"?state={value}")
            for value, label in SuspicionState.choices
        ],
        "look": look,
        "note": no_verdict(),
        "by_rule": _by_rule(open_by_rule()),
        "pictures": [one for one in pictures if one.chart],
        "too_few": [one for one in pictures if not one.chart],
    }
    return render(request, "dashboard/misuse/misuse.html", context)


def _by_rule(waiting: Mapping[str, int]) -> list[Meter]:
    most = max(waiting.values(), default=0) or 1
    return [
        Meter(
            label=str(SuspicionRule(rule).label),
            share=waiting.get(rule, 0) / most,
            text=words.number(waiting.get(rule, 0)),
            tone="amber",
        )
        for rule in SuspicionRule.values
    ]


def _picture(usual: Usual) -> Picture:
    numbers = {
        "n": words.number(usual.among),
        "usual": words.number(usual.usual),
        "line": words.number(usual.line),
        "enough": words.number(ENOUGH),
    }
    if not usual.is_enough:
        text = _("Not enough data: %(n)s days, at least %(enough)s are needed.")
        return Picture(id=usual.rule, title=str(usual.rule.label), text=text % numbers, chart=None)
    text = _("The middle of %(n)s is %(usual)s; the rule speaks from %(line)s on.")
    return Picture(
        id=usual.rule,
        title=str(usual.rule.label),
        text=text % numbers,
        chart=_chart(_buckets(usual)),
    )


def _buckets(usual: Usual) -> list[tuple[str, int, bool]]:
    """Return bars of equal width up to the line, then one of all above it."""
    width = max(1, -(-usual.line // _BARS))
    below: dict[int, int] = {}
    for number, times in usual.seen.items():
        if number < usual.line:
            place = (number - 1) // width
            below[place] = below.get(place, 0) + times
    bars = [
        (
            _between(place * width + 1, min((place + 1) * width, usual.line - 1)),
            below.get(place, 0),
        )
        for place in range(-(-(usual.line - 1) // width))
    ]
    above = sum(times for number, times in usual.seen.items() if number >= usual.line)
    rest = _("%(line)s and more") % {"line": words.number(usual.line)}
    return [*((label, times, False) for label, times in bars), (rest, above, True)]


def _between(low: int, high: int) -> str:
    if low >= high:
        return words.number(low)
    return f"{words.number(low)}–{words.number(high)}"


def _chart(bars: Sequence[tuple[str, int, bool]]) -> dict[str, Any]:
    return {
        "labels": [label for label, _times, _above in bars],
        "series": [
            {
                "name": _("usual"),
                "values": [0 if above else times for _label, times, above in bars],
            },
            {
                "name": _("the rule speaks"),
                "values": [times if above else 0 for _label, times, above in bars],
            },
        ],
        "rows": [
            {
                "label": label,
                "texts": [
                    words.number(0 if above else times),
                    words.number(times if above else 0),
                ],
            }
            for label, times, above in bars
        ],
    }
