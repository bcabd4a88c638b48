"""Lists of refunds and payouts, and one of them with its clock."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from core.errors import Problem
from core.ids import new_spoken_code
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.inquiries.showing import row_of as row_of_inquiry
from dashboard.web.parts import Choice
from dashboard.web.payments.given_back import TransferRow, row_of
from dashboard.web.refunds.forms import PayoutForm
from dashboard.web.refunds.showing import clock_of, fact_lines, part_lines
from payments.enums.refunds import (
    AT_PROVIDER,
    NOT_PAID,
    Destination,
    RefundState,
    TransferKind,
    Waiting,
)
from payments.operations.refunds import ask_payout, run_until_it_waits
from payments.queries.refund_sla import OPEN
from payments.queries.refunds import awaiting_approval, transfer_detail, transfer_rows

_TABS: Final = (
    ("", gettext_lazy("All"), ()),
    ("approve", gettext_lazy("To approve"), (RefundState.AWAITING_APPROVAL,)),
    ("open", gettext_lazy("Being sent"), (RefundState.REQUESTED, *AT_PROVIDER)),
    ("paid", gettext_lazy("Paid"), (RefundState.PAID, RefundState.PARTLY_PAID)),
    ("over", gettext_lazy("Not paid"), NOT_PAID),
)
_OWED: Final = (RefundState.FAILED, RefundState.RETURNED_AFTER_PAID, RefundState.PARTLY_PAID)


@dataclass(frozen=True, kw_only=True)
class TransferPage:
    """A page of refunds or payouts."""

    rows: list[TransferRow]
    next_cursor: str | None


@business_page(*READERS)
def refunds(request: BusinessRequest) -> HttpResponse:
    """List refunds by where they stand and what they wait for."""
    return _list(request, TransferKind.REFUND, "dashboard/refunds/refunds.html")


@business_page(*MANAGERS, scoped=False)
def payouts(request: BusinessRequest) -> HttpResponse:
    """List payouts; ask for a new one, which a second person approves."""
    form = PayoutForm(request.POST if request.method == "POST" else None, initial=_fresh())
    if request.method == "POST" and form.is_valid():
        try:
            payout_id = _pay_out(request, form)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The payout waits for a second person."))
            return redirect("dashboard:refund", request.business.slug, payout_id)
    with acting_for(request.business.id):
        found = _list(request, TransferKind.PAYOUT, "dashboard/refunds/payouts.html", form)
    return refused(found) if form.errors else found


@business_page(*READERS)
def refund(request: BusinessRequest, transfer_id: UUID) -> HttpResponse:
    """Show one refund or payout: its clock, its parts, who decided what."""
    detail = transfer_detail(transfer_id)
    if detail is None:
        raise Http404
    row = detail.row
    may = role_may(request.role, MANAGERS)
    waits = row.state == RefundState.AWAITING_APPROVAL and row.waiting != Waiting.DESTINATION
    before_wire = row.state in {RefundState.AWAITING_APPROVAL, RefundState.REQUESTED}
    held = {Waiting.BALANCE, Waiting.PROVIDER, Waiting.PERSON}
    context = {
        "refund": row_of(row),
        "row": row,
        "clock": clock_of(row),
        "facts": fact_lines(detail),
        "parts": part_lines(detail),
        "inquiries": [row_of_inquiry(one) for one in detail.inquiries] if may else [],
        "can_verify": may and waits and row.destination == Destination.ACCOUNT,
        "payment_href": reverse("dashboard:payment", args=[request.business.slug, row.payment_id])
        if row.payment_id
        else "",
        "expected": words.day(row.expected_at) if row.expected_at and row.state in OPEN else "",
        "is_payout": row.kind == TransferKind.PAYOUT,
        "can_decide": may and waits,
        "own": row.requested_by == str(request.user),
        "can_cancel": may and (before_wire or row.state == RefundState.SUBMITTED),
        "can_retry": may and row.waiting in held and not waits,
        "can_settle": may and row.waiting == Waiting.PERSON,
        "can_pay_again": may and row.state in _OWED and row.payment_id is not None,
        "owed_rial": row.amount_rial - row.paid_rial,
        "number": _fresh()["number"],
    }
    return render(request, "dashboard/refunds/refund.html", context)


def _list(
    request: BusinessRequest, kind: TransferKind, template: str, form: PayoutForm | None = None
) -> HttpResponse:
    asked = request.GET.get("state", "")
    states = next((states for key, _label, states in _TABS if key == asked), ())
    found = page(
        transfer_rows(kind=kind, states=states),
        by="requested_at",
        cursor=request.GET.get("cursor"),
    )
    context = {
        "page": TransferPage(
            rows=[row_of(row) for row in found.rows], next_cursor=found.next_cursor
        ),
        "tabs": [
            Choice(value=key, label=str(label), chosen=key == asked, href=f"?state={key}")
            for key, label, _states in _TABS
        ],
        "waiting": awaiting_approval(),
        "filtered": bool(asked),
        "form": form,
    }
    return render(request, template, context)


def _pay_out(request: BusinessRequest, form: PayoutForm) -> UUID:
    with acting_for(request.business.id, durable=True):
        asked = ask_payout(
            external_id=form.cleaned_data["number"],
            amount_rial=form.cleaned_data["amount"],
            receiver=form.receiver(),
            note=form.cleaned_data["note"],
            by=str(request.user),
            now=request.now,
        )
    run_until_it_waits(business_id=request.business.id, transfer_id=asked.id, now=request.now)
    return asked.id


def _fresh() -> dict[str, str]:
    return {"number": f"out-{new_spoken_code().lower()}"}
