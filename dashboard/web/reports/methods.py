"""Ways of paying: their shares, how many finish what they begin, month by month (C034)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import business_day
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.gateways.banks import ENOUGH, interval_note, tone_of
from dashboard.web.parts import Kpi, Meter
from payments.queries.methods import (
    MethodFigures,
    MonthOfMethod,
    method_figures,
    months_of_methods,
    months_shown,
)
from payments.queries.routing import Success

_DAYS: Final = 90
_MILLION: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class MethodRow:
    """A method from offered to paid."""

    name: str
    offered: str
    started: str
    paid: str
    amount: str


@business_page(*READERS)
def payment_methods(request: BusinessRequest) -> HttpResponse:
    """Show the ways of paying of the last ninety days and the last six months."""
    zone = request.business.timezone
    today = business_day(request.now, zone)
    found = method_figures(
        since=today - timedelta(days=_DAYS - 1), until=today + timedelta(days=1), zone=zone
    )
    months = months_of_methods(today=today, zone=zone)
    context = {
        "empty": not found and not months,
        "kpis": _kpis(found),
        "shares": [_share(one) for one in found if one.paid],
        "rows": [_row(one) for one in found],
        "completions": [_completion(one) for one in found if one.completion.tries],
        "months": _chart(months, today) if months else None,
    }
    return render(request, "dashboard/reports/methods.html", context)


def _kpis(found: Sequence[MethodFigures]) -> list[Kpi]:
    over = sum(one.completion.tries for one in found)
    paid = sum(one.paid for one in found)
    rial = sum(one.paid_rial for one in found)
    return [
        Kpi(
            label=_("Paid by every method"),
            value=words.toman_short(rial),
            unit=_("toman"),
            note=_("%(n)s payments") % {"n": words.number(paid)},
        ),
        Kpi(
            label=_("Average payment"),
            value=words.toman(rial // paid // RIAL_PER_TOMAN * RIAL_PER_TOMAN) if paid else "—",
            unit=_("toman") if paid else "",
        ),
        Kpi(
            label=_("Finished what they began"),
            value=words.percent(paid / over) if over >= ENOUGH else "—",
            note=interval_note(over, paid),
        ),
        Kpi(label=_("Ways in use"), value=words.number(sum(bool(one.paid) for one in found))),
    ]


def _share(one: MethodFigures) -> Meter:
    note = _("%(n)s payments · %(amount)s toman") % {
        "n": words.number(one.paid),
        "amount": words.toman_short(one.paid_rial),
    }
    return Meter(
        label=str(one.method.label),
        share=one.share or 0.0,
        text=words.percent(one.share),
        note=note,
    )


def _completion(one: MethodFigures) -> Meter:
    told: Success = one.completion
    part = told.won / told.tries
    judged = told.tries >= ENOUGH
    return Meter(
        label=str(one.method.label),
        share=part if judged else 0.0,
        text=words.percent(part) if judged else _("too few to judge"),
        note=interval_note(told.tries, told.won),
        tone=tone_of(part) if judged else "",
    )


def _row(one: MethodFigures) -> MethodRow:
    return MethodRow(
        name=str(one.method.label),
        offered=words.number(one.offered),
        started=words.number(one.started),
        paid=words.number(one.paid),
        amount=words.toman(one.paid_rial),
    )


def _chart(months: Sequence[MonthOfMethod], today: date) -> dict[str, Any]:
    methods = list(dict.fromkeys(one.method for one in months))
    rial = {(one.month, one.method): one.paid_rial for one in months}
    shown = months_shown(today)
    return {
        "labels": [words.day(month, "month") for month in shown],
        "series": [
            {
                "name": str(method.label),
                "values": [
                    round(rial.get((month, method), 0) / RIAL_PER_TOMAN / _MILLION, 2)
                    for month in shown
                ],
            }
            for method in methods
        ],
        "rows": [
            {
                "label": words.day(month, "month"),
                "texts": [words.toman(rial.get((month, method), 0)) for method in methods],
            }
            for month in shown
        ],
    }
