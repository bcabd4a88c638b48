"""A refund whose money stays with the shop as the buyer's store credit (ADR 70).

It is filled in the transaction in which the sale becomes a return. So money and credit together
never exceed what was paid, and neither is there without the other.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums.refunds import RefundState, Waiting
from payments.models import Transfer
from payments.operations.refunds.creditors import NewFilling, fill_credit
from payments.operations.refunds.held import HeldTransfer, hold_transfer


def step(row: Transfer) -> Callable[[UUID, datetime], None]:
    """Fill the credit, the sale becoming a return with it, or refuse it whole."""

    def fill(business_id: UUID, now: datetime) -> None:
        with acting_for(business_id, durable=True):
            held = hold_transfer(row.id)
            if held.row.state != RefundState.REQUESTED:
                return
            try:
                with transaction.atomic():
                    _fill(held, now)
            except Problem as problem:
                _refuse(hold_transfer(row.id), problem, now)

    return fill


def _fill(held: HeldTransfer, now: datetime) -> None:
    row, payment = held.row, held.payment
    if payment is None or payment.purchase_id is None:
        raise ValueError("a refund to store credit is of a sale")
    row.submitted_at = now
    held.move(RefundState.SUBMITTED, Waiting.ANSWER, None)
    held.left(now)
    new = NewFilling(
        transfer_id=row.id,
        purchase_id=payment.purchase_id,
        amount_rial=row.amount_rial,
        reason=str(row.reason),
        by=row.requested_by,
    )
    fill_credit(new, now)
    row.paid_rial = row.amount_rial
    held.paid(now)
    # Nobody can take it back as a bank does: it stays.
    row.confirmed_at = now
    held.move(RefundState.PAID, None, None)


def _refuse(held: HeldTransfer, problem: Problem, now: datetime) -> None:
    row = held.row
    row.submitted_at = now
    row.last_code, row.last_message = problem.code, str(problem.detail)
    held.move(RefundState.SUBMITTED, Waiting.ANSWER, None)
    held.end(RefundState.REJECTED, now)
