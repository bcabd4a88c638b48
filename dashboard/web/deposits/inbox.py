"""Deposits and the one-click decisions about those that wait."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import NotFound, Problem
from customers.queries import customer_view, find_customer
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.deposits.tabs import deposit_tabs
from dashboard.web.forms import Code, Line, TomanField, refusal_to_form
from dashboard.web.inquiries.about import asked_about
from dashboard.web.parts import Choice
from dashboard.web.payments.history import Fact
from dashboard.web.payments.titles import title_of_payment
from dashboard.web.people import title_of
from payments.enums.deposits import (
    WAITING,
    DepositReason,
    DepositState,
    ReturnState,
    ReturnWay,
)
from payments.enums.inquiries import InquiryPurpose
from payments.operations.deposits import (
    Part,
    Rest,
    accept_deposit,
    fail_return,
    finish_return,
    ignore_deposit,
    return_deposit,
    split_deposit,
)
from payments.queries import payment_rows
from payments.queries.deposits import (
    DepositDetail,
    deposit_detail,
    deposit_rows,
    open_payments,
    waiting_sum,
)

_TONES: Final[dict[DepositState, str]] = {
    DepositState.CONFIRMED: "chip-good",
    DepositState.UNMATCHED: "chip-amber",
    DepositState.SUSPICIOUS: "chip-bad",
    DepositState.RETURN_FAILED: "chip-bad",
    DepositState.RETURNING: "chip-amber",
    DepositState.AWAITING_CONFIRM: "chip-amber",
}
_TABS: Final = ("open", "confirmed", "returned", "")


@dataclass(frozen=True, kw_only=True)
class DepositLine:
    """A deposit in the list and at the head of its page."""

    id: UUID
    amount_rial: int
    open_rial: int
    state: str
    tone: str
    reason: str
    sender: str
    identifier: str
    account: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DepositPage:
    """A page of deposits."""

    rows: list[DepositLine]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something a click could do: take the deposit for a payment or a customer."""

    label: str
    detail: str
    payment_id: str = ""
    customer_id: str = ""


class TakeForm(forms.Form):
    """Whom a deposit is for, as a person would say it."""

    order = Code(label=gettext_lazy("Order number"), max_length=200, required=False)
    customer = Code(
        label=gettext_lazy("Customer's mobile or member code"), max_length=60, required=False
    )
    amount = TomanField(
        label=gettext_lazy("Only a part of it, toman"),
        required=False,
        help_text=gettext_lazy("To divide it, take one part after another."),
    )
    rest = forms.ChoiceField(
        label=gettext_lazy("What is too much"),
        choices=(
            (Rest.KEEP, gettext_lazy("stays here for another decision")),
            (Rest.RETURN, gettext_lazy("goes back to where it came from")),
        ),
        required=False,
    )
    # What an offer names.
    payment_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    customer_id = forms.UUIDField(widget=forms.HiddenInput, required=False)


class NoteForm(forms.Form):
    """Why."""

    note = Line(label=gettext_lazy("Why"), max_length=200, required=False)


@business_page(*READERS)
def deposits(request: BusinessRequest) -> HttpResponse:
    """List deposits; those that wait for a person first."""
    asked = request.GET.get("state", "open")
    state = asked if asked in _TABS else "open"
    found = page(deposit_rows(state=state), by="at", cursor=request.GET.get("cursor"))
    waiting, total = waiting_sum()
    labels = (_("Waiting"), _("Taken"), _("Sent back"), _("All"))
    context = {
        "tabs": deposit_tabs(request, "deposits"),
        "states": [
            Choice(value=value, label=label, chosen=value == state, href=f"?state={value}")
            for value, label in zip(_TABS, labels, strict=True)
        ],
        "page": DepositPage(
            rows=[line_of(row) for row in found.rows], next_cursor=found.next_cursor
        ),
        "waiting": waiting,
        "waiting_rial": total,
        "calm": state == "open",
    }
    return render(request, "dashboard/deposits/inbox.html", context)


