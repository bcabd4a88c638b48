"""A second person's yes or no. Whoever asked for the money never says yes to it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from payments.enums.refunds import Decision, RefundState, Waiting
from payments.models import Transfer, TransferDecision
from payments.operations.refunds.held import HeldTransfer, hold_transfer


@operation
def decide(
    *, transfer_id: UUID, decision: str, by: str, note: str = "", now: datetime
) -> RefundState:
    """Approve or refuse money that waits; one refusal ends it, enough approvals send it.

    Raises NotFound, Problem `not_awaiting_approval` or `second_person_needed`.
    """
    held = held_or_missing(transfer_id)
    row = held.row
    if row.state != RefundState.AWAITING_APPROVAL or row.waiting == Waiting.DESTINATION:
        raise Problem(
            "not_awaiting_approval",
            _("Nobody is asked to approve this now."),
            status=HTTPStatus.CONFLICT,
            extra={"status": row.state},
        )
    told = Decision(decision)
    _check_person(row, by, told)
    TransferDecision.objects.create(transfer=row, decision=told, by=by, note=note[:500], at=now)
    if told is Decision.REJECT:
        held.end(RefundState.REJECTED, now)
    elif held.approvals() >= row.approvals_needed:
        row.approved_at = now
        held.move(RefundState.REQUESTED, None, now)
    return RefundState(row.state)


def held_or_missing(transfer_id: UUID) -> HeldTransfer:
    """Lock a transfer. Raises NotFound."""
    if not Transfer.objects.filter(id=transfer_id).exists():
        raise NotFound(_("There is no such refund or payout."))
    return hold_transfer(transfer_id)


def _check_person(row: Transfer, by: str, told: Decision) -> None:
    asked_for_it = by == row.requested_by and told is Decision.APPROVE
    if asked_for_it or TransferDecision.objects.filter(transfer=row, by=by).exists():
        raise Problem(
            "second_person_needed",
            _("Another person than you must decide this."),
            status=HTTPStatus.CONFLICT,
        )
