"""Items of a sale as people type them: a name, a count, a price in toman."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.money import RIAL_PER_TOMAN
from core.text import latin_digits, normalise
from customers.operations import NewLine

_MOST_LINES: Final = 100


@dataclass(frozen=True, kw_only=True)
class TypedLine:
    """A line as typed, to be shown again."""

    name: str = ""
    quantity: str = ""
    price: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not (self.name or self.price)


def typed_lines(typed: QueryDict | None) -> list[TypedLine]:
    """Return the lines of a form, the empty ones left out."""
    if typed is None:
        return []
    columns = (
        typed.getlist(f"line_{part}")[:_MOST_LINES] for part in ("name", "quantity", "price")
    )
    rows = [
        TypedLine(name=name, quantity=quantity, price=price)
        for name, quantity, price in zip(*columns, strict=False)
    ]
    return [row for row in rows if not row.is_empty]


def read_lines(rows: Sequence[TypedLine]) -> list[NewLine]:
    """Return what the lines say. Raises ValidationError."""
    return [_read(row) for row in rows if not row.is_empty]


def _read(row: TypedLine) -> NewLine:
    try:
        quantity = Decimal(_plain(row.quantity) or "1")
        price = int(_plain(row.price)) * RIAL_PER_TOMAN
    except (InvalidOperation, ValueError) as error:
        raise ValidationError(_("Write every item with a count and a price.")) from error
    if quantity <= 0 or price < 0:
        raise ValidationError(_("Write every item with a count and a price."))
    return NewLine(
        name=normalise(row.name),
        quantity=quantity,
        unit_price_rial=price,
        total_rial=int((quantity * price).to_integral_value()),
    )


def _plain(typed: str) -> str:
    return latin_digits(typed).translate(str.maketrans("٫", ".", "٬,، "))
