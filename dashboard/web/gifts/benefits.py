"""Services and gifts without a price: the owner's page, giving and taking back (C048, C050)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from core.ids import new_id
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, TomanField, Whole, refusal_to_form
from dashboard.web.inquiries.showing import asker
from dashboard.web.parts import Kpi
from dashboard.web.people import title_of
from loyalty.enums.benefits import BenefitKind
from loyalty.operations.benefits import (
    NewBenefit,
    close_benefit,
    give_benefit,
    offer_benefit,
    take_benefit_back,
)
from loyalty.queries.benefits import (
    Mine,
    Sums,
    benefit_sums,
    benefits,
    benefits_of,
    given_rows,
    this_month,
)
from loyalty.queries.programme import tiers

_MOST_EACH: Final = 1_000
_MOST_STOCK: Final = 1_000_000


class BenefitForm(forms.Form):
    """What is given, to whom, and what it costs."""

    name = Line(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=BenefitKind.choices)
    unit_cost = TomanField(
        label=gettext_lazy("What one costs you, toman"),
        min_value=0,
        help_text=gettext_lazy("Customers pay nothing for it and never see this."),
    )
    tier_id = forms.ChoiceField(label=gettext_lazy("For customers from tier"), required=False)
    most_each = Whole(
        label=gettext_lazy("For each customer in a month, at most"),
        required=False,
        min_value=1,
        max_value=_MOST_EACH,
        help_text=gettext_lazy("Empty: as often as they like."),
    )
    stock = Whole(
        label=gettext_lazy("How many there are now"),
        required=False,
        min_value=0,
        max_value=_MOST_STOCK,
        help_text=gettext_lazy("For gifts you have a number of. Empty: they never run out."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [("", _("all customers")), *((str(one.id), one.name) for one in tiers())]
        self.fields["tier_id"].choices = listed  # type: ignore[attr-defined]


@business_page(*READERS)
def benefit_page(request: BusinessRequest) -> HttpResponse:
    """Show what is offered and what was given; take a new one."""
    form = BenefitForm(request.POST or None)
    may = role_may(request.role, MANAGERS)
    if request.method == "POST" and may and form.is_valid():
        try:
            offer_benefit(new=_new(form.cleaned_data), actor=request.user, now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:benefits", request.business.slug)
    answer = render(request, "dashboard/gifts/benefits.html", _context(request, form, may=may))
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def benefit_close(request: BusinessRequest, benefit_id: UUID) -> HttpResponse:
    """Offer one no more."""
    close_benefit(benefit_id=benefit_id, actor=request.user, now=request.now)
    messages.success(request, _("It is offered no more; what was given stays."))
    return redirect("dashboard:benefits", request.business.slug)


@require_POST
@business_page(*SELLERS)
def benefit_give(request: BusinessRequest, customer_id: UUID, benefit_id: UUID) -> HttpResponse:
    """Write down that a customer had one; pressed twice it is one."""
    try:
        give_benefit(
            benefit_id=benefit_id,
            customer_id=customer_id,
            given_id=_asked_id(request.POST.get("given_id", "")),
            by=str(request.user),
            now=request.now,
        )
    except Problem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            raise
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Written down."))
    return redirect("dashboard:customer", request.business.slug, customer_id)


@require_POST
@business_page(*SELLERS)
def till_benefit(request: BusinessRequest) -> HttpResponse:
    """Write down that who stands at the till had one (a part of the till page)."""
    whose, benefit = _asked_id(request.POST.get("customer", "")), request.POST.get("benefit", "")
    benefit_id = _asked_id(benefit)
    if whose is None or benefit_id is None:
        raise Http404
    try:
        row = give_benefit(
            benefit_id=benefit_id,
            customer_id=whose,
            given_id=_asked_id(request.POST.get("given_id", "")),
            by=str(request.user),
            now=request.now,
        )
    except Problem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            raise
        told = {"done": False, "said": str(problem.detail)}
    else:
        said = _("Given: %(what)s") % {"what": row.benefit.name}
        told = {"done": True, "said": said, "given_id": row.id}
    return render(request, "dashboard/gifts/till_given.html", told)


@require_POST
@business_page(*SELLERS)
def till_benefit_back(request: BusinessRequest, benefit_given_id: UUID) -> HttpResponse:
    """Undo what was just given at the till (a part of the till page)."""
    row = _take_back(request, benefit_given_id)
    told = {"done": True, "said": _("Taken back: %(what)s") % {"what": row.benefit.name}}
    return render(request, "dashboard/gifts/till_given.html", told)


@require_POST
@business_page(*MANAGERS)
def benefit_back(request: BusinessRequest, benefit_given_id: UUID) -> HttpResponse:
    """Undo one of the list."""
    row = _take_back(request, benefit_given_id)
    messages.success(request, _("Taken back: %(what)s") % {"what": row.benefit.name})
    return redirect("dashboard:benefits", request.business.slug)


def _take_back(request: BusinessRequest, given_id: UUID) -> Any:
    by, actor = str(request.user), request.user
    return take_benefit_back(given_id=given_id, actor=actor, by=by, now=request.now)


def benefits_on_page(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return what a customer may have, with a button for who sells."""
    may = role_may(request.role, SELLERS)
    rows = [
        {
            "id": one.benefit.id,
            "name": one.benefit.name,
            "note": _left(one),
            "given_id": new_id() if may and one.is_there else None,
        }
        for one in benefits_of(customer_id, request.now)
    ]
    return {"benefits": rows}


