"""What this app announces."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentSettled(DomainEvent):
    """A payment was confirmed by its provider and its purchase recorded, in one transaction.

    One that `collects` a receivable belongs to an earlier purchase and is no new sale. Of the
    amount, gift cards covered `covered_rial` and a coupon took off `discount_rial`; the rest came
    as money.
    """

    name: ClassVar[str] = "payment.settled"

    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    provider: str
    reference: str | None
    settled_at: datetime
    collects: str = "sale"
    covered_rial: int = 0
    discount_rial: int = 0


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(DomainEvent):
    """A try ended without money, or a payment ended unpaid.

    `final` tells whether the payment itself is over; else the customer may try again.
    """

    name: ClassVar[str] = "payment.failed"

    payment_id: UUID
    external_id: str
    amount_rial: int
    reason: str
    final: bool


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(DomainEvent):
    """The whole money of a payment went back to the card it came from."""

    name: ClassVar[str] = "payment.reversed"

    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CheckoutAbandoned(DomainEvent):
    """A buyer left a payment or a cart, and the time for a reminder came."""

    name: ClassVar[str] = "checkout.abandoned"

    payment_id: UUID | None
    external_id: str
    amount_rial: int
    reminded: bool
    cart_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RefundRequested(DomainEvent):
    """Somebody at the business asked for money to go back to a customer."""

    name: ClassVar[str] = "refund.requested"

    refund_id: UUID
    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    reason: str
    awaits_approval: bool


@dataclass(frozen=True, kw_only=True)
class RefundPaid(DomainEvent):
    """A refund's money arrived; with less than its amount, the rest will not by itself."""

    name: ClassVar[str] = "refund.paid"

    refund_id: UUID
    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    paid_rial: int
    paid_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefundFailed(DomainEvent):
    """A refund ended without money: refused, cancelled, or taken in and not delivered."""

    name: ClassVar[str] = "refund.failed"

    refund_id: UUID
    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    state: str
    code: str


@dataclass(frozen=True, kw_only=True)
class RefundReturned(DomainEvent):
    """Money of a refund that looked paid came back; the customer is still owed `owed_rial`."""

    name: ClassVar[str] = "refund.returned"

    refund_id: UUID
    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    owed_rial: int


@dataclass(frozen=True, kw_only=True)
class DepositMatched(DomainEvent):
    """Money that came to the bank by itself has paid a payment."""

    name: ClassVar[str] = "deposit.matched"

    deposit_id: UUID
    payment_id: UUID
    external_id: str
    amount_rial: int


@dataclass(frozen=True, kw_only=True)
class DepositUnmatched(DomainEvent):
    """Money came that credits nobody by itself; a person should look."""

    name: ClassVar[str] = "deposit.unmatched"

    deposit_id: UUID
    amount_rial: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class MandateActivated(DomainEvent):
    """A customer's permission to debit was signed, confirmed and is in force."""

    name: ClassVar[str] = "mandate.activated"

    mandate_id: UUID
    customer_id: UUID
    bank: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class MandateRevoked(DomainEvent):
    """A permission that was in force is not any more, whoever ended it and however."""

    name: ClassVar[str] = "mandate.revoked"

    mandate_id: UUID
    customer_id: UUID
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DebitCollected(DomainEvent):
    """A due sum is here: its payment settled in the same transaction."""

    name: ClassVar[str] = "debit.collected"

    debit_id: UUID
    external_id: str
    mandate_id: UUID
    customer_id: UUID
    payment_id: UUID
    purchase_id: UUID | None
    amount_rial: int
    source_kind: str
    source_id: UUID | None
    due_at: datetime
    collected_at: datetime


@dataclass(frozen=True, kw_only=True)
class DebitFailed(DomainEvent):
    """A try brought nothing. `final`: the sum will not be tried again; else it waits."""

    name: ClassVar[str] = "debit.failed"

    debit_id: UUID
    external_id: str
    mandate_id: UUID
    customer_id: UUID
    amount_rial: int
    failure: str
    final: bool
    source_kind: str
    source_id: UUID | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DebitReturned(DomainEvent):
    """Money that was collected went back: given back, or taken back late by the bank."""

    name: ClassVar[str] = "debit.returned"

    debit_id: UUID
    external_id: str
    mandate_id: UUID
    customer_id: UUID
    payment_id: UUID
    amount_rial: int
    late: bool
    source_kind: str
    source_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CreditGranted(DomainEvent):
    """A sale was made on the shop's own credit; amounts in rial."""

    name: ClassVar[str] = "credit.granted"

    plan_id: UUID
    customer_id: UUID
    purchase_id: UUID
    credit_rial: int
    count: int


@dataclass(frozen=True, kw_only=True)
class InstalmentPaid(DomainEvent):
    """One instalment of a plan was paid; it is now that its part of the sale earns points."""

    name: ClassVar[str] = "instalment.paid"

    instalment_id: UUID
    plan_id: UUID
    customer_id: UUID
    purchase_id: UUID
    payment_id: UUID
    amount_rial: int
    number: int


@dataclass(frozen=True, kw_only=True)
class InstalmentReopened(DomainEvent):
    """The money of a paid instalment went back; it is owed again."""

    name: ClassVar[str] = "instalment.reopened"

    instalment_id: UUID
    plan_id: UUID
    customer_id: UUID
    payment_id: UUID
    amount_rial: int


@dataclass(frozen=True, kw_only=True)
class PlanCompleted(DomainEvent):
    """Everything of an instalment plan is paid."""

    name: ClassVar[str] = "credit.completed"

    plan_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReturnPolicyChanged(DomainEvent):
    """For how long goods come back was decided anew."""

    name: ClassVar[str] = "return_policy.changed"
