"""The shop's terms of credit."""

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
from payments.operations.instalments import NewTerms, set_credit_terms
from payments.queries.instalments import grade
from payments.queries.instalments.credit import Terms, credit_terms


class TermsForm(forms.Form):
    """To whom, how much, in how many parts. No interest is ever taken, a fee only when set."""

    is_on = forms.BooleanField(label=gettext_lazy("Sell in instalments"), required=False)
    least_grade = Whole(label=gettext_lazy("Lowest payment grade"), min_value=0, max_value=100)
    lends_without_history = forms.BooleanField(
        label=gettext_lazy("Also to customers without history"), required=False
    )
    newcomer_rial = TomanField(
        label=gettext_lazy("Most for a customer without history, toman"), required=False
    )
    most_customer_rial = TomanField(label=gettext_lazy("Most a customer may owe, toman"))
    most_total_rial = TomanField(label=gettext_lazy("Most the shop lends altogether, toman"))
    most_count = Whole(label=gettext_lazy("Most instalments"), min_value=1, max_value=60)
    worth_percent = Whole(
        label=gettext_lazy("Of what a customer is foreseen to buy in a year (percent)"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=gettext_lazy(
            "The most somebody with a grade may owe, never above the most set here nor below what "
            "a customer without history gets. Empty or 0: it has no say."
        ),
    )
    down_percent = Whole(
        label=gettext_lazy("Paid at once, at least (percent)"), min_value=0, max_value=100
    )
    grace_days = Whole(label=gettext_lazy("Days of grace"), min_value=0, max_value=60)
    late_fee_rial = TomanField(
        label=gettext_lazy("Fee for each late instalment, toman"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Empty: being late costs nothing. For contracts from now on."),
    )
    late_fee_after_days = Whole(
        label=gettext_lazy("So many days after the grace"), min_value=0, max_value=60
    )


@business_page(*MANAGERS)
def credit_terms_page(request: BusinessRequest) -> HttpResponse:
    """Show and change the terms, with the scorecard they rest on."""
    form = TermsForm(request.POST or None, initial=_initial(credit_terms()))
    if request.method == "POST" and form.is_valid():
        data = {
            **form.cleaned_data,
            "newcomer_rial": form.cleaned_data["newcomer_rial"] or 0,
            "late_fee_rial": form.cleaned_data["late_fee_rial"] or 0,
            "worth_percent": form.cleaned_data["worth_percent"] or 0,
        }
        try:
            set_credit_terms(terms=NewTerms(**data), actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:instalments", request.business.slug)
    answer = render(request, "dashboard/credit/terms.html", {"form": form, "card": grade})
    return refused(answer) if form.is_bound else answer


def _initial(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in TermsForm.base_fields}
