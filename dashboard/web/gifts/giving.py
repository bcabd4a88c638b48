"""Giving a customer something on the spot: at the till and on the customer's page (C078)."""

from collections.abc import Mapping, Sequence
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
from core.errors import Problem
from core.ids import new_id
from core.money import RIAL_PER_TOMAN
from customers.queries.people import customer_view
from dashboard.web import words
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, Whole
from dashboard.web.people import title_of
from loyalty.enums.goodwill import GoodwillKind
from loyalty.operations.goodwill import Giver, What, give_goodwill, take_goodwill_back
from loyalty.queries.benefits import benefits
from loyalty.queries.coupons import given_pools
from loyalty.queries.credit import credit_is_on
from loyalty.queries.goodwill import goodwill_by_id, left_of
from loyalty.queries.goodwill_codes import code_told

_MOST = 1_000_000_000
_PLAIN = (GoodwillKind.POINTS, GoodwillKind.DISCOUNT, GoodwillKind.GIFT_CARD)
# What a refusal is about, where the operation does not name a field itself.
_ABOUT: Final[Mapping[str, str]] = {
    "too_much_at_once": "goodwill_amount",
    "goodwill_used_up": "goodwill_amount",
    "reason_missing": "goodwill_reason",
    "points": "goodwill_amount",
    "amount": "goodwill_amount",
    "thing": "goodwill_what",
    "reason": "goodwill_reason",
}


class GoodwillForm(forms.Form):
    """What, how much, why, and a number of its own so that nothing is given twice."""

    use_required_attribute = False  # at the till it lies within the sale's own form

    goodwill_id = forms.UUIDField(widget=forms.HiddenInput)
    goodwill_what = forms.ChoiceField(label=gettext_lazy("What"))
    goodwill_amount = Whole(
        label=gettext_lazy("How many points, or toman"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=gettext_lazy("Empty for a coupon or service."),
    )
    goodwill_reason = Line(label=gettext_lazy("Why? The customer sees this."), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["goodwill_what"]
        if isinstance(field, forms.ChoiceField):
            field.choices = _choices()

    def what(self) -> What:
        """Return what was chosen."""
        kind, _sep, thing = self.cleaned_data["goodwill_what"].partition(":")
        amount = self.cleaned_data["goodwill_amount"] or 0
        if thing:
            return What(kind=kind, thing_id=UUID(thing))
        if kind == GoodwillKind.POINTS:
            return What(points=amount)
        return What(kind=kind, amount_rial=amount * RIAL_PER_TOMAN)


def may_give(request: BusinessRequest) -> dict[str, Any]:
    """Return the form and what is left, for whoever may give something now; else nothing."""
    left = left_of(request.user.id, request.now) if role_may(request.role, SELLERS) else None
    if left is None:
        return {}
    form = GoodwillForm(initial={"goodwill_id": new_id()}) if left.most_at_once_rial else None
    facts = {
        "left": words.toman(left.rial),
        "of": words.toman(left.of_rial),
        "most": words.toman(left.most_at_once_rial),
        "one": words.toman(left.unit_value_rial),
        "span": left.span.label,
    }
    text = _(
        "Left of %(of)s toman of %(span)s: %(left)s; at once %(most)s. A point is %(one)s toman."
    )
    return {"goodwill_form": form, "goodwill_left": text % facts}


@business_page(*SELLERS)
def goodwill_give(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Give something; refused, what was typed is shown again with what is wrong beside it."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    form = GoodwillForm(request.POST or None, initial={"goodwill_id": new_id()})
    if form.is_valid() and (said := _give(request, person.id, form)):
        messages.success(request, said)
        return redirect("dashboard:customer", request.business.slug, person.id)
    context = {
        "form": form,
        "customer_id": person.id,
        "title": title_of(person.name, person.mobile, person.member_code),
        "left": may_give(request).get("goodwill_left", ""),
    }
    answer = render(request, "dashboard/gifts/give_again.html", context)
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*SELLERS)
def till_goodwill(request: BusinessRequest) -> HttpResponse:
    """Give something to who stands at the till (a part of the till page)."""
    try:
        customer_id = UUID(request.POST.get("customer", ""))
    except ValueError as error:
        raise Http404 from error
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    form = GoodwillForm(request.POST)
    said = _give(request, person.id, form) if form.is_valid() else ""
    context = {**may_give(request), "goodwill_said": said, "goodwill_form": form, "person": person}
    return render(request, "dashboard/gifts/till_give.html", context)


@require_POST
@business_page(*MANAGERS)
def goodwill_back(request: BusinessRequest, goodwill_id: UUID) -> HttpResponse:
    """Take back what was given by mistake."""
    by, actor = str(request.user), request.user
    if goodwill_by_id(goodwill_id) is None:
        raise Http404
    try:
        row = take_goodwill_back(goodwill_id=goodwill_id, actor=actor, by=by, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Taken back: %(what)s") % {"what": row.name})
    return redirect("dashboard:goodwill", request.business.slug)


def _choices() -> Sequence[tuple[str, Any]]:
    """Return points and amounts, then coupons of known worth and services, by name."""
    kinds = (*_PLAIN, GoodwillKind.CREDIT) if credit_is_on() else _PLAIN
    plain = [(str(one), one.label) for one in kinds]
    coupons = [
        (f"{GoodwillKind.COUPON}:{pool.id}", pool.name)
        for pool in given_pools().order_by("name")
        if pool.off_rial or pool.most_rial
    ]
    services = [(f"{GoodwillKind.BENEFIT}:{one.id}", one.name) for one in benefits() if one.is_open]
    groups = [(_("Coupons"), coupons), (_("Services and gift items"), services)]
    return [*plain, *[group for group in groups if group[1]]]


def _give(request: BusinessRequest, customer_id: UUID, form: GoodwillForm) -> str:
    """Return what was given, in words; "" when it was refused, told at the form."""
    typed, giver = form.cleaned_data, Giver(request.user.id, str(request.user))
    try:
        row = give_goodwill(
            customer_id=customer_id,
            what=form.what(),
            reason=typed["goodwill_reason"],
            giver=giver,
            now=request.now,
            goodwill_id=typed["goodwill_id"],
        )
    except Problem as problem:
        about = next(
            (_ABOUT[one] for one in (problem.code, *problem.fields) if one in _ABOUT), None
        )
        form.add_error(about, _refusal(problem))
        return ""
    return _said(row)


def _said(row: Any) -> str:
    if row.kind == GoodwillKind.POINTS:
        return _("%(n)s points given.") % {"n": words.number(row.points)}
    said = _("«%(what)s» given.") % {"what": row.name}
    code = code_told(row)
    if not code:
        return said
    told = _("Code: %(code)s") % {"code": code}
    return f"{said} {told}"


def _refusal(problem: Problem) -> str:
    """Return a refusal with the amount that would have been allowed."""
    said = str(problem.detail)
    most = problem.extra.get("most_rial", problem.extra.get("left_rial"))
    if most is None:
        return said
    allowed = _("At most %(n)s toman.") % {"n": words.toman(most)}
    return f"{said} {allowed}"
