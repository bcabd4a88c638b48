"""Items of a sale as people type them: a name, a count, a price and perhaps a discount in toman."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.errors import Problem
from core.money import RIAL_PER_TOMAN
from core.text import latin_digits, normalise
from customers.operations import NewLine
from customers.operations.purchases.lines import line_rows
from dashboard.web import words

_COLUMNS: Final = ("name", "quantity", "price", "discount")


@dataclass(frozen=True, kw_only=True)
class TypedLine:
    """A line as typed, to be shown again."""

    name: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not any(one.strip() for one in (self.name, self.quantity, self.price, self.discount))


class _Typed(forms.Widget):
    """The columns of a form's lines; `dashboard/parts/lines.html` lays them out."""

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[TypedLine]:
        """Return the lines as typed, the empty ones left out."""
        columns = [data.getlist(f"line_{column}") for column in _COLUMNS]
        rows = [
            TypedLine(**dict(zip(_COLUMNS, row, strict=True)))
            for row in zip_longest(*columns, fillvalue="")
        ]
        return [row for row in rows if not row.is_empty]


class LinesField(forms.Field):
    """Items of a sale; the cleaned value are priced lines, each refusal names its item.

    `rows` are shown at least; `discounts`: each may be cheaper by a sum.
    """

    widget = _Typed

    def __init__(self, *, rows: int = 1, discounts: bool = False) -> None:
        self.rows, self.discounts = rows, discounts
        super().__init__(required=False)

    def prepare_value(self, value: Any) -> list[TypedLine]:
        """Return the lines to show: those typed, and room for more."""
        typed = list(value or [])
        return typed + [TypedLine()] * max(1, self.rows - len(typed))

    def clean(self, value: Any) -> list[NewLine]:
        """Return what the lines say."""
        lines, wrong = [], []
        for place, row in enumerate(value, start=1):
            try:
                lines.append(_read(row))
            except Problem as problem:
                told = {"n": words.number(place), "wrong": problem.detail}
                wrong.append(_("Item %(n)s: %(wrong)s") % told)
        if wrong:
            raise ValidationError(wrong)
        return lines


def total_of(data: Mapping[str, Any]) -> int:
    """Return what the lines of a form add up to, in rial."""
    return sum(line.total_rial or 0 for line in data.get("lines") or ())


def _read(row: TypedLine) -> NewLine:
    """Return a line with its price. Raises Problem."""
    try:
        quantity = Decimal(_plain(row.quantity) or "1")
        price = int(_plain(row.price)) * RIAL_PER_TOMAN
        discount = int(_plain(row.discount) or "0") * RIAL_PER_TOMAN
    except (InvalidOperation, ValueError) as error:
        raise Problem(
            "invalid_line", _("Write a price, and the count and discount as plain numbers.")
        ) from error
    line = NewLine(name=normalise(row.name), quantity=quantity, unit_price_rial=price)
    if discount > _rial(line):
        raise Problem("invalid_line", _("The discount is more than its price."))
    line = replace(line, discount_rial=discount)
    return replace(line, total_rial=_rial(line))


def _rial(line: NewLine) -> int:
    (priced,) = line_rows((line,))
    return int(priced["total_rial"])


def _plain(typed: str) -> str:
    return latin_digits(typed).translate(str.maketrans("٫", ".", "٬,، '\u200c\u00a0_"))
