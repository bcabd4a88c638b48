"""What goes into recording purchases, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHint:
    """A bank card as a terminal or gateway shows it. `hash` is treated as a card (rule R57)."""

    masked_pan: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHint:
    """Whatever the caller knows of the payer; raw spellings are welcome."""

    mobile: str | None = None
    email: str | None = None
    name: str | None = None
    member_code: str | None = None
    external_id: str | None = None
    card: CardHint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One item of a sale.

    `total_rial` may be given when only the total is known (weighed goods, history); else it is
    quantity × unit price − discount, rounded half up to whole rial.
    """

    quantity: Decimal | int = 1
    unit_price_rial: int = 0
    discount_rial: int = 0
    total_rial: int | None = None
    sku: str = ""
    name: str = ""
    category: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTender:
    """A part of the payment; `masked_pan` is cut to its last four digits before it is stored."""

    method: str
    amount_rial: int
    reference: str = ""
    masked_pan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPurchase:
    """A sale to record. Without tenders the lines give the total; without lines the tenders do.

    `holds` are things held for it before, by their ids; a tender by gift card names its own as its
    reference. `referral_code` says which customer told the buyer of us. `occurred_at` None means
    now (and a repeat still counts as the same purchase). `context` holds of every line that does
    not say otherwise; `judged`: it was held against the fields before, as a promised price is.
    """

    external_id: str
    channel: str
    occurred_at: datetime | None = None
    branch_code: str | None = None
    employee_code: str | None = None
    customer: CustomerHint | None = None
    lines: tuple[NewLine, ...] = ()
    tenders: tuple[NewTender, ...] = ()
    payment_id: UUID | None = None
    holds: tuple[UUID, ...] = ()
    referral_code: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    judged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOutcome:
    """What became of one `NewPurchase`, in the order given. With `error` nothing was written.

    `replayed`: it was there already with the same content; nothing was written again.
    """

    purchase_id: UUID | None = None
    customer_id: UUID | None = None
    customer_status: str | None = None
    customer_name: str = ""
    total_rial: int = 0
    replayed: bool = False
    error: Problem | None = None
