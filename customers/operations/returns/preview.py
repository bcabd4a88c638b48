"""What a return would be, without recording it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.tenancy import operation
from customers.models import Purchase
from customers.operations.returns.parts import amount_of, parts_of
from customers.operations.returns.values import NewReturnLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturningLine:
    """What would come back of one line."""

    position: int
    name: str
    sku: str
    quantity: Decimal | int | None
    amount_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPreview:
    """What a return would come to. Without lines it is a bare amount."""

    amount_rial: int
    purchase_total_rial: int
    returned_before_rial: int
    lines: tuple[ReturningLine, ...]


@operation
def preview_return(
    *, purchase_id: UUID, lines: Sequence[NewReturnLine] = (), amount_rial: int | None = None
) -> ReturnPreview:
    """Tell what `record_return` would record; raises what it would raise about the amounts."""
    purchase = Purchase.objects.filter(id=purchase_id).first()
    if purchase is None:
        raise NotFound(_("There is no such purchase."))
    parts = parts_of(purchase, lines, amount_rial)
    return ReturnPreview(
        amount_rial=amount_of(purchase, parts, amount_rial),
        purchase_total_rial=purchase.total_rial,
        returned_before_rial=purchase.returned_rial,
        lines=tuple(
            ReturningLine(
                position=part.line.position,
                name=part.line.name,
                sku=part.line.sku,
                quantity=part.quantity,
                amount_rial=part.amount_rial,
            )
            for part in parts
        ),
    )
