"""A sale in parts: the customer, what they may be lent, the parts before anything is written."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import add_months, business_day
from core.errors import Problem
from core.ids import new_spoken_code
from customers.enums import TenderMethod
from customers.queries.people import find_customer
from dashboard.web.access import SELLERS, BusinessRequest, business_page, refused
from dashboard.web.credit.offer import OfferShown, shown_offer
from dashboard.web.forms import JalaliDay, Line, Mobile, TomanField, Whole, problem_to_form
from payments.operations.instalments import NewPlan, sell_on_credit
from payments.queries.instalments.calculator import Due, split
from payments.queries.instalments.credit import offer_to

_DOWN_METHODS = (
    (TenderMethod.POS, gettext_lazy("Card terminal")),
    (TenderMethod.CASH, gettext_lazy("Cash")),
    (TenderMethod.CARD_TO_CARD, gettext_lazy("Card to card")),
)


class SaleForm(forms.Form):
    """What is sold to whom, and how it is paid."""

    mobile = Mobile(label=gettext_lazy("Customer's mobile"))
    title = Line(label=gettext_lazy("For what"), max_length=200)
    total = TomanField(label=gettext_lazy("Price, toman"))
    down = TomanField(label=gettext_lazy("Paid at once, toman"), required=False)
    down_method = forms.ChoiceField(
        label=gettext_lazy("How that was paid"), choices=_DOWN_METHODS, required=False
    )
    count = Whole(label=gettext_lazy("Number of instalments"), min_value=1, max_value=60)
    first_due_on = JalaliDay(
        label=gettext_lazy("Day of the first instalment"),
        help_text=gettext_lazy("Empty: in a month. Later ones keep its day of the month."),
    )


@business_page(*SELLERS)
def credit_sell(request: BusinessRequest) -> HttpResponse:
    """Preview a sale in parts; with `action=sell`, make it."""
    form = SaleForm(request.POST or None)
    today = business_day(request.now, request.business.timezone)
    parts: tuple[Due, ...] = ()
    offer: OfferShown | None = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = _plan(form.cleaned_data, today)
            offer = shown_offer(offer_to(plan.customer_id, today=today))
            parts = split(plan.total_rial - plan.down_rial, plan.count, plan.first_due_on)
            if request.POST.get("action") == "sell":
                return _sell(request, plan)
        except Problem as problem:
            problem_to_form(form, problem.detail)
        except ValueError:
            problem_to_form(form, _("There is nothing left to pay in instalments."))
    answer = render(
        request, "dashboard/credit/sell.html", {"form": form, "parts": parts, "offer": offer}
    )
    return refused(answer) if form.errors else answer


def _sell(request: BusinessRequest, plan: NewPlan) -> HttpResponse:
    made = sell_on_credit(plan=plan, by=str(request.user), now=request.now)
    messages.success(request, _("The sale is recorded; the instalments are on their way."))
    return redirect("dashboard:instalment-plan", request.business.slug, made)


def _plan(data: dict[str, Any], today: date) -> NewPlan:
    customer_id = find_customer(mobile=data["mobile"])
    if customer_id is None:
        raise Problem(
            "unknown_customer", _("Nobody is known by this mobile; record a first purchase first.")
        )
    return NewPlan(
        external_id=f"credit-{new_spoken_code(10).lower()}",
        customer_id=customer_id,
        total_rial=data["total"],
        down_rial=data["down"] or 0,
        count=data["count"],
        first_due_on=data["first_due_on"] or add_months(today, 1),
        title=data["title"],
        down_method=data["down_method"] or TenderMethod.POS,
    )
