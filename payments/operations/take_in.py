"""Money is here: the one path on which a payment becomes paid, whatever rail it came on."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from customers.operations import record_purchases
from outbox.operations import publish
from payments.enums import BookAccount, PaymentMethod, PaymentState
from payments.events import PaymentSettled
from payments.models import Payment
from payments.operations.create import move_payment
from payments.operations.journal import post_money
from payments.operations.sale import SOURCE, purchase_of

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


def take_in(payment: Payment, money: MoneyIn, now: datetime) -> None:
    """Settle a payment whose row is locked: purchase, books and event, in one transaction.

    `money` is worth exactly the payment's amount; whoever calls has compared it.
    """
    payment.settled_at = now
    payment.method = money.method
    payment.purchase_id = _record(payment, money, now)
    payment.save(update_fields=["method"])
    move_payment(payment, PaymentState.SETTLED)
    post_money(
        kind="payment",
        source_id=payment.id,
        lines={
            money.place: payment.amount_rial - money.fee_rial,
            (BookAccount.FEES, ""): money.fee_rial,
            (BookAccount.SALES, ""): -payment.amount_rial,
        },
        now=now,
    )
    publish([_settled_event(payment, money, now)], now=now)


def _record(payment: Payment, money: MoneyIn, now: datetime) -> UUID | None:
    """Record the purchase of money that is here, whatever the shop's details have become.

    A purchase the shop recorded itself under the same number is the purchase; details that are
    refused by now (a branch that is gone) are left out rather than the money.
    """
    full = purchase_of(
        payment,
        method=money.method,
        reference=money.reference,
        masked_pan=money.masked_pan,
        card_hash=money.card_hash,
    )
    bare = replace(full, external_id=f"payment-{payment.id}", branch_code=None, employee_code=None)
    for purchase in (full, bare, replace(bare, customer=None, lines=())):
        (outcome,) = record_purchases(purchases=[purchase], source=SOURCE, now=now)
        if outcome.error is None:
            return outcome.purchase_id
        if outcome.error.code == "purchase_conflict":
            return UUID(outcome.error.extra["purchase_id"])
        refusal = outcome.error
        logger.warning("purchase of payment %s refused: %s", payment.id, refusal.code)
    raise refusal


def _settled_event(payment: Payment, money: MoneyIn, now: datetime) -> PaymentSettled:
    return PaymentSettled(
        payment_id=payment.id,
        external_id=payment.external_id,
        purchase_id=payment.purchase_id,
        amount_rial=payment.amount_rial,
        provider=money.provider,
        reference=money.reference or None,
        settled_at=now,
    )
