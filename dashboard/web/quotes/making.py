"""Promising a price from a form."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import branches, employees
from core.calendar import business_day
from core.errors import Problem
from dashboard.web.access import SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Mobile, TomanField, refusal_to_form
from dashboard.web.typed_lines import LinesField
from payments.operations import NewQuote, make_quote

_LEAST_ROWS: Final = 3
_NONE: Final = ("", "—")
_DAYS: Final = (
    ("0", gettext_lazy("today")),
    ("1", gettext_lazy("tomorrow")),
    ("3", gettext_lazy("three days from now")),
    ("7", gettext_lazy("a week from now")),
    ("14", gettext_lazy("two weeks from now")),
    ("30", gettext_lazy("thirty days from now")),
    ("90", gettext_lazy("ninety days from now")),
)
# A promise ends with its day, as people count days.
_END_OF_DAY: Final = time(23, 59)


class QuoteForm(forms.Form):
    """A price: for what, for whom, how much, until when."""

    title = Line(label=gettext_lazy("For what"), max_length=200)
    amount = TomanField(
        label=gettext_lazy("Promised price, toman"),
        required=False,
        help_text=gettext_lazy("Leave it empty when you write the items below."),
    )
    days = forms.ChoiceField(
        label=gettext_lazy("Kept until the end of"), choices=_DAYS, initial="7"
    )
    mobile = Mobile(
        label=gettext_lazy("Customer's mobile"),
        required=False,
        help_text=gettext_lazy("Empty: for whoever has the address, once."),
    )
    members_only = forms.BooleanField(
        label=gettext_lazy("Only for customers the shop knows already"), required=False
    )
    branch = forms.ChoiceField(label=gettext_lazy("Branch"), required=False)
    employee = forms.ChoiceField(
        label=gettext_lazy("Employee"),
        required=False,
        help_text=gettext_lazy("Whose sale it is, however it is paid."),
    )
    lines = LinesField(rows=_LEAST_ROWS, discounts=True)

    def __init__(self, typed: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(typed, **kwargs)
        places = [(branch.code, branch.name) for branch in branches()]
        people = [(one.code, one.name) for one in employees() if one.is_active]
        self.fields["branch"].choices = [_NONE, *places]  # type: ignore[attr-defined]
        self.fields["employee"].choices = [_NONE, *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the price: an amount, or what the items add up to."""
        data = super().clean() or {}
        told = data.get("lines") or data.get("amount")
        if not (told or {"amount", "lines"} & self.errors.keys()):
            self.add_error("amount", _("Write the amount, or the items."))
        return data

    def quote(self, request: BusinessRequest) -> NewQuote:
        """Return what was asked for."""
        data, zone = self.cleaned_data, request.business.timezone
        last = business_day(request.now, zone) + timedelta(days=int(data["days"]))
        return NewQuote(
            title=data["title"],
            valid_to=datetime.combine(last, _END_OF_DAY, tzinfo=zone),
            amount_rial=data["amount"],
            lines=data["lines"],
            mobile=data["mobile"],
            members_only=data["members_only"],
            branch_code=data["branch"],
            employee_code=data["employee"],
        )


@business_page(*SELLERS)
def quote_new(request: BusinessRequest) -> HttpResponse:
    """Promise a price; who made it is written down."""
    typed = request.GET.get("mobile", "")
    form = QuoteForm(request.POST or None, initial={"mobile": typed} if typed else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_quote(quote=form.quote(request), by=str(request.user), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The price is promised; give its address to the customer."))
            return redirect("dashboard:quote", request.business.slug, made)
    answer = render(request, "dashboard/quotes/new.html", {"form": form})
    return refused(answer) if form.errors else answer
