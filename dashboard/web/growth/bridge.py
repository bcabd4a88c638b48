"""From one month's sales to another's: what new and returning customers and baskets did (C117)."""

from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import add_months, business_day, jalali, month_start, read_month
from core.money import RIAL_PER_TOMAN
from customers.queries.bridge import Month, PartName, SalesBridge, sales_bridge
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Choice, Kpi, Trend

_YEAR: Final = 12
_MILLION: Final = 1_000_000
_OLDEST: Final = 120
_NAMES: Final[dict[PartName, Promise]] = {
    "new": gettext_lazy("Customers for the first time"),
    "returning": gettext_lazy("Number of returning customers"),
    "frequency": gettext_lazy("How often they came"),
    "basket": gettext_lazy("Their basket"),
    "unknown": gettext_lazy("Sales without a name"),
}


@business_page(*READERS)
def bridge(request: BusinessRequest) -> HttpResponse:
    """Show what lies between a Jalali month and the one before, or the same of the year before."""
    this = month_start(business_day(request.now, request.business.timezone))
    month = _chosen(request.GET.get("month", ""), this)
    years = request.GET.get("against") == "year"
    found = sales_bridge(month, add_months(month, -_YEAR if years else -1))
    context = {
        "title": words.day(month, "month"),
        "against": words.day(found.before.month_on, "month"),
        "running": month == this,
        "empty": not (found.before.rial or found.after.rial),
        "kpis": _kpis(found),
        "chart": _waterfall(found),
        "rows": _rows(found),
        "earlier": _link(add_months(month, -1), years=years),
        "later": _link(add_months(month, 1), years=years) if month < this else "",
        "choices": [
            Choice(
                value=key,
                label=label,
                chosen=(key == "year") == years,
                href=_link(month, years=key == "year"),
            )
            for key, label in (
                ("month", _("the month before")),
                ("year", _("the same month of last year")),
            )
        ],
    }
    return render(request, "dashboard/growth/bridge.html", context)


def _chosen(text: str, this: date) -> date:
    if not text:
        return this
    month = read_month(text)
    if month is None or not add_months(this, -_OLDEST) <= month <= this:
        raise Http404
    return month


def _link(month: date, *, years: bool) -> str:
    to = jalali(month)
    return f"?month={to.year:04}-{to.month:02}" + ("&against=year" if years else "")


def _kpis(found: SalesBridge) -> list[Kpi]:
    change = found.after.rial - found.before.rial
    return [
        Kpi(
            label=_("Sales, net of returns"),
            value=words.toman_short(found.after.rial),
            unit=_("toman"),
            trend=_trend(found),
        ),
        Kpi(label=_("Change"), value=_signed(change), unit=_("toman")),
        Kpi(
            label=_("Returning customers"),
            value=words.number(found.after.returning.customers),
            note=_("before: %(n)s") % {"n": words.number(found.before.returning.customers)},
        ),
        Kpi(
            label=_("Customers for the first time"),
            value=words.number(found.after.new.customers),
            note=_("before: %(n)s") % {"n": words.number(found.before.new.customers)},
        ),
    ]


def _trend(found: SalesBridge) -> Trend | None:
    if not found.before.rial:
        return None
    change = found.after.rial / found.before.rial - 1
    return Trend(up=change >= 0, good=change >= 0, text=words.percent(abs(change)))


def _signed(rial: int) -> str:
    text = words.toman_short(abs(rial))
    return f"\u2066{'+' if rial >= 0 else '−'}\u2069{text}"


def _rows(found: SalesBridge) -> list[dict[str, str]]:
    """Return what each part is made of, both months side by side."""
    was, now = found.before, found.after
    return [
        {
            "name": str(_NAMES[part]),
            "before": _made_of(part, was),
            "after": _made_of(part, now),
            "effect": words.toman(round(rial, -1)),
        }
        for part, rial in found.parts.items()
    ]


def _made_of(part: PartName, month: Month) -> str:
    back = month.returning
    if part == "returning":
        return words.number(back.customers)
    if part == "frequency":
        return words.number(back.orders / back.customers, 2) if back.customers else "—"
    if part == "basket":
        return words.toman_about(back.rial // back.orders) if back.orders else "—"
    return words.toman_short(month.new.rial if part == "new" else month.unknown.rial)


def _waterfall(found: SalesBridge) -> dict[str, Any]:
    steps = [(words.day(found.before.month_on, "month"), found.before.rial, 0)]
    height = found.before.rial
    for part, rial in found.parts.items():
        steps.append((str(_NAMES[part]), rial, height))
        height += rial
    steps.append((words.day(found.after.month_on, "month"), height, 0))
    return {
        "labels": [label for label, _rial, _before in steps],
        "base": [_millions(min(before, before + rial)) for _label, rial, before in steps],
        "whole": [0, len(steps) - 1],
        "good": True,
        "series": [
            {"name": _("toman"), "values": [_millions(rial) for _label, rial, _before in steps]}
        ],
        "rows": [
            {"label": label, "texts": [words.toman(round(rial, -1))]}
            for label, rial, _before in steps
        ],
    }


def _millions(rial: int) -> float:
    return rial / RIAL_PER_TOMAN / _MILLION
