"""How long customers wait for their money, where the time goes, and the rules (C120)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.parts import Kpi
from dashboard.web.payments.history import Fact
from dashboard.web.refunds.forms import RulesForm, TierWindowForm, WindowForm
from dashboard.web.refunds.showing import lasting
from dashboard.web.reports.comparing import Compared
from dashboard.web.reports.comparing import told as compared
from payments.enums.refunds import Waiting
from payments.operations.refunds import (
    forget_return_window,
    forget_tier_window,
    set_refund_policy,
    set_return_window,
    set_tier_window,
)
from payments.queries.refund_effect import RefundEffect, refund_effect
from payments.queries.refund_sla import RefundSla, StepTime, refund_sla
from payments.queries.return_days import refund_policy, return_windows, tier_windows

_DAYS: Final = 90
_HOUR: Final = 3600


@business_page(*READERS)
def refund_report(request: BusinessRequest) -> HttpResponse:
    """Show the refund clock of the last ninety days; set the rules."""
    may = role_may(request.role, MANAGERS)
    rules = refund_policy()
    initial = {"limit": rules.approval_above_rial, "days": rules.return_days}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=initial)
    if may and request.method == "POST" and form.is_valid():
        set_refund_policy(
            approval_above_rial=form.cleaned_data["limit"],
            return_days=form.cleaned_data["days"],
            now=request.now,
        )
        messages.success(request, _("The rules are saved."))
        return redirect("dashboard:refund-report", request.business.slug)
    found = _page(request, form if may else None)
    return refused(found) if form.errors else found


@require_POST
@business_page(*MANAGERS)
def return_window(request: BusinessRequest) -> HttpResponse:
    """Give a category days of its own, or let it follow the general ones again."""
    form = WindowForm(request.POST)
    if "forget" in request.POST:
        forget_return_window(category=request.POST["forget"], now=request.now)
    elif form.is_valid():
        set_return_window(
            category=form.cleaned_data["category"],
            days=form.cleaned_data["days"],
            now=request.now,
        )
        messages.success(request, _("The rules are saved."))
    else:
        messages.error(request, _("Name a category, and a number of days or nothing."))
    return redirect("dashboard:refund-report", request.business.slug)


@require_POST
@business_page(*MANAGERS)
def tier_window(request: BusinessRequest) -> HttpResponse:
    """Give a tier days of its own, or let it follow everybody's again."""
    form = TierWindowForm(request.POST, tiers=tier_windows())
    if not form.is_valid():
        messages.error(request, _("Choose a level, and a number of days or nothing."))
    elif "forget" in request.POST:
        forget_tier_window(tier_id=form.cleaned_data["tier"], now=request.now)
    else:
        set_tier_window(
            tier_id=form.cleaned_data["tier"], days=form.cleaned_data["days"], now=request.now
        )
        messages.success(request, _("The rules are saved."))
    return redirect("dashboard:refund-report", request.business.slug)


def _page(request: BusinessRequest, form: RulesForm | None) -> HttpResponse:
    zone = request.business.timezone
    today = business_day(request.now, zone)
    told = refund_sla(
        since=today - timedelta(days=_DAYS), until=today + timedelta(days=1), zone=zone
    )
    tiers = tier_windows()
    context = {
        "kpis": _kpis(told),
        "steps": _steps_chart(told.steps) if told.steps else None,
        "proof": _proof(told.steps),
        "effect": _effect(refund_effect(today=today, zone=zone)) if told.requested else [],
        "windows": return_windows(),
        "tiers": tiers,
        "tier_form": TierWindowForm(tiers=tiers) if form and tiers else None,
        "window_form": WindowForm() if form else None,
        "waiting": [
            Fact(
                label=str(Waiting(one.waiting).label) if one.waiting else _("its turn"),
                text=_("%(n)s, %(amount)s toman, the oldest %(ago)s")
                % {
                    "n": words.number(one.count),
                    "amount": words.toman(one.amount_rial),
                    "ago": words.ago(one.oldest_at, request.now),
                },
            )
            for one in told.waiting
        ],
        "form": form,
    }
    return render(request, "dashboard/refunds/report.html", context)


def _proof(steps: Sequence[StepTime]) -> str:
    proof = next((one for one in steps if one.step == "proof"), None)
    if proof is None:
        return ""
    return _("From paid to certain that it stayed: half within %(half)s, %(n)s refunds.") % {
        "half": _long(proof.median),
        "n": words.number(proof.count),
    }


def _effect(found: RefundEffect) -> list[Compared]:
    return [
        compared(
            found.against_none, title=_("Against customers without a refund"), write=words.percent
        ),
        compared(
            found.against_quick,
            title=_("Against customers paid back within a day"),
            write=words.percent,
        ),
    ]


def _kpis(told: RefundSla) -> list[Kpi]:
    whole = next((one for one in told.steps if one.step == "whole"), None)
    share = words.percent(told.within_day / told.paid, 0) if told.paid else "—"
    return [
        Kpi(
            label=_("Half are paid within"),
            value=_long(whole.median) if whole else "—",
            note=_("nine of ten within %(time)s") % {"time": _long(whole.p90)} if whole else "",
        ),
        Kpi(label=_("Paid within a day"), value=share, note=_("of those that were paid")),
        Kpi(
            label=_("Given back"),
            value=words.toman_short(told.paid_rial),
            unit=_("toman"),
            note=_("%(paid)s of %(asked)s refunds")
            % {"paid": words.number(told.paid), "asked": words.number(told.requested)},
        ),
        Kpi(
            label=_("Did not arrive"),
            value=words.number(told.owed),
            note=_("customers are still owed"),
        ),
    ]


def _steps_chart(steps: Sequence[StepTime]) -> dict[str, Any]:
    names = {
        "approval": _("Approving"),
        "handover": _("Handing over"),
        "bank": _("Provider and bank"),
        "proof": _("Proof that it stayed"),
        "whole": _("From asking to paid"),
    }
    shown = [one for one in steps if one.step != "proof"]
    return {
        "labels": [names[one.step] for one in shown],
        "series": [
            {"name": _("Half, hours"), "values": [_hours(one.median) for one in shown]},
            {"name": _("Nine of ten, hours"), "values": [_hours(one.p90) for one in shown]},
        ],
        "rows": [
            {"label": names[one.step], "texts": [_long(one.median), _long(one.p90)]}
            for one in shown
        ],
    }


def _hours(time: timedelta) -> float:
    return round(time.total_seconds() / _HOUR, 2)


def _long(time: timedelta) -> str:
    return lasting(time)
