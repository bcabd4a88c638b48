"""Saying how many points each person who works here may give."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Whole, refusal_to_form
from loyalty.enums import GoodwillSpan
from loyalty.operations.goodwill import NewBudget, allow_goodwill
from loyalty.queries.goodwill import goodwill_budget as budget_now

_MOST = 1_000_000_000


class BudgetForm(forms.Form):
    """How many points, within what, and how many at once."""

    points = Whole(label=gettext_lazy("Points of each person"), min_value=1, max_value=_MOST)
    span = forms.ChoiceField(label=gettext_lazy("Within"), choices=GoodwillSpan.choices)
    most_at_once = Whole(
        label=gettext_lazy("Most points at once"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=gettext_lazy("Empty: all they have left."),
    )
    is_open = forms.BooleanField(
        label=gettext_lazy("They may give points now"), required=False, initial=True
    )


@business_page(*MANAGERS)
def goodwill_budget(request: BusinessRequest) -> HttpResponse:
    """Show the budget as a form; change it."""
    form = BudgetForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        new = NewBudget(**form.cleaned_data)
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
    row = budget_now()
    if row is None:
        return {"points": 200, "span": GoodwillSpan.WEEK, "most_at_once": 50}
    return {
        "points": row.points,
        "span": row.span,
        "most_at_once": row.most_at_once,
        "is_open": row.is_open,
    }
