"""Collected money that went back: the books are corrected, and the sale with them."""

from datetime import datetime

from core.errors import Problem
from customers.operations import record_return
from outbox.operations import publish
from payments.enums import AlertKind, BookAccount, PaymentState
from payments.enums.debits import DebitState
from payments.events import DebitReturned, PaymentReversed
from payments.models import Debit, DebitAttempt, Payment
from payments.operations.alerts import raise_alert
from payments.operations.create import locked, move_payment
from payments.operations.debits.create import end_debit
from payments.operations.journal import post_money
from payments.operations.owed_again import given_back_on, is_owed_again


def bring_back(debit: Debit, attempt: DebitAttempt, *, late: bool, now: datetime) -> None:
    """Undo a collected debit whose row is locked: given back, or taken back `late` by the bank.

    A sale is returned; a receivable is owed again. `refunded_rial` counts our own ways back, which
    the bank does not ask about: what they sent or hold is told to the person who looks.
    """
    if debit.payment_id is None:
        raise ValueError("a collected debit has a payment")
    payment = locked(debit.payment_id)
    end_debit(debit, DebitState.REVERSED_LATE if late else DebitState.REFUNDED, now)
    if payment.state == PaymentState.SETTLED:
        _undo(payment, debit, attempt, now)
    raise_alert(
        kind=AlertKind.CONTRADICTION,
        source_id=debit.id,
        payment_id=payment.id,
        detail={
            "late": late,
            "reference": attempt.reference or "",
            "refunded_rial": payment.refunded_rial,
        },
        now=now,
    )
    event = DebitReturned(
        debit_id=debit.id,
        external_id=debit.external_id,
        mandate_id=debit.mandate_id,
        customer_id=debit.customer_id,
        payment_id=payment.id,
        amount_rial=debit.amount_rial,
        late=late,
        source_kind=debit.source_kind,
        source_id=debit.source_id,
    )
    publish([event], now=now)


def _undo(payment: Payment, debit: Debit, attempt: DebitAttempt, now: datetime) -> None:
    owed = is_owed_again(payment)
    move_payment(payment, PaymentState.REVERSED)
    against = given_back_on(payment, owed_again=owed)
    post_money(
        kind="debit_returned",
        source_id=debit.id,
        lines={
            (BookAccount.PROVIDER, str(attempt.account_id)): -payment.amount_rial,
            against: payment.amount_rial,
        },
        now=now,
    )
    if not owed:
        _return_sale(payment, debit, now)
    event = PaymentReversed(
        payment_id=payment.id,
        external_id=payment.external_id,
        purchase_id=payment.purchase_id,
        amount_rial=payment.amount_rial,
        reason="debit_returned",
    )
    publish([event], now=now)


def _return_sale(payment: Payment, debit: Debit, now: datetime) -> None:
    """Return what the debit paid for, as far as it has not come back already."""
    if payment.purchase_id is None:
        return
    number = f"debit-{debit.id}"
    try:
        record_return(
            purchase_id=payment.purchase_id,
            external_id=number,
            amount_rial=payment.amount_rial,
            source="payment",
            now=now,
        )
    except Problem as problem:
        if problem.code != "return_exceeds_purchase":
            raise
        if problem.extra["left_rial"]:
            record_return(
                purchase_id=payment.purchase_id, external_id=number, source="payment", now=now
            )
