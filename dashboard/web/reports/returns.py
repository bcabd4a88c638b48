"""What returns cost: money, fees and points, by reason, category and month (C074)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import add_months, business_day, month_start
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi, Meter
from dashboard.web.payments.history import Fact
from loyalty.queries.return_cost import ReturnCost, return_cost
from payments.enums.refunds import RefundReason
from payments.queries.methods import months_shown

_THOUSAND: Final = 1_000
_MOST: Final = 10


@business_page(*READERS)
def returns(request: BusinessRequest) -> HttpResponse:
    """Show what returns of the last six Jalali months cost."""
    zone = request.business.timezone
    today = business_day(request.now, zone)
    until = add_months(month_start(today), 1, anchor_day=1)
    told = return_cost(months_shown(today), until=until, zone=zone)
    context = {
        "empty": not (told.returned.count or told.fees or told.points),
        "kpis": _kpis(told),
        "sums": _sums(told),
        "reasons": _meters(_by_reason(told), told.returned.rial),
        "categories": _meters(_by_category(told), told.returned.rial),
        "months": _chart(told),
    }
    return render(request, "dashboard/reports/returns.html", context)


def _kpis(told: ReturnCost) -> list[Kpi]:
    sold, back = told.returned.sold_rial, told.returned.rial
    return [
        Kpi(
            label=_("Came back"),
            value=words.toman_short(back),
            unit=_("toman"),
            note=_("%(n)s returns") % {"n": words.number(told.returned.count)},
        ),
        Kpi(
            label=_("Of the sales of these months"),
            value=words.percent(back / sold if sold else None),
            note=_("of %(amount)s toman") % {"amount": words.toman_short(sold)},
        ),
        Kpi(
            label=_("Spent for nothing"),
            value=words.toman_short(told.lost_rial),
            unit=_("toman"),
            note=_("fees, and points nobody gives back"),
        ),
        Kpi(
            label=_("Effect on the results"),
            value=words.toman_short(told.results_rial),
            unit=_("toman"),
            note=_("before the worth of goods that came back"),
        ),
    ]


def _sums(told: ReturnCost) -> list[Fact]:
    unit = told.point_rial
    return [
        Fact(label=_("Sales that came back"), text=_toman(-told.returned.rial)),
        Fact(label=_("Sending the money"), text=_toman(-told.sending_rial)),
        Fact(
            label=_("Points taken back, not owed any more"),
            text=_points(told.points_taken, told.points_taken * unit),
        ),
        Fact(label=_("Effect on the results"), text=_toman(told.results_rial)),
        Fact(label=_("Fees of the payments, kept by the provider"), text=_toman(-told.taken_rial)),
        Fact(
            label=_("Points that were spent and stay spent"),
            text=_points(told.points_unrecoverable, -told.points_unrecoverable * unit),
        ),
        Fact(
            label=_("Of the points taken back, owed by customers"),
            text=_points(told.points_owed, told.points_owed * unit),
        ),
    ]


def _toman(rial: int) -> str:
    return _("%(amount)s toman") % {"amount": words.toman(rial)}


def _points(points: int, rial: int) -> str:
    return _("%(n)s points · %(amount)s toman") % {
        "n": words.number(points),
        "amount": words.toman(rial),
    }


def _by_reason(told: ReturnCost) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in told.returned.by_reason:
        sums[_reason(one.reason)] += one.rial
    return sums


def _reason(text: str) -> str:
    if text in RefundReason.values:
        return str(RefundReason(text).label)
    return text or _("No reason was told")


def _by_category(told: ReturnCost) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in told.returned.by_category:
        sums[one.category or _("Lines without a category")] += one.rial
    if told.returned.bare_rial:
        sums[_("Amounts without lines")] += told.returned.bare_rial
    return sums


def _meters(sums: Mapping[str, int], whole: int) -> list[Meter]:
    """Return the largest ones; the rest together, so that they add up."""
    ranked = sorted(sums.items(), key=lambda one: -one[1])
    shown, rest = ranked[:_MOST], sum(rial for _name, rial in ranked[_MOST:])
    return [_meter(name, rial, whole) for name, rial in _with_rest(shown, rest)]


def _with_rest(shown: Sequence[tuple[str, int]], rest: int) -> Iterable[tuple[str, int]]:
    return [*shown, (_("Everything else"), rest)] if rest else shown


def _meter(name: str, rial: int, whole: int) -> Meter:
    return Meter(
        label=name,
        share=rial / whole if whole else 0.0,
        text=words.percent(rial / whole if whole else None),
        note=_toman(rial),
    )


def _chart(told: ReturnCost) -> dict[str, Any]:
    months = told.months
    return {
        "labels": [_month(one.start) for one in months],
        "series": [
            {
                "name": _("Came back"),
                "values": [round(one.returned_rial / RIAL_PER_TOMAN / _THOUSAND) for one in months],
            },
            {
                "name": _("Fees"),
                "values": [round(one.fees_rial / RIAL_PER_TOMAN / _THOUSAND) for one in months],
            },
        ],
        "rows": [
            {
                "label": _month(one.start),
                "texts": [words.toman(one.returned_rial), words.toman(one.fees_rial)],
            }
            for one in months
        ],
    }


def _month(first: date) -> str:
    return words.day(first, "month")
