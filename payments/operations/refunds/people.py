"""What people do when the wire cannot: cancel, ask again, pay what did not arrive, decide."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from payments.enums.refunds import (
    Destination,
    RefundRoute,
    RefundState,
    TransferKind,
    Waiting,
)
from payments.models import Transfer, TransferPart
from payments.operations.refunds.ask import (
    RefundAsked,
    clean_number,
    fingerprint,
    known,
    write_refund,
)
from payments.operations.refunds.decide import held_or_missing
from payments.operations.refunds.held import HeldTransfer
from payments.operations.refunds.parts import take_in_parts
from payments.operations.refunds.plan import plan_for
from payments.operations.refunds.receiver import Receiver, checked, keep
from payments.providers import product_of
from payments.providers.contract import Evidence, Ordered, Outcome, Part, TransferState

_BEFORE_THE_WIRE = frozenset({RefundState.AWAITING_APPROVAL, RefundState.REQUESTED})
_OWED = frozenset({RefundState.FAILED, RefundState.RETURNED_AFTER_PAID, RefundState.PARTLY_PAID})
_OPEN_PARTS = frozenset({TransferState.PENDING, TransferState.IN_TRANSIT})


@operation
def cancel_transfer(*, transfer_id: UUID, by: str, now: datetime) -> RefundState:
    """Take a refund or payout back: at once before the wire, else the provider is asked.

    Raises NotFound, Problem `not_cancellable`.
    """
    held = held_or_missing(transfer_id)
    row = held.row
    row.last_message = by
    if row.state in _BEFORE_THE_WIRE:
        held.end(RefundState.CANCELLED, now)
    elif row.state == RefundState.SUBMITTED and _cancels(row):
        row.cancel_asked_at, row.next_try_at = now, now
        held.save()
    elif row.state != RefundState.CANCELLED:
        raise Problem(
            "not_cancellable",
            _("The money is on its way or has arrived; it cannot be stopped now."),
            status=HTTPStatus.CONFLICT,
            extra={"status": row.state},
        )
    return RefundState(row.state)


@operation
def try_again(*, transfer_id: UUID, now: datetime) -> bool:
    """Let the worker try once more what waits for money or a person; return whether it did."""
    waiting = Transfer.objects.filter(
        id=transfer_id, waiting__in=[Waiting.PERSON, Waiting.BALANCE, Waiting.PROVIDER]
    )
    return bool(waiting.update(next_try_at=now, doubts=0))


@operation
def verify_destination(*, transfer_id: UUID, now: datetime) -> bool:
    """Ask once more whose account it is; what people said until then stays said."""
    waiting = Transfer.objects.filter(
        id=transfer_id,
        state=RefundState.AWAITING_APPROVAL,
        destination=Destination.ACCOUNT,
    )
    return bool(waiting.update(waiting=Waiting.DESTINATION, next_try_at=now, doubts=0))


@operation
def settle_by_hand(*, transfer_id: UUID, paid: bool, by: str, now: datetime) -> RefundState:
    """Note what a person learned outside: the money arrived, or it never left.

    Raises NotFound, Problem `no_person_needed` while the wire can still tell.
    """
    held = held_or_missing(transfer_id)
    if held.row.waiting != Waiting.PERSON:
        raise Problem(
            "no_person_needed",
            _("The provider is still being asked about this."),
            status=HTTPStatus.CONFLICT,
        )
    held.row.last_message = by
    state = TransferState.PAID if paid else TransferState.FAILED
    if held.row.state == RefundState.REQUESTED:
        held.move(RefundState.SUBMITTED, Waiting.PERSON, None)
    take_in_parts(held, _told_by_hand(held, state), now)
    return RefundState(held.row.state)


@operation
def pay_again(
    *,
    transfer_id: UUID,
    external_id: str,
    destination: str = Destination.SAME_CARD,
    receiver: Receiver | None = None,
    by: str,
    now: datetime,
) -> RefundAsked:
    """Send what a refund did not bring: a new refund, once for each; the sale is undone already.

    Raises NotFound, Problem `nothing_owed` and what asking for a refund raises.
    """
    held = held_or_missing(transfer_id)
    old, payment = held.row, held.payment
    if payment is None or old.state not in _OWED:
        raise Problem(
            "nothing_owed",
            _("Nothing of this is still owed to the customer."),
            status=HTTPStatus.CONFLICT,
            extra={"status": old.state},
        )
    row = _successor(old, external_id, Destination(destination), by, now)
    to = checked(receiver) if row.destination == Destination.ACCOUNT else None
    if to is not None:
        keep(row, to, active_business_id())
    owed = old.amount_rial - old.paid_rial
    row.fingerprint = fingerprint(row, owed, to)
    if earlier := known(row):
        return earlier
    if Transfer.objects.filter(replaces=old).exists():
        raise Problem(
            "already_paid_again",
            _("What was owed of this was asked for again already."),
            status=HTTPStatus.CONFLICT,
        )
    return write_refund(row, plan_for(payment, owed, Destination(destination), now), now)


def _successor(
    old: Transfer,
    external_id: str,
    destination: Destination,
    by: str,
    now: datetime,
) -> Transfer:
    return Transfer(
        id=new_id(),
        kind=TransferKind.REFUND,
        payment=old.payment,
        replaces=old,
        external_id=clean_number(external_id),
        destination=destination,
        reason=old.reason,
        note=old.note,
        records_return=old.records_return,
        undone_at=old.undone_at,
        requested_at=now,
        requested_by=by,
    )


def _told_by_hand(held: HeldTransfer, state: TransferState) -> Ordered:
    known_parts = list(TransferPart.objects.filter(transfer=held.row))
    parts = [
        Part(reference=part.reference, amount_rial=part.amount_rial, state=state)
        for part in known_parts
        if part.state in _OPEN_PARTS
    ]
    rest = held.row.amount_rial - sum(part.amount_rial for part in known_parts)
    if rest:
        parts.append(Part(reference="by hand", amount_rial=rest, state=state))
    return Ordered(outcome=Outcome.OK, evidence=Evidence(asked={}), parts=tuple(parts))


def _cancels(row: Transfer) -> bool:
    product = product_of(row.account.provider) if row.account else None
    if product is None or row.route == RefundRoute.REVERSE:
        return False
    if row.route == RefundRoute.PAYOUT:
        return product.payouts is not None and product.payouts.payouts.cancel
    return product.refunds is not None and product.refunds.refunds.cancel