@business_page(*READERS)
def deposit(request: BusinessRequest, deposit_id: UUID) -> HttpResponse:
    """Show one deposit: what the bank said, what is suggested, what was decided."""
    detail = deposit_detail(deposit_id)
    if detail is None:
        raise Http404
    return _page(request, detail, TakeForm())


def _page(request: BusinessRequest, detail: DepositDetail, form: TakeForm) -> HttpResponse:
    decides = detail.deposit.state in WAITING and role_may(request.role, MANAGERS)
    context = {
        "deposit": line_of(detail.deposit),
        "facts": _facts(detail),
        "parts": _parts(detail, request.business.slug),
        "returns": [_back(row) for row in detail.returns],
        "offers": _offers(detail) if decides else [],
        "form": form if decides else None,
        "note": NoteForm() if decides else None,
        "may": role_may(request.role, MANAGERS),
        "asked": asked_about(request, InquiryPurpose.DEPOSIT_SOURCE, detail.deposit.id),
    }
    return render(request, "dashboard/deposits/deposit.html", context)


@require_POST
@business_page(*MANAGERS)
def deposit_decide(request: BusinessRequest, deposit_id: UUID) -> HttpResponse:
    """Carry a decision out and come back to the deposit."""
    act = _ACTIONS.get(request.POST.get("action", ""))
    detail = deposit_detail(deposit_id)
    if act is None or detail is None:
        raise Http404
    try:
        act(request, deposit_id)
    except Problem as problem:
        if act is _take and "order" in request.POST:
            return _typed_again(request, detail, problem)
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Done."))
    return redirect("dashboard:deposit", request.business.slug, deposit_id)


def _typed_again(request: BusinessRequest, detail: DepositDetail, problem: Problem) -> HttpResponse:
    """Show the page with what was typed and what is wrong with it."""
    form = TakeForm(request.POST)
    if form.is_valid():
        refusal_to_form(form, problem)
    return refused(_page(request, detail, form))


def _take(request: BusinessRequest, deposit_id: UUID) -> None:
    form = TakeForm(request.POST)
    if not form.is_valid():
        raise Problem("invalid_form", str(next(iter(form.errors.values()))[0]))
    said = form.cleaned_data
    payment = said["payment_id"] or _order(said["order"])
    customer = said["customer_id"] or _customer(said["customer"])
    asked = {
        "deposit_id": deposit_id,
        "rest": Rest(said["rest"] or Rest.KEEP),
        "by": str(request.user),
        "actor": request.user,
        "now": request.now,
    }
    if said["amount"] is None:
        accept_deposit(payment_id=payment, customer_id=customer, **asked)
    elif bool(payment) is bool(customer):
        detail = _("Say for a part either an order or a customer.")
        raise Problem("invalid_form", detail, about="amount")
    else:
        part = Part(amount_rial=said["amount"], payment_id=payment, customer_id=customer)
        split_deposit(parts=[part], **asked)


def _send_back(request: BusinessRequest, deposit_id: UUID) -> None:
    return_deposit(
        deposit_id=deposit_id,
        note=request.POST.get("note", ""),
        by=str(request.user),
        actor=request.user,
        now=request.now,
    )


def _put_aside(request: BusinessRequest, deposit_id: UUID) -> None:
    ignore_deposit(
        deposit_id=deposit_id,
        note=request.POST.get("note", ""),
        by=str(request.user),
        actor=request.user,
        now=request.now,
    )


def _end_return(request: BusinessRequest, deposit_id: UUID) -> None:
    detail = deposit_detail(deposit_id)
    live = [row for row in detail.returns if row.state == ReturnState.ORDERED] if detail else []
    if not live:
        raise NotFound(_("There is no such return."))
    who = {"by": str(request.user), "actor": request.user, "now": request.now}
    if request.POST.get("failed"):
        fail_return(return_id=live[0].id, **who)
    else:
        reference = request.POST.get("bank_reference", "")
        finish_return(return_id=live[0].id, bank_reference=reference, **who)


