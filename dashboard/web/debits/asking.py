"""Asking a customer for a permission to debit, from a form."""

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.calendar import add_months, business_day
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Code, Line, Mobile, TomanField, Whole, refusal_to_form
from payments.operations.mandates import NewMandate, know_banks, request_mandate, send_signing
from payments.queries import accounts_for
from payments.queries.mandates import banks_to_sign_at

_MONTHS: Final = (
    ("3", gettext_lazy("three months")),
    ("6", gettext_lazy("six months")),
    ("12", gettext_lazy("a year")),
    ("24", gettext_lazy("two years")),
    ("36", gettext_lazy("three years")),
)
_MOST_A_MONTH: Final = 100


class AskForm(forms.Form):
    """Whom, at which bank, how much at most and for how long."""

    mobile = Mobile(
        label=gettext_lazy("Customer's mobile"),
        help_text=gettext_lazy("The one their bank knows them by."),
    )
    name = Line(label=gettext_lazy("Customer's name"), required=False, max_length=200)
    national_code = Code(
        label=gettext_lazy("National code"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Some banks ask for it; it is kept encrypted."),
    )
    bank = forms.ChoiceField(label=gettext_lazy("Their bank"))
    purpose = Line(
        label=gettext_lazy("For what"),
        max_length=200,
        help_text=gettext_lazy("The customer reads it before signing."),
    )
    max_debit = TomanField(label=gettext_lazy("At most each time, toman"))
    max_month_count = Whole(
        label=gettext_lazy("At most so many times a month"),
        min_value=1,
        max_value=_MOST_A_MONTH,
        initial=1,
    )
    months = forms.ChoiceField(label=gettext_lazy("For how long"), choices=_MONTHS, initial="12")

    def __init__(
        self, typed: QueryDict | None, banks: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(typed, **kwargs)
        self.fields["bank"].choices = banks  # type: ignore[attr-defined]

    def mandate(self, request: BusinessRequest) -> NewMandate:
        """Return what is asked for; it ends with its last day."""
        data, zone = self.cleaned_data, request.business.timezone
        last = add_months(business_day(request.now, zone), int(data["months"]))
        return NewMandate(
            mobile=data["mobile"],
            name=data["name"],
            national_code=data["national_code"],
            bank=data["bank"],
            purpose=data["purpose"],
            max_debit_rial=data["max_debit"],
            max_month_count=data["max_month_count"],
            expires_at=datetime.combine(last + timedelta(days=1), time(), tzinfo=zone),
        )


@business_page(*MANAGERS, scoped=False)
def mandate_new(request: BusinessRequest) -> HttpResponse:
    """Ask for a permission; the provider is called outside any transaction."""
    banks = _banks(request)
    typed = request.GET.get("mobile", "")
    form = AskForm(request.POST or None, banks, initial={"mobile": typed} if typed else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = form.mandate(request)
            made = request_mandate(business_id=request.business.id, asked=asked, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Now give the customer the address to sign at."))
            return redirect("dashboard:mandate", request.business.slug, made.mandate_id)
    with acting_for(request.business.id):
        context = {"form": form, "banks": banks}
        answer = render(request, "dashboard/debits/ask.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def mandate_send(request: BusinessRequest, mandate_id: UUID) -> HttpResponse:
    """Send the customer the address where they read and sign."""
    try:
        send_signing(mandate_id=mandate_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The SMS is on its way; it goes out once."))
    return redirect("dashboard:mandate", request.business.slug, mandate_id)


def _banks(request: BusinessRequest) -> list[tuple[str, str]]:
    """Return the banks to choose from; a provider never asked is asked now."""
    know_banks(business_id=request.business.id, now=request.now)
    with acting_for(request.business.id):
        return banks_to_sign_at([row.id for row in accounts_for("debits")])
