"""Due sums: the days to come, today's failures with their reasons, every one with its tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day, day_start
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import EVERYONE, MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.debits.manners import MannersForm, initial
from dashboard.web.parts import Kpi, Meter
from dashboard.web.payments.history import call_line
from payments.enums.debits import DEBIT_OPEN, DebitState
from payments.operations.debits import cancel_debit, set_debit_policy
from payments.queries.collection import DueDay, due_days, reasons
from payments.queries.mandates import debit_by_id, debit_rows, has_open_try, tries_of

_BACK: Final = timedelta(days=30)
_AHEAD: Final = timedelta(days=14)
_READABLE: Final = 20
_TAIL: Final = 10
TONES: Final = {
    DebitState.COLLECTED: "chip-good",
    DebitState.FAILED: "chip-bad",
    DebitState.REVERSED_LATE: "chip-bad",
    DebitState.RETRY_WAIT: "chip-amber",
    DebitState.UNKNOWN: "chip-amber",
}


@dataclass(frozen=True, kw_only=True)
class DebitRow:
    """A debit as the list shows it."""

    id: UUID
    title: str
    customer: str
    customer_id: UUID
    state: str
    tone: str
    reason: str
    amount_rial: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DebitPage:
    """A page of debits."""

    rows: list[DebitRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def debits(request: BusinessRequest) -> HttpResponse:
    """List debits, the days to come and how collecting goes; set the manners of collecting."""
    may = role_may(request.role, MANAGERS)
    form = MannersForm(request.POST if request.method == "POST" else None, initial=initial())
    if may and form.is_valid():
        set_debit_policy(**form.cleaned_data, now=request.now)
        messages.success(request, _("Saved for debits made from now on."))
        return redirect("dashboard:debits", request.business.slug)
    answer = _page(request, form if may else None)
    return refused(answer) if form.is_bound else answer


def _page(request: BusinessRequest, form: MannersForm | None) -> HttpResponse:
    zone = request.business.timezone
    today = business_day(request.now, zone)
    state = request.GET.get("state", "")
    found = page(
        debit_rows(state=state if state in DebitState.values else ""),
        by="due_at",
        cursor=request.GET.get("cursor"),
    )
    days = due_days(since=today - _BACK, until=today + _AHEAD, zone=zone)
    since, until = day_start(today, zone), day_start(today + timedelta(days=1), zone)
    why = reasons(since=since, until=until)
    failed = sum(one.debits for one in why)
    context = {
        "page": DebitPage(rows=[row_of(row) for row in found.rows], next_cursor=found.next_cursor),
        "kpis": _kpis([day for day in days if day.day <= today]),
        "days": [day for day in days if day.day >= today],
        "reasons": [
            Meter(
                label=str(one.failure.label),
                share=one.debits / failed,
                text=words.number(one.debits),
                note=_("%(rial)s toman") % {"rial": words.toman(one.rial)},
            )
            for one in why
        ],
        "states": DebitState.choices,
        "state": state,
        "form": form,
    }
    return render(request, "dashboard/debits/debits.html", context)


@business_page(*EVERYONE)
def debit(request: BusinessRequest, debit_id: UUID) -> HttpResponse:
    """Show one debit with its tries and every word said about them."""
    found = debit_by_id(debit_id)
    if found is None:
        raise Http404
    movable = found.state in {DebitState.SCHEDULED, DebitState.RETRY_WAIT}
    context = {
        "debit": found,
        "row": row_of(found),
        "tries": [
            (one.attempt, [call_line(call) for call in one.calls]) for one in tries_of(debit_id)
        ],
        "can_cancel": role_may(request.role, MANAGERS) and movable and not has_open_try(debit_id),
        "waits": found.state in DEBIT_OPEN,
    }
    return render(request, "dashboard/debits/debit.html", context)


@require_POST
@business_page(*MANAGERS)
def debit_cancel(request: BusinessRequest, debit_id: UUID) -> HttpResponse:
    """Take a due sum back."""
    try:
        cancel_debit(debit_id=debit_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The debit was cancelled."))
    return redirect("dashboard:debit", request.business.slug, debit_id)


def row_of(row: Any) -> DebitRow:
    """Return a debit as lists show it."""
    state = DebitState(row.state)
    return DebitRow(
        id=row.id,
        title=row.description or words.code(_short(row.external_id)),
        customer=row.customer.name or words.code(row.mandate.mobile),
        customer_id=row.customer_id,
        state=str(state.label),
        tone=TONES.get(state, ""),
        reason=str(row.get_failure_display()) if row.failure else "",
        amount_rial=row.amount_rial,
        due_at=row.due_at,
    )


def _short(number: str) -> str:
    """Return the end of a number nobody types; the shop's own are short enough to be read."""
    return number if len(number) <= _READABLE else f"…{number[-_TAIL:]}"


def _kpis(days: list[DueDay]) -> list[Kpi]:
    collected, failed = sum(day.collected for day in days), sum(day.failed for day in days)
    over = collected + failed
    rate = words.percent(collected / over) if over else "—"
    return [
        Kpi(label=_("Collected, last 30 days"), value=rate),
        Kpi(label=_("Debits collected"), value=words.number(collected)),
        Kpi(label=_("Debits given up"), value=words.number(failed)),
    ]
