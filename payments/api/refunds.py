"""Refunds and payouts over HTTP."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from payments.api.refund_bodies import (
    DecisionIn,
    PayAgainIn,
    PayoutIn,
    RefundIn,
    RefundPreviewIn,
    RefundPreviewOut,
    TransferOut,
)
from payments.api.refund_views import preview_document, transfer_document
from payments.enums.refunds import Decision, RefundState, TransferKind
from payments.operations.refunds import (
    ask_payout,
    ask_refund,
    cancel_transfer,
    decide,
    pay_again,
    preview_refund,
    run_until_it_waits,
    try_again,
    verify_destination,
)
from payments.queries import payment_by_id
from payments.queries.refunds import TransferDetail, transfer_detail, transfer_rows


class RefundPreviews(Endpoint):
    """POST tells what a refund would do, and changes nothing."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_READ}
    body: ClassVar = {"POST": RefundPreviewIn}
    answer: ClassVar = {"POST": RefundPreviewOut}

    def post(self, call: Call, body: RefundPreviewIn, payment_id: UUID) -> Reply:
        """Preview: money, way, fee, day, lines, points."""
        told = preview_refund(
            payment_id=payment_id,
            amount_rial=body.amount,
            lines=[line.new() for line in body.lines],
            destination=body.destination,
            records_return=body.record_return,
            now=call.now,
        )
        return Reply(preview_document(told))


class PaymentRefunds(Endpoint):
    """POST gives money of a payment back, GET lists what was asked."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    body: ClassVar = {"POST": RefundIn}
    answer: ClassVar = {"POST": TransferOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: RefundIn, payment_id: UUID) -> Reply:
        """Ask once per external_id; 201, or 200 when it was asked before."""
        with acting_for(call.business_id, durable=True):
            asked = ask_refund(
                payment_id=payment_id,
                external_id=body.external_id,
                amount_rial=body.amount,
                lines=[line.new() for line in body.lines],
                reason=body.reason,
                destination=body.destination,
                receiver=body.account.receiver() if body.account else None,
                records_return=body.record_return,
                note=body.note,
                by=who(call),
                now=call.now,
            )
        return _run(call, asked.id, repeated=asked.repeated)

    def get(self, call: Call, payment_id: UUID) -> Reply:
        """List a payment's refunds, newest first."""
        if payment_by_id(payment_id) is None:
            raise NotFound(_("There is no such payment."))
        return _page(call, TransferKind.REFUND, payment_id=payment_id)


class Transfers(Endpoint):
    """GET the latest ones, filtered by state."""

    kind: ClassVar = TransferKind.REFUND
    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", **FILTERS}

    def get(self, call: Call) -> Reply:
        """List, newest first."""
        return _page(call, self.kind)


class Payouts(Transfers):
    """POST sends money to an account, GET lists."""

    kind: ClassVar = TransferKind.PAYOUT
    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    body: ClassVar = {"POST": PayoutIn}
    answer: ClassVar = {"POST": TransferOut}
    answer_status: ClassVar = {"POST": 201}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: PayoutIn) -> Reply:
        """Ask for a payout; it waits for a second person."""
        with acting_for(call.business_id, durable=True):
            asked = ask_payout(
                external_id=body.external_id,
                amount_rial=body.amount,
                receiver=body.account.receiver(),
                note=body.note,
                by=who(call),
                now=call.now,
            )
        return _run(call, asked.id, repeated=asked.repeated)


class TransferItem(Endpoint):
    """GET one with its parts and decisions."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": TransferOut}

    def get(self, call: Call, transfer_id: UUID) -> Reply:
        """Return the refund or payout as it stands."""
        del call
        return Reply(transfer_document(_found(transfer_id)))


class _Decided(Endpoint):
    """One decision of a second person."""

    decision: ClassVar[Decision]
    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": DecisionIn}
    answer: ClassVar = {"POST": TransferOut}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: DecisionIn, transfer_id: UUID) -> Reply:
        """Say it; whoever asked for the money cannot approve it."""
        return _act(
            call,
            transfer_id,
            lambda: decide(
                transfer_id=transfer_id,
                decision=self.decision,
                by=who(call),
                note=body.note,
                now=call.now,
            ),
        )


class TransferApproval(_Decided):
    """POST approves."""

    decision: ClassVar = Decision.APPROVE


class TransferRejection(_Decided):
    """POST refuses."""

    decision: ClassVar = Decision.REJECT


class TransferCancellation(Endpoint):
    """POST takes it back while it has not left."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": TransferOut}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, transfer_id: UUID) -> Reply:
        """Cancel."""
        return _act(
            call,
            transfer_id,
            lambda: cancel_transfer(transfer_id=transfer_id, by=who(call), now=call.now),
        )


class TransferRetry(Endpoint):
    """POST tries again at once what waits for money, the provider or a person."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": TransferOut}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, transfer_id: UUID) -> Reply:
        """Try again; an order that may have been given is asked about, never given twice."""
        return _act(call, transfer_id, lambda: try_again(transfer_id=transfer_id, now=call.now))


class RefundDestination(Endpoint):
    """POST asks once more whose account it is."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": TransferOut}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, transfer_id: UUID) -> Reply:
        """Verify the destination of what waits for approval."""
        return _act(
            call, transfer_id, lambda: verify_destination(transfer_id=transfer_id, now=call.now)
        )


class RefundPaidAgain(Endpoint):
    """POST sends what did not arrive."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": PayAgainIn}
    answer: ClassVar = {"POST": TransferOut}
    answer_status: ClassVar = {"POST": 201}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: PayAgainIn, transfer_id: UUID) -> Reply:
        """Ask for a successor, once."""
        with acting_for(call.business_id, durable=True):
            asked = pay_again(
                transfer_id=transfer_id,
                external_id=body.external_id,
                destination=body.destination,
                receiver=body.account.receiver() if body.account else None,
                by=who(call),
                now=call.now,
            )
        return _run(call, asked.id, repeated=asked.repeated)


def who(call: Call) -> str:
    """Return the caller as decisions name them."""
    return f"api_key:{call.key_id}"


def _act(call: Call, transfer_id: UUID, act: Callable[[], object]) -> Reply:
    with acting_for(call.business_id, durable=True):
        _found(transfer_id)
        act()
    return _run(call, transfer_id, repeated=True)


def _run(call: Call, transfer_id: UUID, *, repeated: bool) -> Reply:
    """Do what can be done at once, outside any transaction, and show how it stands."""
    run_until_it_waits(business_id=call.business_id, transfer_id=transfer_id, now=call.now)
    with acting_for(call.business_id):
        document = transfer_document(_found(transfer_id))
    return Reply(document, HTTPStatus.OK if repeated else HTTPStatus.CREATED)


def _found(transfer_id: UUID) -> TransferDetail:
    detail = transfer_detail(transfer_id)
    if detail is None:
        raise NotFound(_("There is no such refund or payout."))
    return detail


def _page(call: Call, kind: TransferKind, payment_id: UUID | None = None) -> Reply:
    state = call.query.get("status", "")
    if state and state not in RefundState.values:
        raise Problem("invalid_status", _("This value is not one of the choices."))
    found = page(
        transfer_rows(kind=kind, states=[state] if state else [], payment_id=payment_id),
        by="requested_at",
        cursor=call.query.get("cursor"),
        limit=asked_limit(call.query.get("limit")),
    )
    data: list[dict[str, Any]] = [
        transfer_document(TransferDetail(row=row, parts=[], decisions=[], inquiries=[]), short=True)
        for row in found.rows
    ]
    return Reply({"data": data, "next_cursor": found.next_cursor})
