"""What goes into recording a return, and what comes out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturnLine:
    """A returned line, by its position (1-based) or SKU.

    Without `amount_rial` the amount is the line's share for `quantity`; without both, all that
    is left of the line.
    """

    position: int | None = None
    sku: str = ""
    quantity: Decimal | int | None = None
    amount_rial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturn:
    """A return of `lines`, of `amount_rial`, or without both of all that is left."""

    purchase_id: UUID
    external_id: str
    amount_rial: int | None = None
    lines: tuple[NewReturnLine, ...] = ()
    occurred_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOutcome:
    """A return that stands. `returned_so_far_rial` is the purchase's sum including this one."""

    return_id: UUID
    purchase_id: UUID
    customer_id: UUID | None
    amount_rial: int
    purchase_total_rial: int
    returned_so_far_rial: int
    replayed: bool
