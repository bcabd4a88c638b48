"""What goods cost, category by category: fields to fill in beside the margin."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.calendar import business_day
from core.errors import Problem
from customers.queries.margins import sold_categories
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Whole
from segmentation.operations import state_category_costs
from segmentation.queries.actions.listing import category_costs, margin_percent

_MOST: Final = 40
_YEAR: Final = timedelta(days=365)


class CostsForm(forms.Form):
    """One field a category: what its goods cost, in percent of their sales."""

    def __init__(self, known: dict[str, int], sold: list[tuple[str, int]], **options: Any) -> None:
        super().__init__(**options)
        amounts = dict(sold)
        self.names = {_key(name): name for name in [*amounts, *(set(known) - set(amounts))]}
        for key, name in self.names.items():
            self.fields[key] = Whole(
                label=name,
                required=False,
                min_value=0,
                max_value=100,
                initial=known.get(name),
                help_text=_("%(amount)s toman sold in a year")
                % {"amount": words.toman_short(amounts.get(name, 0))},
            )

    def costs(self) -> dict[str, int]:
        """Return what was filled in, by category."""
        data = self.cleaned_data
        return {name: data[key] for key, name in self.names.items() if data[key] is not None}


@business_page(*MANAGERS)
def costs(request: BusinessRequest) -> HttpResponse:
    """Show and take the costs of the categories most is sold of."""
    today = business_day(request.now, request.business.timezone)
    form = _form(today, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            state_category_costs(costs=form.costs(), actor=request.user, now=request.now)
        except Problem as problem:
            form.add_error(None, str(problem.detail))
        else:
            messages.success(request, _("Saved; from the coming night on worth is told by it."))
            return redirect("dashboard:actions", request.business.slug)
    margin = margin_percent()
    context = {"form": form, "margin": "" if margin is None else words.number(margin)}
    response = render(request, "dashboard/costs.html", context)
    return refused(response) if form.is_bound else response


def _form(today: date, data: Any) -> CostsForm:
    return CostsForm(category_costs(), sold_categories(today - _YEAR, _MOST), data=data)


def _key(name: str) -> str:
    """Return a name for a field: a category may be any text."""
    return f"c{uuid5(NAMESPACE_URL, name).hex[:12]}"
