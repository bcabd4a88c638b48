"""A refund or payout whose row is locked, its payment's before it, and what may be done to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outbox.operations import publish
from payments.enums import AlertKind, check_move
from payments.enums.debits import Collects
from payments.enums.refunds import REFUND_MOVES, Decision, RefundState, Waiting
from payments.events import RefundFailed, RefundPaid, RefundReturned
from payments.models import Payment, Transfer, TransferDecision, TransferPart
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.create import locked
from payments.operations.instalments import reopen_instalment, reopen_late_fee
from payments.operations.refunds.returned import undo_sale
from payments.operations.refunds.schedule import next_while_paid
from payments.operations.reserve import release


@dataclass(slots=True)
class HeldTransfer:
    """A locked transfer. Every change of its state goes through here."""

    row: Transfer
    payment: Payment | None

    def save(self) -> None:
        """Write the row."""
        self.row.save()

    def has_parts(self) -> bool:
        """Tell whether the provider ever told us of transfers of this order."""
        return TransferPart.objects.filter(transfer=self.row).exists()

    def approvals(self) -> int:
        """Count the people who said yes."""
        said = TransferDecision.objects.filter(transfer=self.row, decision=Decision.APPROVE)
        return said.count()

    def move(
        self, state: RefundState, waiting: Waiting | None, next_try_at: datetime | None
    ) -> None:
        """Write the next state, why it waits and when to look again."""
        check_move(REFUND_MOVES, self.row.state, state)
        self.row.state, self.row.waiting = state, waiting or ""
        self.row.next_try_at, self.row.leased_until = next_try_at, None
        self.save()

    def left(self, now: datetime) -> None:
        """Money has left: from here on the sale counts as returned or a debt as unpaid, once."""
        row, payment = self.row, self.payment
        if row.undone_at is not None or payment is None:
            return
        if row.records_return:
            row.undone_at = now
            undo_sale(row, payment, now)
        elif payment.collects == Collects.RECEIVABLE:
            row.undone_at = now
            reopen_instalment(payment_id=payment.id, now=now)
            reopen_late_fee(payment_id=payment.id)

    def paid(self, now: datetime) -> None:
        """All of it, or all that will, has arrived."""
        row = self.row
        whole = row.paid_rial == row.amount_rial
        row.doubts = 0
        row.paid_at = row.paid_at or now
        self._free_the_rest()
        state = RefundState.PAID if whole else RefundState.PARTLY_PAID
        before = RefundState(row.state)
        self.move(state, None, next_while_paid(row.paid_at, now))
        if before is not state:
            self._tell_paid(now, some_came_back=before is RefundState.PAID)

    def _tell_paid(self, now: datetime, *, some_came_back: bool) -> None:
        whole = self.row.state == RefundState.PAID
        if whole:
            settle_alerts(kind=AlertKind.REFUND_TROUBLE, source_id=self.row.id, now=now)
        elif some_came_back:
            self.alert(AlertKind.REFUND_RETURNED, "partly_paid", now)
        else:
            self.alert(AlertKind.REFUND_TROUBLE, "partly_paid", now)
        if self.payment is None:
            return
        told = self._returned_event if some_came_back else self._paid_event
        publish([told(self.payment)], now=now)

    def end(self, state: RefundState, now: datetime) -> None:
        """Nothing of it is paid, and nothing will be: its payment may be given back anew."""
        row = self.row
        row.ended_at, row.cancel_asked_at = now, None
        self._free_the_rest()
        self.move(state, None, None)
        if state is RefundState.RETURNED_AFTER_PAID:
            self.alert(AlertKind.REFUND_RETURNED, state, now)
        elif state is not RefundState.CANCELLED:
            self.alert(AlertKind.REFUND_TROUBLE, state, now)
        if self.payment is not None:
            publish([self._end_event(self.payment, state)], now=now)

    def alert(self, kind: AlertKind, what: str, now: datetime) -> None:
        """Call a person."""
        row = self.row
        detail = {
            "transfer_id": str(row.id),
            "number": row.external_id,
            "amount_rial": row.amount_rial,
            "what": str(what),
            "code": row.last_code,
        }
        payment_id = self.payment.id if self.payment else None
        raise_alert(kind=kind, source_id=row.id, payment_id=payment_id, detail=detail, now=now)

    def _free_the_rest(self) -> None:
        row = self.row
        if self.payment is not None and row.reserved_rial > row.paid_rial:
            release(self.payment.id, row.reserved_rial - row.paid_rial)
            row.reserved_rial = row.paid_rial

    def _paid_event(self, payment: Payment) -> RefundPaid:
        row = self.row
        return RefundPaid(
            refund_id=row.id,
            payment_id=payment.id,
            external_id=row.external_id,
            purchase_id=payment.purchase_id,
            amount_rial=row.amount_rial,
            paid_rial=row.paid_rial,
            paid_at=row.paid_at or row.requested_at,
        )

    def _end_event(self, payment: Payment, state: RefundState) -> RefundFailed | RefundReturned:
        row = self.row
        if state is RefundState.RETURNED_AFTER_PAID:
            return self._returned_event(payment)
        return RefundFailed(
            refund_id=row.id,
            payment_id=payment.id,
            external_id=row.external_id,
            purchase_id=payment.purchase_id,
            amount_rial=row.amount_rial,
            state=state,
            code=row.last_code,
        )

    def _returned_event(self, payment: Payment) -> RefundReturned:
        row = self.row
        return RefundReturned(
            refund_id=row.id,
            payment_id=payment.id,
            external_id=row.external_id,
            purchase_id=payment.purchase_id,
            amount_rial=row.amount_rial,
            owed_rial=row.amount_rial - row.paid_rial,
        )


def hold_transfer(transfer_id: UUID) -> HeldTransfer:
    """Lock a transfer, after the payment it belongs to. Raises Transfer.DoesNotExist."""
    payment_id = Transfer.objects.only("payment_id").get(id=transfer_id).payment_id
    payment = locked(payment_id) if payment_id is not None else None
    rows = Transfer.objects.select_for_update(of=("self",))
    row = rows.select_related("account", "attempt__account").get(id=transfer_id)
    row.payment = payment
    return HeldTransfer(row, payment)
