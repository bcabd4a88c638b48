"""Baskets: how full, how various, before and after paying in parts and belonging (C035)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import business_day
from core.money import RIAL_PER_TOMAN
from customers.queries.basket_effect import BasketEffect
from customers.queries.baskets import Baskets
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from dashboard.web.reports.comparing import Compared, told
from loyalty.queries.baskets import basket_report
from payments.queries.methods import months_shown

_DAYS: Final = 90


@business_page(*READERS)
def basket_page(request: BusinessRequest) -> HttpResponse:
    """Show the baskets of the last ninety days and of the last six months."""
    today = business_day(request.now, request.business.timezone)
    report = basket_report(
        months_shown(today),
        since=today - timedelta(days=_DAYS - 1),
        until=today + timedelta(days=1),
        today=today,
    )
    context = {
        "empty": not any(one.purchases for one in report.months),
        "kpis": _kpis(report.whole),
        "months": _chart(report.months),
        "credit": _effect(report.paying_in_parts),
        "members": _effect(report.membership),
    }
    return render(request, "dashboard/reports/baskets.html", context)


def _kpis(whole: Baskets) -> list[Kpi]:
    return [
        Kpi(
            label=_("Average basket"),
            value=_rial(whole.average_rial),
            unit=_("toman") if whole.purchases else "",
            note=_("%(n)s purchases") % {"n": words.number(whole.purchases)},
        ),
        Kpi(
            label=_("Lines of a basket"),
            value=words.number(whole.lines_each, 1),
            note=_("of %(n)s purchases that told them") % {"n": words.number(whole.with_lines)},
        ),
        Kpi(
            label=_("Categories of a customer"),
            value=words.number(whole.categories_each, 1),
            note=_("of %(n)s customers") % {"n": words.number(whole.customers)},
        ),
        Kpi(
            label=_("Came back"),
            value=words.percent(
                (whole.total_rial - whole.net_rial) / whole.total_rial if whole.total_rial else None
            ),
            note=_("of the sales of these days, until now"),
        ),
    ]


def _effect(found: BasketEffect) -> list[Compared]:
    return [
        told(found.rial, title=_("Toman a purchase"), write=_more_toman),
        told(found.lines, title=_("Lines a purchase"), write=_more),
        told(found.categories, title=_("Categories a customer"), write=_more),
    ]


def _more(change: float) -> str:
    return words.digits(f"{change:+,.1f}")


def _more_toman(change: float) -> str:
    return words.signed(round(change / RIAL_PER_TOMAN))


def _rial(rial: int | None) -> str:
    return "—" if rial is None else words.toman(rial // RIAL_PER_TOMAN * RIAL_PER_TOMAN)


def _chart(months: Sequence[Baskets]) -> dict[str, Any]:
    return {
        "labels": [words.day(one.start, "month") for one in months],
        "series": [
            {
                "name": _("Average basket, thousand toman"),
                "values": [_thousands(one.average_rial) for one in months],
            },
        ],
        "rows": [
            {"label": words.day(one.start, "month"), "texts": [_rial(one.average_rial)]}
            for one in months
        ],
    }


def _thousands(rial: int | None) -> float | None:
    return None if rial is None else round(rial / RIAL_PER_TOMAN / 1000, 1)
