"""The till: a keyboard is enough."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import TenderMethod
from customers.queries.people import customer_view
from customers.queries.sales import PurchaseDetail, purchase_detail
from dashboard.web import words
from dashboard.web.access import READERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.payments.history import Fact
from dashboard.web.people import local_mobile, title_of
from dashboard.web.referrals.of_customer import brought_by
from dashboard.web.till.code import till_code
from dashboard.web.till.forms import SaleForm
from dashboard.web.till.holding import basket_of, codes_in
from dashboard.web.till.kept import till_kept, till_worker
from dashboard.web.till.late import till_device, till_late
from dashboard.web.till.late_sales import late_sale_dealt, late_sales
from dashboard.web.till.person import person_context
from dashboard.web.till.sale import sell
from feedback.queries import invitation_url_for
from loyalty.operations.stamps import take_reward
from loyalty.queries.coupon_stacks import stack_of
from loyalty.queries.gift_cards import card_by_code
from loyalty.queries.gift_codes import spelled
from loyalty.queries.rules.presents import presents_of_purchases
from loyalty.queries.wallets import points_for_purchases

__all__ = [
    "late_sale_dealt",
    "late_sales",
    "receipt",
    "till",
    "till_code",
    "till_coupon",
    "till_customer",
    "till_device",
    "till_gift",
    "till_kept",
    "till_late",
    "till_reward",
    "till_worker",
]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the cashier and the customer see after a sale."""

    total_rial: int
    at: datetime
    customer: str
    customer_href: str
    facts: list[Fact]
    survey_url: str
    sale_id: str


@business_page(*SELLERS, scoped=False)
def till(request: BusinessRequest) -> HttpResponse:
    """Show the till; record a sale and go to its receipt."""
    business_id = request.business.id
    with acting_for(business_id):
        if request.method != "POST":
            form = SaleForm(initial={"mobile": _asked_mobile(request)})
            return _page(request, form)
        form = SaleForm(request.POST)
        fits = form.is_valid()
    if fits:
        try:
            purchase_id = sell(business_id, form.cleaned_data, request.now, request.user.pk)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:receipt", request.business.slug, purchase_id)
    with acting_for(business_id):
        return refused(_page(request, form))


@business_page(*SELLERS)
def till_customer(request: BusinessRequest) -> HttpResponse:
    """Show who a typed number is (a part of the till page)."""
    typed = request.GET.get("mobile", ""), request.GET.get("amount", "")
    return render(request, "dashboard/till_customer.html", person_context(request, *typed))


@business_page(*SELLERS)
def till_gift(request: BusinessRequest) -> HttpResponse:
    """Show what is on a gift card (a part of the till page)."""
    code = request.GET.get("gift_code", "").strip()
    context: dict[str, Any] = {}
    if code:
        try:
            context["card"] = card_by_code(code, request.now)
        except Problem as problem:
            context["wrong"] = problem.detail
    return render(request, "dashboard/till_gift.html", context)


@business_page(*SELLERS)
def till_coupon(request: BusinessRequest) -> HttpResponse:
    """Show what coupons take off what is typed (a part of the till page)."""
    form = SaleForm(request.GET)
    context: dict[str, Any] = {}
    form.is_valid()
    data = {"mobile": None, "lines": (), "amount": 0, **form.cleaned_data}
    codes = codes_in(data)
    if codes:
        try:
            context["told"] = stack_of(codes, basket_of(data), request.now)
        except Problem as problem:
            context["wrong"] = problem.detail
    return render(request, "dashboard/till_coupon.html", context)


@require_POST
@business_page(*SELLERS)
def till_reward(request: BusinessRequest) -> HttpResponse:
    """Turn a customer's full stamp card into a coupon, shown once (a part of the till page)."""
    context: dict[str, Any] = {}
    try:
        card_id, customer_id = (UUID(request.POST.get(name, "")) for name in ("card", "customer"))
        made = take_reward(card_id=card_id, customer_id=customer_id, now=request.now)
    except ValueError as error:
        raise Http404 from error
    except Problem as problem:
        context["wrong"] = problem.detail
    else:
        context["code"] = spelled(made.code)
    return render(request, "dashboard/till_reward.html", context)


@business_page(*SELLERS)
def receipt(request: BusinessRequest, purchase_id: UUID) -> HttpResponse:
    """Show the receipt of a sale."""
    detail = purchase_detail(purchase_id)
    if detail is None:
        raise Http404
    return render(request, "dashboard/till_receipt.html", {"receipt": _receipt(detail, request)})


def _page(request: BusinessRequest, form: SaleForm) -> HttpResponse:
    context = {"form": form, "may_read": role_may(request.role, READERS)}
    return render(request, "dashboard/till.html", context)


def _asked_mobile(request: BusinessRequest) -> str:
    """Return the mobile of the customer whose page led here."""
    try:
        person = customer_view(UUID(request.GET.get("customer", "")))
    except ValueError:
        return ""
    return local_mobile(person.mobile) if person else ""


def _receipt(detail: PurchaseDetail, request: BusinessRequest) -> Receipt:
    purchase, person = detail.purchase, detail.purchase.customer
    return Receipt(
        total_rial=purchase.total_rial,
        at=purchase.occurred_at,
        customer=title_of(person.name, person.mobile, person.member_code) if person else "",
        customer_href=reverse("dashboard:customer", args=[request.business.slug, person.id])
        if person
        else "",
        facts=[
            *_paid(detail),
            *_points(purchase.id, request.now),
            *_presents(purchase.id),
            *brought_by(purchase.id),
        ],
        survey_url=invitation_url_for(purchase.id, request.now) or "",
        sale_id=purchase.external_id,
    )


def _paid(detail: PurchaseDetail) -> list[Fact]:
    amount = _("%(amount)s toman")
    return [
        Fact(
            label=str(TenderMethod(tender.method).label),
            text=amount % {"amount": words.toman(tender.amount_rial)},
        )
        for tender in detail.tenders
    ]


def _points(purchase_id: UUID, now: datetime) -> list[Fact]:
    earned: Any = points_for_purchases([purchase_id], now).get(purchase_id)
    if earned is None:
        return []
    value = _("%(n)s points, worth %(amount)s toman")
    return [
        Fact(label=_("Points earned"), text=words.signed(earned.earned), tone="good"),
        Fact(
            label=_("Balance"),
            text=value
            % {"n": words.number(earned.balance), "amount": words.toman(earned.value_rial)},
        ),
    ]


# Never broken at the end of a line.
_HYPHEN: Final = "\u2011"


def _presents(purchase_id: UUID) -> list[Fact]:
    """Return what rules gave besides points, with the codes the buyer takes along."""
    facts = []
    for one in presents_of_purchases([purchase_id]).get(purchase_id, ()):
        facts.append(Fact(label=str(one.effect.label), text=one.sentence, tone="good"))
        if one.code:
            facts.append(Fact(label=_("Its code"), text=words.code(one.code.replace("-", _HYPHEN))))
    return facts