_ACTIONS: Final[dict[str, Callable[[BusinessRequest, UUID], None]]] = {
    "take": _take,
    "return": _send_back,
    "ignore": _put_aside,
    "end": _end_return,
}


def line_of(row: Any) -> DepositLine:
    """Return a deposit as shown."""
    state, heard = DepositState(row.state), row.row
    return DepositLine(
        id=row.id,
        amount_rial=row.amount_rial,
        open_rial=row.open_rial,
        state=str(state.label),
        tone=_TONES.get(state, ""),
        reason=str(DepositReason(row.reason).label) if row.reason else "",
        sender=heard.source_name or words.code(heard.source_iban),
        identifier=words.code(heard.identifier),
        account=row.account.title,
        at=row.at,
    )


def _order(number: str) -> UUID | None:
    if not number:
        return None
    found = payment_rows().filter(external_id=number).first()
    if found is None:
        raise Problem("unknown_order", _("There is no such payment."), about="order")
    return UUID(str(found.id))


def _customer(said: str) -> UUID | None:
    if not said:
        return None
    found = find_customer(mobile=said) or find_customer(member_code=said, external_id=said)
    if found is None:
        raise Problem("unknown_customer", _("There is no such customer."), about="customer")
    return found


def _facts(detail: DepositDetail) -> list[Fact]:
    row = detail.deposit.row
    told = [
        (_("Came"), words.moment(row.at)),
        (_("Bank account"), detail.deposit.account.title),
        (_("Identifier"), words.code(row.identifier)),
        (_("From"), row.source_name),
        (_("From IBAN"), words.code(row.source_iban)),
        (_("Bank's reference"), words.code(row.bank_reference or row.provider_reference)),
        (_("Description"), row.description),
        (_("Heard by"), str(row.get_source_display())),
        (_("Decided by"), detail.deposit.resolved_by),
    ]
    return [Fact(label=label, text=text) for label, text in told if text]


def _parts(detail: DepositDetail, slug: str) -> list[Fact]:
    return [
        Fact(
            label=title_of_payment(one.payment),
            text=f"{words.toman(one.amount_rial)} · {one.get_state_display()}",
            href=reverse("dashboard:payment", args=[slug, one.payment_id]),
        )
        for one in detail.parts
    ]


def _back(row: Any) -> dict[str, Any]:
    return {
        "amount_rial": row.amount_rial,
        "state": row.get_state_display(),
        "way": row.get_way_display(),
        "iban": words.code(row.to_iban),
        "note": row.note,
        "by": row.ordered_by,
        "at": row.ordered_at,
        "reference": words.code(row.bank_reference),
        "open": row.state == ReturnState.ORDERED and row.way == ReturnWay.BY_HAND,
    }


def _offers(detail: DepositDetail) -> list[Offer]:
    """Return what the weak signs suggest, for a person to judge."""
    hints = detail.deposit.hints
    payments = [hints["payment_id"]] if hints.get("payment_id") else hints.get("payment_ids", [])
    people = [hints["customer_id"]] if hints.get("customer_id") else hints.get("customer_ids", [])
    offers = [
        Offer(
            label=_("Take it for order %(n)s") % {"n": title_of_payment(one)},
            detail=_("%(amount)s toman") % {"amount": words.toman(one.amount_rial)},
            payment_id=str(one.id),
        )
        for one in open_payments(payments)
    ]
    for customer_id in people:
        person = customer_view(UUID(customer_id))
        if person is not None:
            name = title_of(person.name, person.mobile, person.member_code)
            offers.append(
                Offer(
                    label=_("Take it for %(name)s") % {"name": name},
                    detail=_("as a purchase of its own"),
                    customer_id=customer_id,
                )
            )
    return offers
