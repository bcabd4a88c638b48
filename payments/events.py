"""What this app announces."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentSettled(DomainEvent):
    """A payment was confirmed by its provider and its purchase recorded, in one transaction."""

    name: ClassVar[str] = "payment.settled"

    payment_id: UUID
    external_id: str
    purchase_id: UUID | None
    amount_rial: int
    provider: str
    reference: str | None
    settled_at: datetime


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
    """A buyer left before paying, and the time for a reminder came."""

    name: ClassVar[str] = "checkout.abandoned"

    payment_id: UUID
    external_id: str
    amount_rial: int
    reminded: bool
