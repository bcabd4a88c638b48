"""Ninety days of money to be expected, in a calendar and as a line (C030)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.calendar import business_day, jalali, week_start, weekday_name
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import EVERYONE, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of
from payments.queries.instalments.cashflow import DAYS, cashflow, due_on
from payments.queries.instalments.forecast import Forecast, ForecastDay

_HEATS: Final = 5
_WEEK: Final = 7


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """A day of the calendar."""

    number: str
    text: str
    label: str
    heat: int
    href: str
    chosen: bool
    today: bool


@dataclass(frozen=True, kw_only=True)
class Month:
    """A Jalali month: so many empty places before its first day shown, and its days."""

    title: str
    likely: str
    gap: range
    days: Sequence[DayCell]


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A sum that is due on the chosen day."""

    title: str
    what: str
    amount_rial: int
    href: str


@business_page(*EVERYONE)
def cashflow_days(request: BusinessRequest) -> HttpResponse:
    """Show what each of the next ninety days will likely bring, and what one of them rests on."""
    zone = request.business.timezone
    today = business_day(request.now, zone)
    found = cashflow(today=today, zone=zone)
    days = found.every_day(today, DAYS)
    chosen = _chosen(request.GET.get("day", ""), days)
    context = {
        "kpis": _kpis(found),
        "months": _months(days, today, chosen),
        "heads": [_head(week_start(today) + timedelta(days=n)) for n in range(_WEEK)],
        "line": _line(days) if found.days else None,
        "chosen": chosen,
        "likely": words.toman_short(chosen.expected_rial) if chosen else "",
        "rows": _rows(request, chosen) if chosen and chosen.due_rial else [],
    }
    return render(request, "dashboard/credit/cashflow.html", context)


def _chosen(asked: str, days: Sequence[ForecastDay]) -> ForecastDay | None:
    return next((one for one in days if one.on.isoformat() == asked), None)


def _kpis(found: Forecast) -> list[Kpi]:
    span = _("95%%: %(low)s to %(high)s") % {
        "low": words.toman_short(found.low_rial),
        "high": words.toman_short(found.high_rial),
    }
    return [
        Kpi(label=_("Due in 90 days"), value=words.toman_short(found.due_rial), unit=_("toman")),
        Kpi(
            label=_("Likely in 90 days"),
            value=words.toman_short(found.expected_rial),
            unit=_("toman"),
            note=span,
        ),
    ]


def _months(days: Sequence[ForecastDay], today: date, chosen: ForecastDay | None) -> list[Month]:
    most = max((one.expected_rial for one in days), default=0)
    months = []
    for _key, group in groupby(days, key=lambda one: (jalali(one.on).year, jalali(one.on).month)):
        of_month = list(group)
        first = of_month[0].on
        months.append(
            Month(
                title=words.day(first, "month"),
                likely=words.toman_short(sum(one.expected_rial for one in of_month)),
                gap=range((first - week_start(first)).days),
                days=[_cell(one, most, today, chosen) for one in of_month],
            )
        )
    return months


def _cell(one: ForecastDay, most: int, today: date, chosen: ForecastDay | None) -> DayCell:
    heat = -(-one.expected_rial * _HEATS // most) if most else 0
    return DayCell(
        number=words.number(jalali(one.on).day if words.reads_persian() else one.on.day),
        text=words.toman_short(one.expected_rial) if one.due_rial else "",
        label=_label(one),
        heat=heat,
        href=f"?day={one.on.isoformat()}#day",
        chosen=chosen is not None and chosen.on == one.on,
        today=one.on == today,
    )


def _label(one: ForecastDay) -> str:
    if not one.due_rial:
        return _("%(day)s: nothing is due") % {"day": words.day(one.on)}
    return _("%(day)s: likely %(likely)s of %(due)s toman, 95%%: %(low)s to %(high)s") % {
        "day": words.day(one.on),
        "likely": words.toman_short(one.expected_rial),
        "due": words.toman_short(one.due_rial),
        "low": words.toman_short(one.low_rial),
        "high": words.toman_short(one.high_rial),
    }


def _head(day: date) -> str:
    return weekday_name(day)[0] if words.reads_persian() else f"{day:%a}"


def _line(days: Sequence[ForecastDay]) -> dict[str, Any]:
    columns = (
        (_("At best"), [one.high_so_far for one in days]),
        (_("Likely"), [one.expected_so_far for one in days]),
        (_("At worst"), [one.low_so_far for one in days]),
    )
    return {
        "labels": [words.day(one.on, "day") for one in days],
        "series": [
            {"name": name, "values": [rial // RIAL_PER_TOMAN for rial in values]}
            for name, values in columns
        ],
        "rows": [
            {
                "label": words.day(one.on),
                "texts": [words.toman(values[n]) for _name, values in columns],
            }
            for n, one in enumerate(days)
        ],
    }


def _rows(request: BusinessRequest, chosen: ForecastDay) -> list[DueRow]:
    parts, debits = due_on(chosen.on, zone=request.business.timezone)
    slug = request.business.slug
    plans = [
        DueRow(
            title=_title(part.plan.customer),
            what=_("instalment %(n)s") % {"n": words.number(part.number)},
            amount_rial=part.amount_rial,
            href=reverse("dashboard:instalment-plan", args=[slug, part.plan_id]),
        )
        for part in parts
    ]
    return plans + [
        DueRow(
            title=_title(debit.customer),
            what=_("direct debit"),
            amount_rial=debit.amount_rial,
            href=reverse("dashboard:debit", args=[slug, debit.id]),
        )
        for debit in debits
    ]


def _title(person: Any) -> str:
    return title_of(person.name, person.mobile, person.member_code)
