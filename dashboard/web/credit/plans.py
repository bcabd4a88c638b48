"""Instalment plans: what is owed, what is late, what will likely come in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day, week_start
from core.money import RIAL_PER_TOMAN
from dashboard.web import words
from dashboard.web.access import (
    EVERYONE,
    MANAGERS,
    SELLERS,
    BusinessRequest,
    business_page,
)
from dashboard.web.parts import Choice, Kpi, Meter, Tone
from dashboard.web.people import title_of
from payments.enums.instalments import InstalmentState, LateFeeState, PlanState
from payments.operations.instalments import (
    ask_for_instalment,
    ask_for_late_fee,
    cancel_plan,
    waive_late_fee,
)
from payments.queries import pay_url
from payments.queries.instalments.cashflow import cashflow
from payments.queries.instalments.credit import Terms, credit_terms, overdue_rial
from payments.queries.instalments.forecast import Forecast
from payments.queries.instalments.plans import (
    PlanDetail,
    instalment_by_id,
    late_fee_by_id,
    overdue_among,
    plan_detail,
    plan_rows,
)

_TONES: Final = {
    PlanState.ACTIVE: "chip-amber",
    PlanState.COMPLETED: "chip-good",
    PlanState.CANCELLED: "",
}
_WEEKS: Final = 13
_NEARLY_ALL: Final = 0.8


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A plan in the list."""

    id: UUID
    title: str
    customer: str
    state: str
    tone: str
    credit_rial: int
    paid: Meter
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """A page of plans."""

    rows: list[PlanRow]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """An instalment of a plan."""

    id: UUID
    number: int
    due_on: date
    amount_rial: int
    state: str
    tone: str
    paid_on: date | None
    open: bool
    payment_id: UUID | None
    fee: "FeeRow | None"


@dataclass(frozen=True, kw_only=True)
class FeeRow:
    """What being late with an instalment cost."""

    id: UUID
    amount_rial: int
    state: str
    tone: str
    open: bool
    payment_id: UUID | None


