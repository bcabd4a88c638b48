"""What a cashier types."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from businesses.queries import branches
from core.ids import new_id
from core.money import RIAL_PER_TOMAN
from core.text import latin_digits, normalise
from customers.enums import TenderMethod
from customers.operations import NewLine
from dashboard.web.forms import Mobile, TomanField, Whole

_METHODS: Final = (TenderMethod.POS, TenderMethod.CASH, TenderMethod.CARD_TO_CARD)
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


class SaleForm(forms.Form):
    """A sale: who, how much, what, paid how. `sale_id` makes a second sending harmless."""

    sale_id = forms.UUIDField(widget=forms.HiddenInput)
    mobile = Mobile(
        label=_("Customer's mobile"),
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    amount = TomanField(label=_("Amount, toman"), required=False)
    method = forms.ChoiceField(
        label=_("Paid by"), choices=[(method.value, method.label) for method in _METHODS]
    )
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    redeem = Whole(required=False, min_value=1)

    def __init__(self, typed: QueryDict | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["sale_id"] = new_id()
        super().__init__(typed, **kwargs)
        self.line_rows = _typed_lines(typed) if typed else [TypedLine()]
        codes = [(branch.code, branch.name) for branch in branches()]
        self.fields["branch"].choices = codes  # type: ignore[attr-defined]
        if codes:
            self.fields["branch"].initial = codes[0][0]

    @property
    def has_lines(self) -> bool:
        """Tell whether items were written."""
        return any(not line.is_empty for line in self.line_rows)

    def clean(self) -> dict[str, Any]:
        """Return the sale; items, when written, give its amount."""
        data = super().clean() or {}
        lines = [_line(row) for row in self.line_rows if not row.is_empty]
        data["lines"] = lines
        if lines:
            data["amount"] = sum(line.total_rial or 0 for line in lines)
        if not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Write the amount, or the items."))
        return data


def _typed_lines(typed: QueryDict) -> list[TypedLine]:
    columns = (
        typed.getlist(f"line_{part}")[:_MOST_LINES] for part in ("name", "quantity", "price")
    )
    rows = [
        TypedLine(name=name, quantity=quantity, price=price)
        for name, quantity, price in zip(*columns, strict=False)
    ]
    return [row for row in rows if not row.is_empty] or [TypedLine()]


def _line(row: TypedLine) -> NewLine:
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
