"""A sale in parts: the customer, what they may be lent, the parts before anything is written."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import add_months, business_day
from core.errors import Problem
from core.ids import new_spoken_code
from customers.enums import TenderMethod
from customers.queries.people import customer_view, find_customer
from dashboard.web import words
from dashboard.web.access import SELLERS, BusinessRequest, business_page, refused
from dashboard.web.credit.offer import OfferShown, shown_offer
from dashboard.web.forms import (
    JalaliDay,
    Line,
    Mobile,
    TomanField,
    Whole,
    problem_to_form,
    refusal_to_form,
)
from dashboard.web.people import local_mobile
from payments.operations.instalments import NewPlan, sell_on_credit
from payments.operations.quotes import sell_quote_on_credit
from payments.queries.instalments.calculator import Due, split
from payments.queries.instalments.credit import offer_to
from payments.queries.quotes import QuoteView, mobile_of, quote_by_id

_DOWN_METHODS = (
    (TenderMethod.POS, gettext_lazy("Card terminal")),
    (TenderMethod.CASH, gettext_lazy("Cash")),
    (TenderMethod.CARD_TO_CARD, gettext_lazy("Card to card")),
)


class SaleForm(forms.Form):
    """What is sold to whom, and how it is paid."""

    fixed: Mapping[str, Any] = MappingProxyType({})

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

    def promise(self, view: QuoteView) -> None:
        """Sell at a promised price: what it fixed is not typed."""
        self.fixed = {"title": view.quote.title, "total": view.quote.amount_rial}
        for name in self.fixed:
            del self.fields[name]
        if mobile := mobile_of(view.quote):
            self.fields["mobile"].initial = words.digits(local_mobile(mobile))
            self.fields["mobile"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Return the sale with what a promised price fixed."""
        return {**(super().clean() or {}), **self.fixed}


@business_page(*SELLERS)
def credit_sell(request: BusinessRequest) -> HttpResponse:
    """Preview a sale in parts, at a promised price where one is named; `action=sell` makes it."""
    quote = _quote(request)
    form = SaleForm(request.POST or None, initial=_known(request))
    if quote is not None:
        form.promise(quote)
    today = business_day(request.now, request.business.timezone)
    parts: tuple[Due, ...] = ()
    offer: OfferShown | None = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = _plan(form.cleaned_data, today)
            offer = shown_offer(offer_to(plan.customer_id, today=today))
            parts = split(plan.total_rial - plan.down_rial, plan.count, plan.first_due_on)
            if request.POST.get("action") == "sell":
                return _sell(request, plan, quote)
        except Problem as problem:
            refusal_to_form(form, problem)
        except ValueError:
            problem_to_form(form, _("There is nothing left to pay in instalments."))
    context = {"form": form, "parts": parts, "offer": offer, "promise": quote}
    answer = render(request, "dashboard/credit/sell.html", context)
    return refused(answer) if form.errors else answer


def _known(request: BusinessRequest) -> dict[str, str]:
    """Return the mobile of the customer the address names."""
    named = request.GET.get("customer", "")
    if not named:
        return {}
    try:
        person = customer_view(UUID(named))
    except ValueError:
        person = None
    if person is None:
        raise Http404
    return {"mobile": words.digits(local_mobile(person.mobile))}


def _quote(request: BusinessRequest) -> QuoteView | None:
    """Return the promised price the address names."""
    named = request.GET.get("quote", "")
    if not named:
        return None
    try:
        view = quote_by_id(UUID(named), now=request.now)
    except ValueError:
        view = None
    if view is None:
        raise Http404
    return view


def _sell(request: BusinessRequest, plan: NewPlan, quote: QuoteView | None) -> HttpResponse:
    by = str(request.user)
    if quote is None:
        made = sell_on_credit(plan=plan, by=by, now=request.now)
    else:
        made = sell_quote_on_credit(quote_id=quote.quote.id, plan=plan, by=by, now=request.now)
    messages.success(request, _("The sale is recorded; the instalments are on their way."))
    return redirect("dashboard:instalment-plan", request.business.slug, made)


def _plan(data: dict[str, Any], today: date) -> NewPlan:
    customer_id = find_customer(mobile=data["mobile"])
    if customer_id is None:
        raise Problem(
            "unknown_customer",
            _("Nobody is known by this mobile; record a first purchase first."),
            fields={"mobile": [_("Check this value.")]},
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