@business_page(*EVERYONE)
def instalments(request: BusinessRequest) -> HttpResponse:
    """List plans, newest first, with what they will likely bring."""
    asked = request.GET.get("state", "")
    state = asked if asked in PlanState.values else ""
    found = page(
        plan_rows(state=state, q=request.GET.get("q", "")),
        by="created_at",
        cursor=request.GET.get("cursor"),
    )
    zone = request.business.timezone
    today = business_day(request.now, zone)
    terms, coming = credit_terms(), cashflow(today=today, zone=zone)
    late = overdue_among([row.id for row in found.rows], today=today, grace_days=terms.grace_days)
    context = {
        "page": PlanPage(
            rows=[_row(row, late) for row in found.rows], next_cursor=found.next_cursor
        ),
        "kpis": _kpis(terms, coming, overdue_rial(today, terms.grace_days)),
        "exposure": _exposure(terms),
        "weeks": _chart(coming, today) if coming.days else None,
        "tabs": [
            Choice(value="", label=_("Everything"), chosen=not state, href="?"),
            *(
                Choice(value=value, label=str(label), chosen=value == state, href=f"?state={value}")
                for value, label in PlanState.choices
            ),
        ],
        "lends": terms.is_on,
        "can_sell": terms.is_on and role_may(request.role, SELLERS),
        "can_set": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/credit/plans.html", context)


@business_page(*EVERYONE)
def instalment_plan(request: BusinessRequest, instalment_plan_id: UUID) -> HttpResponse:
    """Show one plan part by part."""
    detail = plan_detail(instalment_plan_id)
    if detail is None:
        raise Http404
    today = business_day(request.now, request.business.timezone)
    grace = timedelta(days=credit_terms().grace_days)
    plan = detail.plan
    context = {
        "plan": _row(plan, {plan.id} if _is_late(detail, today, grace) else set()),
        "customer_href": reverse(
            "dashboard:customer", args=[request.business.slug, plan.customer_id]
        ),
        "kpis": _plan_kpis(detail, today),
        "parts": [_part(part, today, grace, detail.fee_of(part)) for part in detail.parts],
        "by_debit": plan.mandate_id is not None,
        "own_page": request.build_absolute_uri(reverse("payments:plan", args=[plan.token])),
        "can_sell": role_may(request.role, SELLERS),
        "can_waive": role_may(request.role, MANAGERS),
        "can_cancel": plan.state == PlanState.ACTIVE and role_may(request.role, MANAGERS),
        "owed_rial": plan.credit_rial - plan.paid_rial,
    }
    return render(request, "dashboard/credit/plan.html", context)


@require_POST
@business_page(*SELLERS)
def instalment_ask(request: BusinessRequest, instalment_id: UUID) -> HttpResponse:
    """Make (or find) the payment of an instalment and go to its pay page."""
    if instalment_by_id(instalment_id) is None:
        raise Http404
    asked = ask_for_instalment(instalment_id=instalment_id, now=request.now)
    if asked is None:
        messages.error(request, _("This instalment is paid or no longer owed."))
        return redirect("dashboard:instalments", request.business.slug)
    return redirect(pay_url(asked.pay_token))


@require_POST
@business_page(*SELLERS)
def late_fee_ask(request: BusinessRequest, late_fee_id: UUID) -> HttpResponse:
    """Make (or find) the payment of a fee for being late and go to its pay page."""
    fee = late_fee_by_id(late_fee_id)
    if fee is None:
        raise Http404
    asked = ask_for_late_fee(late_fee_id=late_fee_id, now=request.now)
    if asked is None:
        messages.error(request, _("This fee is paid or no longer owed."))
        return redirect("dashboard:instalment-plan", request.business.slug, fee.instalment.plan_id)
    return redirect(pay_url(asked.pay_token))


@require_POST
@business_page(*MANAGERS)
def late_fee_waive(request: BusinessRequest, late_fee_id: UUID) -> HttpResponse:
    """Let a fee for being late go."""
    fee = late_fee_by_id(late_fee_id)
    if fee is None:
        raise Http404
    waive_late_fee(late_fee_id=late_fee_id, by=str(request.user), now=request.now)
    messages.success(request, _("Saved."))
    return redirect("dashboard:instalment-plan", request.business.slug, fee.instalment.plan_id)


@require_POST
@business_page(*MANAGERS)
def plan_cancel(request: BusinessRequest, instalment_plan_id: UUID) -> HttpResponse:
    """Waive what is still owed."""
    if plan_detail(instalment_plan_id) is None:
        raise Http404
    waived = cancel_plan(plan_id=instalment_plan_id, now=request.now)
    told = _("%(rial)s toman are no longer owed.") % {"rial": words.toman(waived)}
    messages.success(request, told)
    return redirect("dashboard:instalment-plan", request.business.slug, instalment_plan_id)


def _kpis(terms: Terms, coming: Forecast, late_rial: int) -> list[Kpi]:
    span = _("95%%: %(low)s to %(high)s") % {
        "low": words.toman_short(coming.low_rial),
        "high": words.toman_short(coming.high_rial),
    }
    return [
        Kpi(label=_("Owed by customers"), value=words.toman(terms.owed_rial), unit=_("toman")),
        Kpi(label=_("Overdue"), value=words.toman(late_rial), unit=_("toman")),
        Kpi(
            label=_("Likely in 90 days"),
            value=words.toman_short(coming.expected_rial),
            unit=_("toman"),
            note=span,
        ),
    ]


def _plan_kpis(detail: PlanDetail, today: date) -> list[Kpi]:
    plan = detail.plan
    told = (
        (_("Lent"), plan.credit_rial),
        (_("Paid"), plan.paid_rial),
        (_("Past its day"), detail.overdue(today)),
    )
    return [Kpi(label=label, value=words.toman(rial), unit=_("toman")) for label, rial in told]


def _exposure(terms: Terms) -> Meter | None:
    if not terms.most_total_rial:
        return None
    share = terms.owed_rial / terms.most_total_rial
    tone: Tone = "amber" if share > _NEARLY_ALL else "brand"
    return Meter(
        label=_("Lent of what the shop may lend"),
        share=share,
        text=words.percent(share),
        note=_("%(owed)s of %(most)s toman")
        % {
            "owed": words.toman_short(terms.owed_rial),
            "most": words.toman_short(terms.most_total_rial),
        },
        tone=tone,
    )


def _chart(coming: Forecast, today: date) -> dict[str, Any]:
    first = week_start(today)
    starts = [first + timedelta(weeks=n) for n in range(_WEEKS + 1)]
    sums = {start: [0, 0] for start in starts}
    for day in coming.days:
        held = sums[week_start(day.on)]
        held[0] += day.expected_rial
        held[1] += day.due_rial - day.expected_rial
    labels = [words.day(start, "day") for start in starts]
    likely, doubtful = ([sums[start][i] for start in starts] for i in (0, 1))
    return {
        "labels": labels,
        "series": [
            {"name": _("Likely"), "values": [one // RIAL_PER_TOMAN for one in likely]},
            {"name": _("Doubtful"), "values": [one // RIAL_PER_TOMAN for one in doubtful]},
        ],
        "rows": [
            {"label": label, "texts": [words.toman(one), words.toman(other)]}
            for label, one, other in zip(labels, likely, doubtful, strict=True)
        ],
    }


def _is_late(detail: PlanDetail, today: date, grace: timedelta) -> bool:
    open_parts = (part for part in detail.parts if part.state == InstalmentState.OPEN)
    return any(part.due_on + grace < today for part in open_parts)


def _row(plan: Any, late: set[UUID]) -> PlanRow:
    state = PlanState(plan.state)
    person = plan.customer
    share = plan.paid_rial / plan.credit_rial
    return PlanRow(
        id=plan.id,
        title=plan.title or words.code(plan.external_id),
        customer=title_of(person.name, person.mobile, person.member_code),
        state=_("late") if plan.id in late else str(state.label),
        tone="chip-bad" if plan.id in late else _TONES[state],
        credit_rial=plan.credit_rial,
        paid=Meter(label="", share=share, text=words.percent(share), tone="good"),
        created_at=plan.created_at,
    )


def _part(part: Any, today: date, grace: timedelta, fee: Any) -> PartRow:
    state = InstalmentState(part.state)
    is_open = state is InstalmentState.OPEN
    late = is_open and part.due_on + grace < today
    tones = {InstalmentState.PAID: "chip-good", InstalmentState.WAIVED: ""}
    return PartRow(
        id=part.id,
        number=part.number,
        due_on=part.due_on,
        amount_rial=part.amount_rial,
        state=_("late") if late else str(state.label),
        tone="chip-bad" if late else tones.get(state, "chip-amber"),
        paid_on=part.paid_on,
        open=is_open,
        payment_id=part.payment_id,
        fee=_fee(fee) if fee else None,
    )


def _fee(fee: Any) -> FeeRow:
    state = LateFeeState(fee.state)
    tones = {LateFeeState.PAID: "chip-good", LateFeeState.OPEN: "chip-bad"}
    return FeeRow(
        id=fee.id,
        amount_rial=fee.amount_rial,
        state=str(state.label),
        tone=tones.get(state, ""),
        open=state is LateFeeState.OPEN,
        payment_id=fee.payment_id,
    )
