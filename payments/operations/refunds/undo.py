"""A refund that undoes the payment itself on the card's rails, while its window is open.

The reversal is a row of its own and does what reversals do: the purchase, the books, the event.
The refund follows it. Refused or too late, it goes on as new money through the gateway.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import ReversalState
from payments.enums.refunds import RefundState, Waiting
from payments.models import Payment, Reversal, Transfer
from payments.operations.refunds.held import HeldTransfer, hold_transfer
from payments.operations.refunds.plan import Plan, through_gateway
from payments.operations.refunds.schedule import expected_by
from payments.operations.reverse import request_reversal, run_reversal

_LOOK_AGAIN: Final = timedelta(minutes=1)


def step(
    row: Transfer, payment: Payment | None, now: datetime
) -> Callable[[UUID, datetime], None] | None:
    """Ask for the reversal, or go on with it; None when it cannot be asked for any more."""
    if row.reversal_id is None and not _ask(row, payment, now):
        return None
    reversal_id = row.reversal_id
    if reversal_id is None:
        return None

    def talk(business_id: UUID, now: datetime) -> None:
        run_reversal(business_id=business_id, reversal_id=reversal_id, now=now)
        with acting_for(business_id, durable=True):
            _follow(hold_transfer(row.id), Reversal.objects.get(id=reversal_id), now)

    return talk


def _ask(row: Transfer, payment: Payment | None, now: datetime) -> bool:
    try:
        row.reversal_id = request_reversal(
            payment_id=payment.id if payment else row.id,
            by=row.requested_by,
            for_refund=True,
            now=now,
        )
    except Problem as problem:
        row.last_code = problem.code
        row.leased_until = None
        plan = _other_way(row, payment)
        if plan is not None:
            row.route, row.account, row.fee_rial = plan.route, plan.account, 0
            row.next_try_at = now
            return False
        row.waiting, row.next_try_at = Waiting.PERSON, None
        return False
    row.state, row.waiting = RefundState.SUBMITTED, Waiting.ANSWER
    row.submitted_at = now
    return True


def _follow(held: HeldTransfer, reversal: Reversal, now: datetime) -> None:
    row = held.row
    row.leased_until = None
    row.last_code, row.last_message = reversal.last_code, reversal.last_message
    row.last_outcome = reversal.last_outcome
    if row.state != RefundState.SUBMITTED:
        held.save()
    elif reversal.state == ReversalState.RETURNED:
        row.paid_rial, row.undone_at = row.amount_rial, reversal.done_at
        held.paid(now)
        row.confirmed_at = now
        held.move(RefundState.PAID, None, None)
    elif reversal.state == ReversalState.FAILED:
        _refund_instead(held, now)
    else:
        held.move(RefundState.SUBMITTED, Waiting.ANSWER, reversal.next_try_at or now + _LOOK_AGAIN)


def _refund_instead(held: HeldTransfer, now: datetime) -> None:
    row = held.row
    plan = _other_way(row, held.payment)
    if plan is None:
        held.end(RefundState.REJECTED, now)
        return
    row.route, row.account = plan.route, plan.account
    row.submitted_at = None
    row.expected_at = expected_by(plan.route, plan.usually, now)
    held.move(RefundState.REQUESTED, Waiting.PROVIDER, now)


def _other_way(row: Transfer, payment: Payment | None) -> Plan | None:
    if payment is None:
        return None
    try:
        return through_gateway(payment, row.attempt, row.amount_rial, besides=row)
    except Problem:
        return None