def _left(one: Mine) -> str:
    """Return what of month and stock is less."""
    if one.benefit.stock == 0:
        return _("none left")
    if one.left is None:
        return _("as often as they like")
    if not one.left:
        return _("again next month")
    n = {"n": words.number(one.left)}
    return _("%(n)s left") % n if one.left == one.benefit.stock else _("%(n)s more this month") % n


def _asked_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _new(typed: Mapping[str, Any]) -> NewBenefit:
    return NewBenefit(
        name=typed["name"],
        kind=BenefitKind(typed["kind"]),
        unit_cost_rial=typed["unit_cost"],
        tier_id=UUID(typed["tier_id"]) if typed["tier_id"] else None,
        most_each=typed["most_each"],
        stock=typed["stock"],
    )


def _context(request: BusinessRequest, form: BenefitForm, *, may: bool) -> dict[str, Any]:
    found = page(given_rows(), by="at", cursor=request.GET.get("cursor"))
    sums = benefit_sums()
    return {
        "form": form if may else None,
        "kpis": _kpis(list(benefit_sums(this_month(request.now)).values())),
        "offered": [_offered(row, sums.get(row.id)) for row in benefits()],
        "rows": [_given(row) for row in found.rows],
        "page": found,
    }


def _offered(row: Any, told: Sums | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.get_kind_display(),
        "tier": row.tier.name if row.tier else _("all customers"),
        "cost": words.toman(row.unit_cost_rial),
        "most": words.number(row.most_each) if row.most_each else "",
        "stock": "" if row.stock is None else words.number(row.stock),
        "is_out": row.stock == 0,
        "times": words.number(told.times if told else 0),
        "is_open": row.is_open,
    }


def _given(row: Any) -> dict[str, Any]:
    person = row.customer
    return {
        "id": row.id,
        "is_back": row.taken_back_at is not None,
        "customer_id": row.customer_id,
        "customer": title_of(person.name, person.mobile, person.member_code),
        "name": row.benefit.name,
        "at": row.at,
        "by": asker(row.by),
    }


def _kpis(month: list[Sums]) -> list[Kpi]:
    times, cost = sum(one.times for one in month), sum(one.cost_rial for one in month)
    each = words.toman(cost // times) if times else "—"
    return [
        Kpi(label=_("Given this month"), value=words.number(times), note=""),
        Kpi(
            label=_("What it cost this month"),
            value=words.toman(cost),
            note=_("toman; no price was raised for it"),
        ),
        Kpi(label=_("Cost of one, on average"), value=each, note=_("toman")),
    ]
