"""What tills sent late, what of it did not fit, and what has not come: for who answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import devices, role_may
from core.api.paging import page
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, SELLERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from loyalty.enums import TillNote, TillState, TillVerb
from loyalty.operations.till import deal_with
from loyalty.queries.till.late import LateDay, late_by_day, late_rows, missing_of, not_fitting

_DAYS: Final = 30
_MOST_OPEN: Final = 100
_THOUSAND: Final = 1_000
_TONES: Final = {TillState.REFUSED: "chip-bad", TillState.REVERSED: "chip-amber"}


@dataclass(frozen=True, kw_only=True)
class LateRow:
    """Something that came late, as listed."""

    id: UUID
    what: str
    device: str
    number: str
    happened_at: datetime
    arrived: str
    amount: str
    state: str
    tone: str
    why: Sequence[str]
    href: str


@dataclass(frozen=True, kw_only=True)
class LatePage:
    """A page of what came late."""

    rows: list[LateRow]
    next_cursor: str | None


@business_page(*READERS)
def late_sales(request: BusinessRequest) -> HttpResponse:
    """Show what did not fit, what has not come, and what came late, newest first."""
    found = page(late_rows(), by="arrived_at", cursor=request.GET.get("cursor"))
    waiting = [_row(one, request) for one in not_fitting()[:_MOST_OPEN]]
    days = _days(request)
    gaps = _gaps()
    context = {
        "page": LatePage(
            rows=[_row(one, request) for one in found.rows], next_cursor=found.next_cursor
        ),
        "open": waiting,
        "gaps": gaps,
        "kpis": _kpis(days, len(waiting), sum(count for _text, count in gaps)),
        "chart": _chart(days) if any(one.count for one in days) else None,
        "may_deal": role_may(request.role, MANAGERS),
        "may_sell": role_may(request.role, SELLERS),
    }
    return render(request, "dashboard/late_sales.html", context)


@require_POST
@business_page(*MANAGERS)
def late_sale_dealt(request: BusinessRequest, till_transaction_id: UUID) -> HttpResponse:
    """Note what was done about something that did not fit."""
    try:
        deal_with(
            transaction_id=till_transaction_id,
            note=request.POST.get("note", ""),
            actor=request.user,
            now=request.now,
        )
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Saved."))
    return redirect("dashboard:late-sales", request.business.slug)


def _row(row: Any, request: BusinessRequest) -> LateRow:
    address = "dashboard:receipt"
    notes = [str(TillNote(note).label) for note in row.notes]
    return LateRow(
        id=row.id,
        what=str(TillVerb(row.verb).label),
        device=row.device.name,
        number=words.code(row.number[:12]),
        happened_at=row.happened_at,
        arrived=_lateness(row.arrived_at - row.happened_at),
        amount=words.toman(row.total_rial) if row.total_rial else "—",
        state=str(TillState(row.state).label),
        tone=_TONES.get(TillState(row.state), "chip-good"),
        why=[row.why, *notes] if row.why else notes,
        href=reverse(address, args=[request.business.slug, row.purchase_id])
        if row.purchase_id
        else "",
    )


def _lateness(late: timedelta) -> str:
    minutes = int(late.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return _("%(n)s minutes") % {"n": words.number(minutes)}
    if minutes < 48 * 60:
        return _("%(n)s hours") % {"n": words.number(minutes // 60)}
    return _("%(n)s days") % {"n": words.number(minutes // (24 * 60))}


def _gaps() -> list[tuple[str, int]]:
    """Return, device by device, which numbers have not come and how many they are."""
    names = {one.id: one.name for one in devices() if one.is_active}
    sentence = _("%(device)s: number %(first)s to %(last)s")
    return [
        (
            sentence
            % {
                "device": names[one.device_id],
                "first": words.number(one.first),
                "last": words.number(one.last),
            },
            one.count,
        )
        for one in missing_of(names)
    ]


def _days(request: BusinessRequest) -> list[LateDay]:
    today = business_day(request.now, request.business.timezone)
    return late_by_day(today - timedelta(days=_DAYS - 1), today, request.business.timezone)


def _kpis(days: Sequence[LateDay], waiting: int, missing: int) -> list[Kpi]:
    longest = max((one.longest for one in days), default=timedelta())
    return [
        Kpi(
            label=_("Came late"),
            value=words.number(sum(one.count for one in days)),
            note=_("in thirty days"),
        ),
        Kpi(
            label=_("Their sum"),
            value=words.toman(sum(one.total_rial for one in days)),
            unit=_("toman"),
        ),
        Kpi(label=_("Latest"), value=_lateness(longest), note=_("after it happened")),
        Kpi(
            label=_("Wait for you"),
            value=words.number(waiting),
            note=_("%(n)s numbers have not come") % {"n": words.number(missing)},
        ),
    ]


def _chart(days: Sequence[LateDay]) -> dict[str, Any]:
    return {
        "labels": [_label(one.day) for one in days],
        "series": [
            {
                "name": _("Came late"),
                "values": [round(one.total_rial / RIAL_PER_TOMAN / _THOUSAND) for one in days],
            }
        ],
        "rows": [
            {"label": _label(one.day), "texts": [words.toman(one.total_rial)]}
            for one in days
            if one.count
        ],
    }


def _label(day: date) -> str:
    return words.day(day, "day")
