"""The page of store credit: what is owed, why it changed, every filling; and its terms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import TomanField, Whole, refusal_to_form
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of
from dashboard.web.points.spans import asked_days
from loyalty.enums.credit import CreditSource
from loyalty.operations.credit import NewCreditTerms, change_credit_terms
from loyalty.queries.credit import credit_rows, credit_terms, part_of
from loyalty.queries.credit_owed import CreditBridge, CreditSum, credit_bridge


class TermsForm(forms.Form):
    """Whether it is offered, how much one customer may have, and for how long it is good."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Store credit may be filled"), required=False, initial=True
    )
    most = TomanField(
        label=gettext_lazy("Most of one customer (toman)"),
        required=False,
        help_text=gettext_lazy("Empty: no limit."),
    )
    months = Whole(
        label=gettext_lazy("Good for (Jalali months)"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=gettext_lazy(
            "Empty: customers' own money never ends, and what you give ends after twelve months."
        ),
    )


@business_page(*READERS)
def store_credit(request: BusinessRequest) -> HttpResponse:
    """Show what is owed as store credit and every filling."""
    days = asked_days(request)
    told = credit_bridge(days.since, days.last, request.business.timezone)
    found = page(credit_rows(), by="at", cursor=request.GET.get("cursor"))
    may = role_may(request.role, MANAGERS)
    context = {
        "days": days,
        "terms": credit_terms(),
        "told": told,
        "kpis": _kpis(told),
        "steps": [
            {
                "name": step.label,
                "times": words.number(step.times),
                "owed": words.signed_toman(step.change.owed_rial),
                "given": words.signed_toman(step.change.given_rial),
            }
            for step in told.steps
        ],
        "page": found,
        "rows": [_row(row, may=may) for row in found.rows],
        "can_change": may,
    }
    return render(request, "dashboard/store_credit/page.html", context)


@business_page(*MANAGERS)
def store_credit_terms(request: BusinessRequest) -> HttpResponse:
    """Show the terms as a form; change them."""
    form = TermsForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        new = NewCreditTerms(is_on=typed["is_on"], most_rial=typed["most"], months=typed["months"])
        try:
            change_credit_terms(new=new, actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved; it counts from now on."))
            return redirect("dashboard:store-credit", request.business.slug)
    answer = render(request, "dashboard/store_credit/terms.html", {"form": form})
    return refused(answer) if form.errors else answer


def _initial() -> dict[str, Any]:
    row = credit_terms()
    if row is None:
        return {"is_on": True}
    return {"is_on": row.is_on, "most": row.most_rial, "months": row.months}


def _kpis(told: CreditBridge) -> list[Kpi]:
    return [
        _kpi(_("Owed the evening before"), told.opening.owed_rial),
        Kpi(
            label=_("Changed by"),
            value=words.signed_toman(_change(told).owed_rial),
            unit=_("toman"),
        ),
        _kpi(_("Owed at the end"), told.closing.owed_rial, _("customers' own money")),
        _kpi(_("Left of your gifts"), told.closing.given_rial, _("what they can still cost")),
    ]


def _change(told: CreditBridge) -> CreditSum:
    return CreditSum(
        told.closing.owed_rial - told.opening.owed_rial,
        told.closing.given_rial - told.opening.given_rial,
    )


def _kpi(label: str, rial: int, note: str = "") -> Kpi:
    return Kpi(label=label, value=words.toman(rial), unit=_("toman"), note=note)


def _row(row: Any, *, may: bool) -> dict[str, Any]:
    part, person = part_of(row), row.customer
    mine = part.source in {CreditSource.PAID, CreditSource.GIFT}
    return {
        "part": part,
        "customer_id": person.id,
        "customer": title_of(person.name, person.mobile, person.member_code),
        "source": part.source.label,
        "may_take_back": may and mine and part.left_rial == part.amount_rial,
    }
