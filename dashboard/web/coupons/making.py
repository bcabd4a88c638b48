"""Offering coupons and stamp cards. Codes of their own are on the page that follows, once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Problem
from core.ids import new_id
from customers.enums import Channel
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.codes_file import codes_file
from dashboard.web.forms import Code, JalaliDay, Line, TomanField, Whole, refusal_to_form
from loyalty.enums import Stacking
from loyalty.operations.coupons import NewCoupons, make_coupons
from loyalty.operations.stamps import NewStampCard, make_stamp_card
from loyalty.queries.coupons import codes_of_pool, pool_by_id
from loyalty.queries.gift_codes import spelled

_CHANNELS = (Channel.TILL, Channel.POS, Channel.WEB)


class CouponsForm(forms.Form):
    """What a coupon takes off, for whom, how often, until when."""

    name = Line(label=gettext_lazy("Name"), max_length=100)
    percent = Whole(label=gettext_lazy("Percent off"), required=False, min_value=1, max_value=100)
    off = TomanField(label=gettext_lazy("Or an amount off, toman"), required=False)
    most = TomanField(label=gettext_lazy("At most, toman"), required=False)
    least_basket = TomanField(label=gettext_lazy("Smallest basket, toman"), required=False)
    category = Line(label=gettext_lazy("Only items of the category"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Only in"), required=False)
    code = Code(
        label=gettext_lazy("One code for everybody"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Like YALDA. Leave it empty to make a code for each."),
    )
    count = Whole(
        label=gettext_lazy("Or how many codes of their own"),
        required=False,
        min_value=0,
        max_value=5_000,
    )
    most_uses = Whole(label=gettext_lazy("Uses in all"), required=False, min_value=1)
    most_each = Whole(label=gettext_lazy("Uses for each customer"), required=False, min_value=1)
    last_day = JalaliDay(
        label=gettext_lazy("Good until the end of"), help_text=gettext_lazy("Like 1406/1/31.")
    )
    stacking = forms.ChoiceField(
        label=gettext_lazy("Together with other coupons"),
        choices=Stacking.choices,
        initial=Stacking.ALONE,
        required=False,
    )
    group = Line(
        label=gettext_lazy("Group"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "Of coupons with the same group only the best for the customer counts."
        ),
    )
    gives_back = forms.BooleanField(
        label=gettext_lazy("Usable again when all of the sale is returned"),
        required=False,
        initial=True,
    )

    # A page that was sent is sent again by who reloads it: these are no new coupons.
    key = forms.UUIDField(required=False, initial=new_id, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        if isinstance(field, forms.ChoiceField):
            everywhere = ("", _("Everywhere"))
            field.choices = [everywhere, *((one.value, one.label) for one in _CHANNELS)]

    def clean(self) -> dict[str, Any]:
        """Demand a last day."""
        data = super().clean() or {}
        if not data.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Coupons need a last day."))
        return data

    def new(self) -> NewCoupons:
        """Return the operation's value."""
        data = self.cleaned_data
        return NewCoupons(
            name=data["name"],
            percent=data["percent"],
            off_rial=data["off"],
            most_rial=data["most"],
            least_basket_rial=data["least_basket"] or 0,
            category=data["category"],
            channel=data["channel"],
            code=data["code"],
            count=data["count"] or 0,
            most_uses=data["most_uses"],
            most_each=data["most_each"],
            last_day=data["last_day"],
            gives_back=data["gives_back"],
            stacking=data["stacking"] or Stacking.ALONE,
            group=data["group"],
            key=data["key"],
        )


class StampCardForm(forms.Form):
    """What is counted, and what a full card gives."""

    name = Line(label=gettext_lazy("Name"), max_length=100)
    category = Line(label=gettext_lazy("Items of the category"), required=False)
    sku = Code(label=gettext_lazy("Or the product (SKU)"), required=False, max_length=200)
    needed = Whole(
        label=gettext_lazy("Stamps for a reward"), min_value=2, max_value=1_000, initial=10
    )
    most = TomanField(label=gettext_lazy("A reward is worth at most, toman"))
    reward_days = Whole(
        label=gettext_lazy("Days a reward is good for"), min_value=1, max_value=730, initial=60
    )


@business_page(*MANAGERS)
def coupons_new(request: BusinessRequest) -> HttpResponse:
    """Offer coupons; codes of their own are told once."""
    form = CouponsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_coupons(new=form.new(), by=str(request.user), now=request.now)
        except Problem as problem:
            if problem.code == "coupons_made":
                messages.error(request, str(problem.detail))
                key = form.cleaned_data["key"]
                return redirect("dashboard:coupon-pool", request.business.slug, key)
            refusal_to_form(form, problem)
        else:
            if not made.codes:
                messages.success(request, _("The coupon is on offer."))
                return redirect("dashboard:coupon-pool", request.business.slug, made.pool_id)
            return _told_once(request, form.cleaned_data["name"], made.pool_id, made.codes)
    answer = render(request, "dashboard/coupons/new.html", {"form": form})
    return refused(answer) if form.errors else answer


@require_POST
@business_page(*MANAGERS)
def coupons_csv(request: BusinessRequest, coupon_pool_id: UUID) -> HttpResponse:
    """Write the codes the page just showed as a file; only those of this pool."""
    pool = pool_by_id(coupon_pool_id)
    if pool is None:
        raise Http404
    try:
        codes = codes_of_pool(pool.id, request.POST.get("codes", "").split())
    except Problem as problem:
        raise Http404 from problem
    return codes_file("coupons.csv", [_("Code"), _("Name")], [(code, pool.name) for code in codes])


@business_page(*MANAGERS)
def stamp_card_new(request: BusinessRequest) -> HttpResponse:
    """Offer a stamp card."""
    form = StampCardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        most = data.pop("most")
        try:
            new = NewStampCard(**data, most_rial=most)
            make_stamp_card(new=new, by=str(request.user), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Purchases from today on count."))
            return redirect("dashboard:coupons", request.business.slug)
    answer = render(request, "dashboard/coupons/stamps.html", {"form": form})
    return refused(answer) if form.errors else answer


def _told_once(
    request: BusinessRequest, name: str, pool_id: UUID, codes: tuple[str, ...]
) -> HttpResponse:
    context = {"pool_id": pool_id, "name": name, "codes": [spelled(code) for code in codes]}
    answer = render(request, "dashboard/coupons/made.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
