"""Promising a price from a form."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import branches
from core.calendar import business_day
from core.errors import Problem
from dashboard.web.access import SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Mobile, TomanField, refusal_to_form
from dashboard.web.typed_lines import TypedLine, read_lines, typed_lines
from payments.operations import NewQuote, make_quote

_LEAST_ROWS: Final = 3
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

    def __init__(self, typed: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(typed, **kwargs)
        rows = typed_lines(typed)
        self.line_rows = rows + [TypedLine()] * max(1, _LEAST_ROWS - len(rows))
        self.fields["branch"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((branch.code, branch.name) for branch in branches()),
        ]

    @property
    def has_lines(self) -> bool:
        """Tell whether items were written."""
        return any(not line.is_empty for line in self.line_rows)

    def clean(self) -> dict[str, Any]:
        """Return the price; items, when written, are its lines."""
        data = super().clean() or {}
        data["lines"] = read_lines(self.line_rows)
        if not (data["lines"] or data.get("amount") or "amount" in self.errors):
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
