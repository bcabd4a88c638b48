"""Checking the lines and tenders of one purchase and pricing them."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from pydantic_core import PydanticSerializationError, to_json

from core.errors import Problem
from core.ids import new_id
from core.money import MAX_RIAL, looks_like_wrong_unit
from core.spelling import number
from core.text import is_storable
from customers.enums import TenderMethod
from customers.operations.people.payer import clean_code, invalid_text, last_four
from customers.operations.purchases.values import NewLine, NewTender

MAX_LINES: Final = 500
MAX_TENDERS: Final = 50
MAX_TEXT: Final = 300
MAX_ATTRIBUTES: Final = 4_000
_MOST_QUANTITY: Final = Decimal(1_000_000_000)
_PLACES: Final = -3
_METHODS: Final = frozenset(TenderMethod.values)

Row = dict[str, Any]


def line_rows(lines: tuple[NewLine, ...]) -> list[Row]:
    """Return the rows of the lines, without their purchase.

    Raises Problem `too_many_lines`, `invalid_quantity`, `invalid_amount`, `invalid_text`.
    """
    if len(lines) > MAX_LINES:
        raise Problem(
            "too_many_lines",
            _("A purchase has at most %(most)s lines.") % {"most": number(MAX_LINES)},
            fields={"lines": [_("Too many lines.")]},
        )
    return [_line_row(position, line) for position, line in enumerate(lines, start=1)]


def tender_rows(tenders: tuple[NewTender, ...], *, least: int) -> list[Row]:
    """Return the rows of the tenders, without their purchase; `least` is the smallest amount."""
    if len(tenders) > MAX_TENDERS:
        raise Problem(
            "too_many_tenders",
            _("A purchase is paid in at most %(most)s parts.") % {"most": number(MAX_TENDERS)},
            fields={"tenders": [_("Too many tenders.")]},
        )
    return [_tender_row(position, one, least) for position, one in enumerate(tenders, start=1)]


def total_of(lines: list[Row], tenders: list[Row], *, least: int) -> int:
    """Return the total in rial. Raises Problem `tenders_mismatch` or `invalid_amount`."""
    by_lines: int = sum(line["total_rial"] for line in lines)
    by_tenders: int = sum(tender["amount_rial"] for tender in tenders)
    if lines and tenders and by_lines != by_tenders:
        raise _mismatch(by_lines, by_tenders)
    total = by_tenders if tenders else by_lines
    check_amount(total, "tenders" if tenders else "lines", least=least)
    return total


def check_amount(amount: int, field: str, *, least: int) -> None:
    """Refuse an amount outside [least, MAX_RIAL] with Problem `invalid_amount`."""
    if amount < least:
        raise Problem(
            "invalid_amount",
            _("An amount must be more than zero.") if least else _("An amount is negative."),
            fields={field: [_("The amount is too small.")]},
        )
    if amount > MAX_RIAL:
        raise Problem(
            "invalid_amount",
            _("An amount is larger than %(most)s rial.") % {"most": number(MAX_RIAL)},
            fields={field: [_("The amount is too large.")]},
        )


def _line_row(position: int, line: NewLine) -> Row:
    at = f"lines.{position - 1}"
    _check_quantity(line.quantity, at)
    check_amount(line.unit_price_rial, f"{at}.unit_price", least=0)
    check_amount(line.discount_rial, f"{at}.discount", least=0)
    total = priced_rial(line) if line.total_rial is None else line.total_rial
    check_amount(total, at, least=0)
    return {
        "id": new_id(),
        "position": position,
        "sku": clean_code(line.sku, f"{at}.sku"),
        "name": _text(line.name, f"{at}.name"),
        "category": _text(line.category, f"{at}.category"),
        "quantity": _plain(line.quantity),
        "unit_price_rial": line.unit_price_rial,
        "discount_rial": line.discount_rial,
        "total_rial": total,
        "attributes": _attributes(line, at) if line.attributes else {},
    }


def _tender_row(position: int, tender: NewTender, least: int) -> Row:
    at = f"tenders.{position - 1}"
    if tender.method not in _METHODS:
        raise Problem(
            "unknown_tender_method",
            _("A way of payment is not known."),
            fields={f"{at}.method": [_("This value is not one of the choices.")]},
        )
    check_amount(tender.amount_rial, f"{at}.amount", least=least)
    return {
        "position": position,
        "id": new_id(),
        "method": tender.method,
        "amount_rial": tender.amount_rial,
        "reference": clean_code(tender.reference, f"{at}.reference"),
        "masked_pan": last_four(tender.masked_pan),
    }


def _check_quantity(quantity: Decimal | int, at: str) -> None:
    ok = 0 < quantity < _MOST_QUANTITY if _is_finite(quantity) else False
    if ok and isinstance(quantity, Decimal):
        ok = int(quantity.normalize().as_tuple().exponent) >= _PLACES
    if not ok:
        raise Problem(
            "invalid_quantity",
            _("A quantity must be more than zero, with at most three decimals."),
            fields={f"{at}.quantity": [_("Give a quantity like 1 or 0.250.")]},
        )


def _plain(quantity: Decimal | int) -> Decimal | int:
    """Return one spelling for 2, 2.0 and 2.00: fingerprints compare them."""
    whole = int(quantity)
    return whole if whole == quantity else Decimal(quantity).normalize()


def _is_finite(quantity: Decimal | int) -> bool:
    return isinstance(quantity, int) or quantity.is_finite()


def priced_rial(line: NewLine) -> int:
    """Return what quantity and price come to without the discount, rounded half up (R4)."""
    gross = line.quantity * line.unit_price_rial
    if isinstance(gross, Decimal):
        gross = int(gross.to_integral_value(ROUND_HALF_UP))
    return gross - line.discount_rial


def _text(text: str, field: str) -> str:
    if len(text) > MAX_TEXT or not is_storable(text):
        raise invalid_text(field)
    return text.strip()


def _attributes(line: NewLine, at: str) -> dict[str, Any]:
    attributes = dict(sorted(line.attributes.items()))
    try:
        written = to_json(attributes)
    except PydanticSerializationError as error:
        raise invalid_text(f"{at}.attributes") from error
    if len(written) > MAX_ATTRIBUTES or b"\\u0000" in written:
        raise invalid_text(f"{at}.attributes")
    return attributes


def _mismatch(by_lines: int, by_tenders: int) -> Problem:
    amounts = {"lines": number(by_lines), "tenders": number(by_tenders)}
    detail = _("The lines add up to %(lines)s rial but the tenders to %(tenders)s.") % amounts
    if looks_like_wrong_unit(by_lines, by_tenders):
        hint = _("One is exactly ten times the other: rial and toman seem to be mixed.")
        detail = f"{detail} {hint}"
    return Problem("tenders_mismatch", detail, fields={"tenders": [detail]})
