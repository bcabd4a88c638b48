"""What winning a customer cost, and what keeping one (C111)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from campaigns.queries.effect import Effect
from campaigns.queries.winning import Kept, KeptAll, WinningAndKeeping, Won, winning_and_keeping
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.growth.repeat import FEW
from dashboard.web.leads.words_of_leads import titled
from dashboard.web.parts import Kpi

_FRIEND = "friend"
_TENFOLD = 10


@business_page(*READERS)
def winning_page(request: BusinessRequest) -> HttpResponse:
    """Show both sides: sources with their cost, and measured campaigns."""
    found = winning_and_keeping(request.now)
    context = {
        "empty": not found.won and not found.kept,
        "kpis": _kpis(found),
        "lead": _lead(found),
        "won": [_won(one) for one in found.won],
        "kept": [_kept(one) for one in found.kept],
        "unmeasured": found.unmeasured,
    }
    return render(request, "dashboard/growth/winning.html", context)


def _kpis(found: WinningAndKeeping) -> list[Kpi]:
    won, kept = found.won_each_rial, found.kept_all
    return [
        Kpi(
            label=_("A new customer cost"),
            value="—" if won is None else words.toman(words.whole_toman(won)),
            unit="" if won is None else _("toman"),
            note=_on_whom(found),
        ),
        Kpi(
            label=_("A kept customer cost"),
            value=words.toman(words.whole_toman(each.value)) if (each := _each(kept)) else "—",
            unit=_("toman") if each else "",
            note=_between(each) if each else _why_not(kept),
        ),
        Kpi(
            label=_("Bought because of campaigns"),
            value="—" if kept is None else words.number(round(kept.extra.value)),
            unit="" if kept is None else _("people"),
            note="" if kept is None else _bounds(kept.extra),
        ),
    ]


def _each(kept: KeptAll | None) -> Effect | None:
    return kept.each_rial if kept else None


def _between(each: Effect) -> str:
    facts = {
        "low": words.toman(words.whole_toman(each.low)),
        "high": words.toman(words.whole_toman(each.high)),
    }
    return _("95 times of 100 between %(low)s and %(high)s") % facts


def _bounds(extra: Effect) -> str:
    facts = {"low": _whole(extra.low), "high": _whole(extra.high)}
    return _("95 times of 100 between %(low)s and %(high)s") % facts


def _whole(people: float) -> str:
    """Return a number of people; the sign of one below nobody stays in front of it."""
    text = words.number(abs(round(people)))
    return _("fewer than nobody by %(n)s") % {"n": text} if round(people) < 0 else text


def _why_not(kept: KeptAll | None) -> str:
    if kept is None:
        return _("no finished campaign with a group left out yet")
    return _("not surely more than nobody, so no cost is named")


def _lead(found: WinningAndKeeping) -> str:
    if found.times is None:
        return ""
    if found.times < 1:
        return _("Here a kept customer cost more than a new one.")
    each, won = _each(found.kept_all), found.won_each_rial or 0
    least, most = (won / each.high, won / each.low) if each else (0.0, 0.0)
    facts = {"n": _times(found.times), "low": _times(least), "high": _times(most)}
    return (
        _(
            "Here a new customer cost about %(n)s times as much as a kept one; 95 times of 100"
            " between %(low)s and %(high)s times."
        )
        % facts
    )


def _times(value: float) -> str:
    return words.number(value, 0 if value >= _TENFOLD else 1)


def _on_whom(found: WinningAndKeeping) -> str:
    """Return how many the cost of a new customer stands on; of few it says so (R63)."""
    bought = sum(one.bought for one in found.won if one.cost_rial)
    note = _("of the sources whose cost was told")
    if not bought:
        return note
    facts = {"note": note, "n": words.number(bought)}
    if bought < FEW:
        return _("%(note)s; only %(n)s customers, so a first hint") % facts
    return _("%(note)s; %(n)s customers") % facts


def _won(one: Won) -> dict[str, Any]:
    return {
        "title": _("Friends brought") if one.kind == _FRIEND else titled(one.kind, one.title),
        "people": words.number(one.people),
        "bought": words.number(one.bought),
        "cost": words.toman(one.cost_rial) if one.cost_rial else "—",
        "each": "—" if one.each_rial is None else words.toman(words.whole_toman(one.each_rial)),
    }


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "id": one.campaign_id,
        "name": one.name,
        "people": words.number(one.people),
        "extra": words.number(round(one.extra.value)),
        "bounds": _bounds(one.extra),
        "cost": words.toman(one.cost_rial),
    }
