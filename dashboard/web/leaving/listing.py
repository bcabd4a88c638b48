"""Points forfeited at leaving, month by month, and who left (C047)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.api.paging import page
from core.calendar import add_months, business_day, month_start
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of
from loyalty.queries.leaving import Ended, ended_by_leaving, exits, exits_since
from loyalty.queries.lock_in import lock_ins
from loyalty.queries.programme import program

_MONTHS: Final = 12


@dataclass(frozen=True, kw_only=True)
class ExitRow:
    """A leaving: who, when, what ended and whether they are back."""

    customer_id: UUID
    who: str
    left: str
    way: str
    points: str
    toman: str
    back: str


@business_page(*READERS)
def leavers(request: BusinessRequest) -> HttpResponse:
    """Show what ended by leaving in the last twelve Jalali months, and every leaving."""
    zone = request.business.timezone
    this = month_start(business_day(request.now, zone))
    starts = [add_months(this, n + 1 - _MONTHS, anchor_day=1) for n in range(_MONTHS)]
    until = add_months(this, 1, anchor_day=1)
    ended = ended_by_leaving(starts, until=until, zone=zone)
    found = page(exits().select_related("customer"), by="left_at", cursor=request.GET.get("cursor"))
    context = {
        "kpis": _kpis(starts, ended, request),
        "months": _chart(starts, ended),
        "rows": [_row(row) for row in found.rows],
        "page": found,
        "warnings": [one.detail for one in lock_ins()],
    }
    return render(request, "dashboard/leaving/leavers.html", context)


def _kpis(starts: Sequence[date], ended: Sequence[Ended], request: BusinessRequest) -> list[Kpi]:
    left, back = exits_since(starts[0], request.business.timezone)
    points = sum(one.points - one.back for one in ended)
    programme = program()
    unit = programme.unit_value_rial if programme else 0
    return [
        Kpi(label=_("Left the club"), value=words.number(left), unit=_("people")),
        Kpi(label=_("Are back"), value=words.number(back), unit=_("of these")),
        Kpi(
            label=_("Points forfeited at leaving"),
            value=words.number(points),
            note=_("less those that came back"),
        ),
        Kpi(
            label=_("At the till they were worth"),
            value=words.toman_short(points * unit),
            unit=_("toman"),
            note=_("%(amount)s toman a point today") % {"amount": words.toman(unit)},
        ),
    ]


def _chart(starts: Sequence[date], ended: Sequence[Ended]) -> dict[str, Any]:
    found = {one.place: one for one in ended}
    months = [found.get(place, Ended(place, 0, 0)) for place in range(len(starts))]
    return {
        "labels": [words.day(start, "month") for start in starts],
        "series": [
            {"name": _("Ended"), "values": [one.points for one in months]},
            {"name": _("Came back with them"), "values": [one.back for one in months]},
        ],
        "rows": [
            {
                "label": words.day(start, "month"),
                "texts": [words.number(one.points), words.number(one.back)],
            }
            for start, one in zip(starts, months, strict=True)
        ],
    }


def _row(row: Any) -> ExitRow:
    who = row.customer
    way = str(row.get_way_display())
    back = words.day(row.back_at) if row.back_at else ""
    if row.restored_points:
        back = _("%(day)s, with %(n)s points") % {
            "day": back,
            "n": words.number(row.restored_points),
        }
    return ExitRow(
        customer_id=row.customer_id,
        who=title_of(who.name, who.mobile, who.member_code),
        left=words.day(row.left_at),
        way=f"{way} · {row.noted_by}" if row.noted_by else way,
        points=words.number(row.points + row.pending_points),
        toman=words.toman(row.worth_rial),
        back=back,
    )
