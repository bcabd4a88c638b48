"""Checkouts left unfinished: who was reminded, who was left alone, what the difference is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Whole, refusal_to_form
from dashboard.web.parts import Meter
from dashboard.web.payments.titles import title_of_payment
from feedback.queries.intervals import share
from payments.enums import PaymentState
from payments.enums.links import RecoveryArm
from payments.operations import set_checkout_policy
from payments.queries.links import (
    ArmResult,
    Policy,
    arm_results,
    checkout_policy,
    recovery_rows,
)

_LOOKS_BACK: Final = timedelta(days=90)
_TONES: Final = {
    RecoveryArm.REMINDED: "chip-good",
    RecoveryArm.HOLDOUT: "",
    RecoveryArm.SKIPPED: "",
}


class PolicyForm(forms.Form):
    """Whether and how soon to remind."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Remind buyers who left before paying, once, by SMS"), required=False
    )
    after_minutes = Whole(label=gettext_lazy("After (minutes)"), min_value=5, max_value=1440)
    holdout_percent = Whole(
        label=gettext_lazy("Leave alone to compare (percent)"),
        min_value=0,
        max_value=50,
        help_text=gettext_lazy("Without them nobody can tell what reminding brought."),
    )


@dataclass(frozen=True, kw_only=True)
class CheckoutRow:
    """An unfinished checkout."""

    href: str
    title: str
    is_cart: bool
    amount_rial: int
    arm: str
    tone: str
    paid: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CheckoutPage:
    """A page of unfinished checkouts."""

    rows: list[CheckoutRow]
    next_cursor: str | None


@business_page(*READERS)
def checkouts(request: BusinessRequest) -> HttpResponse:
    """List unfinished checkouts; set the policy."""
    may = role_may(request.role, MANAGERS)
    policy = checkout_policy()
    form = PolicyForm(request.POST or None, initial=_initial(policy))
    if request.method == "POST" and may and form.is_valid():
        try:
            set_checkout_policy(**form.cleaned_data, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:checkouts", request.business.slug)
    found = page(recovery_rows(), by="at", cursor=request.GET.get("cursor"))
    context = {
        "page": CheckoutPage(
            rows=[_row(row, request.business.slug) for row in found.rows],
            next_cursor=found.next_cursor,
        ),
        "meters": [_meter(one) for one in arm_results(request.now - _LOOKS_BACK)],
        "policy": policy,
        "form": form if may else None,
    }
    answer = render(request, "dashboard/links/checkouts.html", context)
    return refused(answer) if form.is_bound else answer


def _initial(policy: Policy) -> dict[str, Any]:
    return {
        "is_on": policy.is_on,
        "after_minutes": policy.after_minutes,
        "holdout_percent": policy.holdout_percent,
    }


def _meter(one: ArmResult) -> Meter:
    found = share(one.paid, one.checkouts)
    note = _("%(paid)s of %(all)s · %(rial)s toman · 95%%: %(low)s to %(high)s") % {
        "paid": words.number(one.paid),
        "all": words.number(one.checkouts),
        "rial": words.toman_short(one.paid_rial),
        "low": words.percent(found.low),
        "high": words.percent(found.high),
    }
    return Meter(
        label=str(one.arm.label),
        share=one.paid / one.checkouts,
        text=words.percent(one.paid / one.checkouts),
        note=note,
        tone="good" if one.arm is RecoveryArm.REMINDED else "",
    )


def _row(row: Any, slug: str) -> CheckoutRow:
    arm = RecoveryArm(row.arm)
    cart = row.cart
    return CheckoutRow(
        href=reverse("dashboard:cart", args=[slug, cart.id])
        if cart
        else reverse("dashboard:payment", args=[slug, row.payment_id]),
        title=(cart.title or words.code(cart.external_id))
        if cart
        else title_of_payment(row.payment),
        is_cart=cart is not None,
        amount_rial=row.amount_rial,
        arm=str(arm.label),
        tone=_TONES[arm],
        paid=row.bought if cart else row.payment.state == PaymentState.SETTLED,
        at=row.at,
    )
