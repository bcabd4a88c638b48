"""What a provider's word does to a refund or payout, under the row locks."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.tenancy import acting_for
from payments.enums import AlertKind
from payments.enums.refunds import RefundRoute, RefundState, Waiting
from payments.models import Transfer
from payments.operations.refunds.held import HeldTransfer, hold_transfer
from payments.operations.refunds.parts import take_in_parts
from payments.operations.refunds.schedule import SHORT_OF_MONEY
from payments.operations.schedule import next_in_doubt
from payments.providers import product_of
from payments.providers.contract import (
    Ordered,
    Outcome,
    PayoutCapabilities,
    RefundCapabilities,
    TransferState,
)

_TAKEN: Final = frozenset({Outcome.OK, Outcome.ALREADY, Outcome.PENDING})
_UNTIL_TOMORROW: Final = timedelta(days=1)
_OPEN: Final = frozenset(
    {
        RefundState.SUBMITTED,
        RefundState.UNKNOWN,
        RefundState.IN_TRANSIT,
        RefundState.PAID,
        RefundState.PARTLY_PAID,
    }
)


def to_order(business_id: UUID, transfer_id: UUID, said: Ordered, now: datetime) -> None:
    """Write down the answer to an order."""
    with acting_for(business_id, durable=True):
        held = _heard(transfer_id, said)
        if held.row.state in _OPEN and said.outcome in _TAKEN:
            take_in_parts(held, said, now)
        elif held.row.state != RefundState.SUBMITTED:
            held.save()
        elif said.no_balance:
            _wait_for_money(held, now)
        elif said.outcome is Outcome.DECLINED:
            held.end(RefundState.REJECTED, now)
        elif said.outcome is Outcome.NOT_ATTEMPTED:
            _try_later(held, said, now)
        else:
            _in_doubt(held, now, mismatch=said.outcome is Outcome.MISMATCH)


def to_question(business_id: UUID, transfer_id: UUID, said: Ordered, now: datetime) -> None:
    """Write down the answer to a question about an order."""
    with acting_for(business_id, durable=True):
        held = _heard(transfer_id, said)
        if held.row.state not in _OPEN:
            held.save()
        elif said.outcome not in _TAKEN:
            _in_doubt(held, now, mismatch=said.outcome is Outcome.MISMATCH)
        elif any(part.state is TransferState.NOT_FOUND for part in said.parts):
            _not_found(held, now)
        else:
            take_in_parts(held, said, now)


def to_cancel(business_id: UUID, transfer_id: UUID, said: Ordered) -> None:
    """Write down the answer to a cancellation; the question that follows tells what it did."""
    with acting_for(business_id, durable=True):
        held = _heard(transfer_id, said)
        if said.outcome in {*_TAKEN, Outcome.DECLINED}:
            held.row.cancel_asked_at = None
        held.save()


def _heard(transfer_id: UUID, said: Ordered) -> HeldTransfer:
    held = hold_transfer(transfer_id)
    row = held.row
    row.leased_until = None
    row.last_outcome = said.outcome
    row.last_code = said.evidence.code
    row.last_message = said.evidence.message
    row.reference = row.reference or said.reference
    return held


def _again(held: HeldTransfer, waiting: Waiting, later: datetime, now: datetime) -> None:
    """Nothing was ordered: order once more later, unless somebody wants it cancelled."""
    if held.row.cancel_asked_at is not None:
        held.end(RefundState.CANCELLED, now)
    else:
        held.move(RefundState.REQUESTED, waiting, later)


def _wait_for_money(held: HeldTransfer, now: datetime) -> None:
    _again(held, Waiting.BALANCE, now + SHORT_OF_MONEY, now)
    held.alert(AlertKind.REFUND_TROUBLE, "no_balance", now)


def _try_later(held: HeldTransfer, said: Ordered, now: datetime) -> None:
    """Nothing reached the provider: give the same order again, patiently."""
    row = held.row
    later = next_in_doubt(row.doubts, now)
    row.doubts += 1
    if later is None:
        held.alert(AlertKind.REFUND_TROUBLE, "not_attempted", now)
    elif said.retry_after is not None:
        later = max(later, now + said.retry_after)
    _again(held, Waiting.PROVIDER, later or now + _UNTIL_TOMORROW, now)


def _in_doubt(held: HeldTransfer, now: datetime, *, mismatch: bool = False) -> None:
    """The order may have been carried out: ask, and in the end call a person; never order again."""
    row = held.row
    later = None if mismatch else next_in_doubt(row.doubts, now)
    row.doubts += 1
    state = RefundState(row.state)
    if state is RefundState.SUBMITTED and not held.has_parts():
        state = RefundState.UNKNOWN
    if later is None:
        held.alert(AlertKind.REFUND_TROUBLE, "mismatch" if mismatch else "unknown", now)
    held.move(state, Waiting.ANSWER if later else Waiting.PERSON, later)


def _not_found(held: HeldTransfer, now: datetime) -> None:
    """Believe it when our key would catch a double, or when the provider is past changing it."""
    row = held.row
    offered = offered_by(row)
    if held.has_parts() or offered is None or row.sent_at is None:
        held.alert(AlertKind.CONTRADICTION, "not_found", now)
        _in_doubt(held, now)
    elif offered.idempotent or now >= row.sent_at + offered.finality:
        _again(held, Waiting.PROVIDER, now, now)
    else:
        row.doubts += 1
        soon = next_in_doubt(min(row.doubts, 4), now) or now
        final = row.sent_at + offered.finality
        held.move(RefundState.UNKNOWN, Waiting.ANSWER, min(soon, final) if soon > now else final)


def offered_by(row: Transfer) -> RefundCapabilities | PayoutCapabilities | None:
    """Return what the provider of a refund or payout offers; None when it no longer does."""
    product = product_of(row.account.provider) if row.account else None
    if product is None:
        return None
    if row.route == RefundRoute.PAYOUT:
        return product.payouts.payouts if product.payouts else None
    return product.refunds.refunds if product.refunds else None
