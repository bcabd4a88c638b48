"""Saying for how much each person who works here may give."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import TomanField, Whole, refusal_to_form
from loyalty.enums import GoodwillSpan
from loyalty.operations.goodwill import NewBudget, allow_goodwill
from loyalty.queries.goodwill import goodwill_budget as budget_now


class BudgetForm(forms.Form):
    """How much, within what, how much at once, and how long codes are good for."""

    amount = TomanField(label=gettext_lazy("For each person (toman)"))
    span = forms.ChoiceField(label=gettext_lazy("Within"), choices=GoodwillSpan.choices)
    most_at_once = TomanField(
        label=gettext_lazy("Most at once (toman)"),
        required=False,
        help_text=gettext_lazy("Empty: all they have left."),
    )
    good_days = Whole(
        label=gettext_lazy("Coupons and gift cards are good for (days)"), min_value=1, max_value=365
    )
    is_open = forms.BooleanField(
        label=gettext_lazy("They may give now"), required=False, initial=True
    )


@business_page(*MANAGERS)
def goodwill_budget(request: BusinessRequest) -> HttpResponse:
    """Show the budget as a form; change it."""
    form = BudgetForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        new = NewBudget(
            is_open=typed["is_open"],
            amount_rial=typed["amount"],
            span=typed["span"],
            most_at_once_rial=typed["most_at_once"],
            good_days=typed["good_days"],
        )
        try:
            allow_goodwill(new=new, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; it counts from now on."))
            return redirect("dashboard:goodwill", request.business.slug)
    answer = render(request, "dashboard/gifts/goodwill_budget.html", {"form": form})
    return refused(answer) if form.errors else answer


def _initial() -> dict[str, Any]:
    """Return what stands now, or a beginning; amounts in rial, as their fields take them."""
    row = budget_now()
    if row is None:
        return {
            "amount": 2_000_000,
            "span": GoodwillSpan.WEEK,
            "most_at_once": 500_000,
            "good_days": 30,
        }
    return {
        "amount": row.amount_rial,
        "span": row.span,
        "most_at_once": row.most_at_once_rial,
        "good_days": row.good_days,
        "is_open": row.is_open,
    }
