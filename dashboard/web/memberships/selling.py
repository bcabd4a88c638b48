"""Offering a membership, and letting a customer join one."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Problem
from customers.queries.people import find_customer
from dashboard.web import words
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Mobile, TomanField, Whole, refusal_to_form
from dashboard.web.memberships.rows import every
from loyalty.operations.memberships import (
    NewMembershipPlan,
    join_membership,
    offer_plan,
    withdraw_plan,
)
from loyalty.queries.lock_in import lock_ins
from loyalty.queries.memberships import plan_rows
from payments.enums.debits import MandateState
from payments.queries.mandates import mandate_rows

_ABOUT_THE_CUSTOMER: Final = {"unknown_customer", "already_member", "mobile_missing"}
_TIMES: Final = (
    ("1/1", gettext_lazy("As for everybody")),
    ("5/4", gettext_lazy("A quarter more")),
    ("3/2", gettext_lazy("Half as much again")),
    ("2/1", gettext_lazy("Twice as many")),
    ("3/1", gettext_lazy("Three times as many")),
)


class PlanForm(forms.Form):
    """What a membership costs and gives."""

    name = Line(label=gettext_lazy("Name"), max_length=100)
    price = TomanField(label=gettext_lazy("Price of a period, toman"))
    months = Whole(label=gettext_lazy("Months of a period"), min_value=1, max_value=36, initial=1)
    times = forms.ChoiceField(
        label=gettext_lazy("Points of members"), choices=_TIMES, initial="2/1"
    )
    free_delivery = forms.BooleanField(label=gettext_lazy("Free delivery"), required=False)
    note = Line(label=gettext_lazy("Other perks, in your words"), required=False, max_length=500)
    notice_days = Whole(
        label=gettext_lazy("Days of notice before a renewal"),
        min_value=1,
        max_value=20,
        initial=3,
    )
    grace_days = Whole(
        label=gettext_lazy("Days of grace when it is not paid"),
        min_value=1,
        max_value=25,
        initial=7,
    )

    def new(self) -> NewMembershipPlan:
        """Return the operation's value."""
        data = self.cleaned_data
        num, den = data["times"].split("/")
        return NewMembershipPlan(
            name=data["name"],
            price_rial=data["price"],
            months=data["months"],
            multiplier_num=int(num),
            multiplier_den=int(den),
            free_delivery=data["free_delivery"],
            note=data["note"],
            notice_days=data["notice_days"],
            grace_days=data["grace_days"],
        )


class JoinForm(forms.Form):
    """Who joins which plan."""

    mobile = Mobile(label=gettext_lazy("Customer's mobile"))
    plan = forms.ChoiceField(label=gettext_lazy("Membership"))
    debited = forms.BooleanField(
        label=gettext_lazy("Debit it under the customer's permission, if there is one"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = plan_rows(offered=True).order_by("price_rial", "name")
        plan = self.fields["plan"]
        if isinstance(plan, forms.ChoiceField):
            plan.choices = [(str(row.id), _priced(row)) for row in rows]


@business_page(*MANAGERS)
def membership_plan_new(request: BusinessRequest) -> HttpResponse:
    """Offer a membership."""
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            offer_plan(plan=form.new(), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The membership is on offer."))
            for held in lock_ins():
                messages.warning(request, held.detail)
            return redirect("dashboard:memberships", request.business.slug)
    answer = render(request, "dashboard/memberships/plan.html", {"form": form})
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def membership_plan_withdraw(request: BusinessRequest, membership_plan_id: UUID) -> HttpResponse:
    """Offer a membership to nobody new."""
    withdraw_plan(plan_id=membership_plan_id)
    messages.success(request, _("Nobody new can join it; its members keep it."))
    return redirect("dashboard:memberships", request.business.slug)


@business_page(*SELLERS)
def membership_join(request: BusinessRequest) -> HttpResponse:
    """Let a customer join; what is to be paid now is on the member's page."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            joined = _join(request, form.cleaned_data)
        except Problem as problem:
            if problem.code in _ABOUT_THE_CUSTOMER:
                form.add_error("mobile", str(problem.detail))
            else:
                refusal_to_form(form, problem)
        else:
            messages.success(request, _("The membership begins when its first period is paid."))
            return redirect("dashboard:membership", request.business.slug, joined)
    context = {"form": form, "plans": plan_rows(offered=True).exists()}
    answer = render(request, "dashboard/memberships/join.html", context)
    return refused(answer) if form.errors else answer


def _join(request: BusinessRequest, data: dict[str, Any]) -> UUID:
    customer_id = find_customer(mobile=data["mobile"])
    if customer_id is None:
        raise Problem(
            "unknown_customer", _("Nobody is known by this mobile; record a first purchase first.")
        )
    return join_membership(
        customer_id=customer_id,
        plan_id=UUID(data["plan"]),
        mandate_id=_mandate(customer_id) if data["debited"] else None,
        now=request.now,
    ).id


def _mandate(customer_id: UUID) -> UUID | None:
    rows = mandate_rows(state=MandateState.ACTIVE, customer_id=customer_id)
    newest = rows.order_by("-requested_at", "-id").first()
    return newest.id if newest else None


def _priced(plan: Any) -> str:
    return _("%(name)s — %(price)s toman, %(every)s") % {
        "name": plan.name,
        "price": words.toman(plan.price_rial),
        "every": every(plan.months),
    }
