"""Asking for money back: the intent, written down and held against its payment before the wire."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code
from customers.operations import NewReturnLine
from outbox.operations import publish
from payments.enums.refunds import (
    Destination,
    RefundReason,
    RefundState,
    TransferKind,
    Waiting,
)
from payments.events import RefundRequested
from payments.models import Transfer
from payments.operations.create import locked
from payments.operations.refunds.plan import (
    Plan,
    amount_asked,
    kept_line,
    line_kept,
    plan_for,
    returns_goods,
)
from payments.operations.refunds.policy import check_reason, second_person
from payments.operations.refunds.receiver import Receiver, checked, keep
from payments.operations.refunds.schedule import expected_by
from payments.operations.reserve import reserve

_MAX_NUMBER = 200
_MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A refund as it now stands. `repeated`: it was asked for before with the same content."""

    id: UUID
    state: RefundState
    repeated: bool


@operation
def ask_refund(
    *,
    payment_id: UUID,
    external_id: str,
    amount_rial: int | None = None,
    lines: Sequence[NewReturnLine] = (),
    reason: str = RefundReason.CUSTOMER_REQUEST,
    destination: str = Destination.SAME_CARD,
    receiver: Receiver | None = None,
    records_return: bool = True,
    note: str = "",
    by: str,
    now: datetime,
) -> RefundAsked:
    """Write down that money shall go back, once per external_id, and hold it of the payment.

    Nothing is sent here: `run_transfer` does that, now or when it is due. What a payment of a debt
    does to its sale is the debt's to say, not `records_return`'s (`returns_goods`). Raises
    NotFound, Problem `payment_not_refundable`, `refund_exceeds_payment`, `refund_needs_account`,
    `no_payout_account`, `refund_once_only`, `invalid_refund_amount`, `invalid_iban`,
    `instalment_goes_back_whole`, `late_return_needs_reason`,
    `destination_not_offered`, `external_id_conflict`, and those of returning lines.
    """
    payment = locked(payment_id)
    row = Transfer(
        id=new_id(),
        kind=TransferKind.REFUND,
        payment=payment,
        external_id=clean_number(external_id),
        destination=Destination(destination),
        lines=[kept_line(line) for line in lines],
        reason=RefundReason(reason),
        note=normalise(note)[:_MAX_NOTE],
        records_return=returns_goods(payment, asked=records_return),
        requested_at=now,
        requested_by=by,
    )
    if row.destination == Destination.ACCOUNT:
        receiver = checked(receiver)
        keep(row, receiver, active_business_id())
    else:
        receiver = None
    row.fingerprint = fingerprint(row, amount_rial, receiver)
    if earlier := known(row):
        return earlier
    plan = plan_for(
        payment, amount_asked(payment, amount_rial, lines), Destination(destination), now
    )
    return write_refund(row, plan, now)


def write_refund(row: Transfer, plan: Plan, now: datetime) -> RefundAsked:
    """Write a refund that goes the planned way; its payment's row is locked."""
    reserve(plan.payment.id, plan.amount_rial)
    row.attempt, row.account, row.route = plan.attempt, plan.account, plan.route
    row.amount_rial = row.reserved_rial = plan.amount_rial
    row.expected_at = expected_by(plan.route, plan.usually, now)
    lines = [line_kept(line) for line in row.lines]
    needs = second_person(plan.amount_rial, plan.payment, now, lines)
    # What pays again is owed whatever the rules say of a first refund.
    if row.replaces_id is None:
        check_reason(needs, row.note)
    begin(row, needs, now)
    asked = write(row)
    if not asked.repeated:
        publish([requested_event(row)], now=now)
    return asked


def begin(row: Transfer, needs: Waiting | None, now: datetime) -> None:
    """Set a new transfer's first state: a second person, the owner's name, or the wire."""
    row.approvals_needed = 1 if needs else 0
    if row.destination == Destination.ACCOUNT:
        row.state, row.waiting = RefundState.AWAITING_APPROVAL, Waiting.DESTINATION
        row.next_try_at = now
    elif needs:
        row.state, row.waiting = RefundState.AWAITING_APPROVAL, needs
    else:
        row.state, row.approved_at, row.next_try_at = RefundState.REQUESTED, now, now


def write(row: Transfer) -> RefundAsked:
    """Insert a transfer, or return the one somebody wrote under its number a moment ago."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if earlier := known(row):
            return earlier
        raise
    return RefundAsked(row.id, RefundState(row.state), repeated=False)


def known(row: Transfer) -> RefundAsked | None:
    """Return what was asked before under a transfer's number. Raises `external_id_conflict`."""
    earlier = Transfer.objects.filter(kind=row.kind, external_id=row.external_id).first()
    if earlier is None:
        return None
    if earlier.fingerprint != row.fingerprint:
        raise Problem(
            "external_id_conflict",
            _("Another refund or payout with this number and other content exists."),
            status=HTTPStatus.CONFLICT,
            extra={"transfer_id": str(earlier.id)},
        )
    return RefundAsked(earlier.id, RefundState(earlier.state), repeated=True)


def clean_number(external_id: str) -> str:
    """Return a business's own number in normal spelling. Raises `external_id_missing`."""
    number = normalise_code(external_id)[:_MAX_NUMBER]
    if not number:
        detail = _("Give the refund or payout your own number.")
        raise Problem("external_id_missing", detail, fields={"external_id": [detail]})
    return number


def fingerprint(row: Transfer, amount_rial: int | None, receiver: Receiver | None) -> str:
    """Return what tells a repeated request from another one under the same number."""
    said = (
        str(row.payment_id),
        amount_rial,
        row.lines,
        str(row.reason),
        str(row.destination),
        receiver.digest if receiver else "",
        row.records_return,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def requested_event(row: Transfer) -> RefundRequested:
    """Return the event of a new refund."""
    payment = row.payment
    if payment is None:
        raise ValueError("a payout has no payment")
    return RefundRequested(
        refund_id=row.id,
        payment_id=payment.id,
        external_id=row.external_id,
        purchase_id=payment.purchase_id,
        amount_rial=row.amount_rial,
        reason=row.reason,
        awaits_approval=row.state == RefundState.AWAITING_APPROVAL,
    )
