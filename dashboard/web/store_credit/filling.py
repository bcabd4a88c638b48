"""Paying into a customer's store credit at the counter, and taking back what was a mistake."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from core.ids import new_id
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, TomanField, refusal_to_form
from dashboard.web.people import title_of
from loyalty.enums import TOP_UP_PAID
from loyalty.operations.credit import NewCredit, fill_store_credit, take_credit_back
from loyalty.queries.credit import credit_by_id, credit_history, credit_is_on, credit_of

_MOVES = 6


class PayInForm(forms.Form):
    """How much, paid how, what for; the number makes a form sent twice one filling."""

    external_id = forms.UUIDField(widget=forms.HiddenInput)
    credit_amount = TomanField(label=gettext_lazy("Pay in, toman"))
    credit_paid_by = forms.ChoiceField(
        label=gettext_lazy("Paid by"), choices=[(one.value, one.label) for one in TOP_UP_PAID]
    )
    credit_reason = Line(label=gettext_lazy("What for? The customer sees this."), max_length=200)


def credit_on_page(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return a customer's store credit, and the form for who may take money for it."""
    may = credit_is_on() and role_may(request.role, SELLERS)
    return {
        "credit": credit_of(customer_id, request.now),
        "credit_moves": credit_history(customer_id, _MOVES),
        "credit_form": PayInForm(initial={"external_id": new_id()}) if may else None,
    }


@business_page(*SELLERS)
def store_credit_fill(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Take money for a customer's store credit; refused, it is shown again as it was typed."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    form = PayInForm(request.POST or None, initial={"external_id": new_id()})
    if form.is_valid() and _fill(request, person.id, form):
        return redirect("dashboard:customer", request.business.slug, person.id)
    context = {
        "form": form,
        "customer_id": person.id,
        "title": title_of(person.name, person.mobile, person.member_code),
        "credit": credit_of(person.id, request.now),
    }
    answer = render(request, "dashboard/store_credit/pay_in.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def store_credit_back(request: BusinessRequest, store_credit_id: UUID) -> HttpResponse:
    """Take back what was paid in or given by mistake."""
    row = credit_by_id(store_credit_id)
    if row is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        take_credit_back(credit_id=row.id, reason=reason, actor=request.user, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        rial = words.toman(row.amount_rial)
        messages.success(request, _("%(rial)s toman taken back.") % {"rial": rial})
    return redirect("dashboard:store-credit", request.business.slug)


def _fill(request: BusinessRequest, customer_id: UUID, form: PayInForm) -> bool:
    typed = form.cleaned_data
    new = NewCredit(
        customer_id=customer_id,
        amount_rial=typed["credit_amount"],
        reason=typed["credit_reason"],
        external_id=str(typed["external_id"]),
        paid_by=typed["credit_paid_by"],
    )
    try:
        fill_store_credit(new=new, by=str(request.user), now=request.now)
    except Problem as problem:
        _refuse(form, problem)
        return False
    left = words.toman(credit_of(customer_id, request.now).balance_rial)
    messages.success(request, _("Done: they have %(left)s toman of store credit.") % {"left": left})
    return True


def _refuse(form: PayInForm, problem: Problem) -> None:
    """Say what is wrong beside its field: how much more is kept, beside the amount."""
    left = problem.extra.get("left_rial")
    if left is None:
        refusal_to_form(form, problem)
        return
    allowed = _("At most %(n)s toman.") % {"n": words.toman(left)}
    form.add_error("credit_amount", f"{problem.detail} {allowed}")
