"""Money is here: the one path on which a payment becomes paid, whatever rail it came on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from core.errors import Problem
from customers.operations import NewPurchase, record_purchases
from outbox.operations import publish
from payments.enums import PAYMENT_MOVES, BookAccount, PaymentMethod, PaymentState, check_move
from payments.enums.debits import Collects
from payments.events import PaymentSettled
from payments.models import Payment
from payments.operations.covers.off import spend_covers
from payments.operations.journal import Place, Posting, post_many
from payments.operations.rows import RowMaker, RowWriter
from payments.operations.sale import SOURCE, money_tender, purchase_of

_PAYMENTS: Final = RowMaker(Payment)
_SETTLED: Final = RowWriter(Payment, "state", "settled_at", "purchase", "method")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyIn:
    """What came in for a payment, by which rail and with which proof.

    `place` is where the money now lies in the books: at a provider (party: its account's id) or
    in a bank account. `card_hash` recognises the payer and is never kept.
    """

    method: PaymentMethod
    provider: str
    place: tuple[BookAccount, str]
    reference: str = ""
    masked_pan: str = ""
    card_hash: str = field(default="", repr=False)
    fee_rial: int = 0


Paid = tuple[Payment, MoneyIn]


def take_in(payment: Payment, money: MoneyIn, now: datetime) -> None:
    """Settle a payment whose row is locked: purchase, books and event, in one transaction.

    `money` is worth exactly the payment's amount; whoever calls has compared it.
    """
    take_in_many([(payment, money)], now)


def take_in_many(paid: Sequence[Paid], now: datetime) -> None:
    """Settle many payments as one would be, in the same number of statements.

    A payment that is not in the database yet is written with it. One that collects a receivable
    records no purchase: it pays for the earlier one it names; a prepaid one for none yet.
    """
    _record_all([(p, money) for p, money in paid if p.collects == Collects.SALE], now)
    for payment, money in paid:
        check_move(PAYMENT_MOVES, payment.state, PaymentState.SETTLED)
        payment.state = PaymentState.SETTLED
        payment.settled_at = now
        payment.method = money.method
    _write([payment for payment, _money in paid])
    for payment, _money in paid:
        spend_covers(payment, now)
    post_many([_posting(payment, money) for payment, money in paid], now=now)
    publish([_settled_event(payment, money, now) for payment, money in paid], now=now)


def _write(payments: Sequence[Payment]) -> None:
    fresh = [payment for payment in payments if payment._state.adding]
    _SETTLED.write(payment for payment in payments if not payment._state.adding)
    _PAYMENTS.add(fresh)


def _posting(payment: Payment, money: MoneyIn) -> Posting:
    return Posting(
        kind="payment",
        source_id=payment.id,
        lines={
            money.place: payment.amount_rial - money.fee_rial,
            (BookAccount.FEES, ""): money.fee_rial,
            earned_by(payment): -payment.amount_rial,
        },
    )


def earned_by(payment: Payment) -> Place:
    """Return the account a payment is earned on: sales, what its debtor owed, what is owed now."""
    if payment.collects == Collects.PREPAID:
        return BookAccount.GIFT_CARDS, ""
    if payment.collects == Collects.RECEIVABLE:
        return BookAccount.RECEIVABLE, str(payment.debtor_id)
    return BookAccount.SALES, ""


def _record_all(paid: Sequence[Paid], now: datetime) -> None:
    """Record the purchases of money that is here, whatever the shop's details have become.

    A purchase the shop recorded itself under the same number is the purchase; details that are
    refused by now (a branch that is gone) are left out rather than the money.
    """
    left = list(paid)
    refusals: list[Problem] = []
    for simpler in (_full, _bare, _nameless, _uncovered):
        if left:
            left, refusals = _recorded([(one, simpler(one)) for one in left], now)
    if refusals:
        raise refusals[0]


def _recorded(
    tries: Sequence[tuple[Paid, NewPurchase]], now: datetime
) -> tuple[list[Paid], list[Problem]]:
    """Record purchases; return whose was refused, and why."""
    outcomes = record_purchases(
        purchases=[purchase for _, purchase in tries], source=SOURCE, now=now
    )
    left: list[Paid] = []
    refusals: list[Problem] = []
    for (one, _purchase), outcome in zip(tries, outcomes, strict=True):
        error = outcome.error
        if error is None:
            one[0].purchase_id = outcome.purchase_id
        elif error.code == "purchase_conflict":
            one[0].purchase_id = UUID(error.extra["purchase_id"])
        else:
            logger.warning("purchase of payment %s refused: %s", one[0].id, error.code)
            left.append(one)
            refusals.append(error)
    return left, refusals


def _full(paid: Paid) -> NewPurchase:
    payment, money = paid
    return purchase_of(
        payment,
        method=money.method,
        reference=money.reference,
        masked_pan=money.masked_pan,
        card_hash=money.card_hash,
    )


def _bare(paid: Paid) -> NewPurchase:
    number = f"payment-{paid[0].id}"
    return replace(_full(paid), external_id=number, branch_code=None, employee_code=None)


def _nameless(paid: Paid) -> NewPurchase:
    return replace(_bare(paid), customer=None, lines=())


def _uncovered(paid: Paid) -> NewPurchase:
    """Return the sale of the money alone, where a gift card's part is not to be had any more."""
    payment, money = paid
    alone = replace(_nameless(paid), holds=())
    if not payment.amount_rial:
        return alone
    return replace(alone, tenders=(money_tender(payment, money.method, money.reference),))


def _settled_event(payment: Payment, money: MoneyIn, now: datetime) -> PaymentSettled:
    return PaymentSettled(
        payment_id=payment.id,
        external_id=payment.external_id,
        purchase_id=payment.purchase_id,
        amount_rial=payment.asked_rial,
        covered_rial=payment.covered_rial,
        discount_rial=payment.discount_rial,
        provider=money.provider,
        reference=money.reference or None,
        settled_at=now,
        collects=payment.collects,
    )
