"""From the cells of a row to a purchase; nothing here touches the database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.calendar import Jalali, day_start
from core.errors import Problem, Sentence
from core.money import RIAL_PER_TOMAN
from core.text import latin_digits, search_key
from customers.enums import Channel, TenderMethod
from customers.models import AttributeDefinition
from customers.operations.imports.attributes import read_cell
from customers.operations.purchases.values import CustomerHint, NewLine, NewPurchase, NewTender

_BLANKS: Final = frozenset({"", "-", "--", "0", "ندارد", "null", "none", "n/a", "nan", "#n/a"})
_DAY: Final = re.compile(r"(\d{4})[/\-.](\d{1,2})[/\-.](\d{1,2})|(\d{4})(\d{2})(\d{2})")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_OFFSET: Final = re.compile(r"T\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$")
_JALALI_YEARS: Final = range(1300, 1500)
_GREGORIAN_YEARS: Final = range(1900, 2101)
_METHODS: Final[tuple[tuple[str, TenderMethod], ...]] = (
    ("نقد", TenderMethod.CASH),
    ("cash", TenderMethod.CASH),
    ("کارت به کارت", TenderMethod.CARD_TO_CARD),
    ("کارت", TenderMethod.POS),
    ("پوز", TenderMethod.POS),
    ("pos", TenderMethod.POS),
    ("card", TenderMethod.POS),
    ("درگاه", TenderMethod.GATEWAY),
    ("اینترنتی", TenderMethod.GATEWAY),
    ("online", TenderMethod.GATEWAY),
    ("پایا", TenderMethod.PAYA),
    ("ساتنا", TenderMethod.SATNA),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the rows of one file."""

    columns: Mapping[str, int]
    unit_rial: int
    zone: ZoneInfo
    # Stands in for the invoice number in files without one: the same file, the same row.
    row_prefix: str
    # Columns that tell an attribute of the customer, by their field.
    attributes: Mapping[str, AttributeDefinition] = field(default_factory=dict)

    def cell(self, row: Sequence[str], name: str) -> str:
        """Return a field's cell, "" when the column or cell is missing."""
        index = self.columns.get(name)
        return row[index].strip() if index is not None and index < len(row) else ""


def purchase_of(row: Sequence[str], number: int, layout: Layout) -> NewPurchase:
    """Return the purchase a row tells of. Raises Problem `invalid_date`, `invalid_amount`, ….

    `number` is the row's place in the file, from 1.
    """
    amount = parse_amount(layout.cell(row, "amount"), layout.unit_rial)
    return NewPurchase(
        external_id=invoice_of(row, layout) or f"{layout.row_prefix}-{number}",
        channel=Channel.IMPORT.value,
        occurred_at=_moment(row, layout),
        branch_code=_text(row, "branch", layout) or None,
        employee_code=_text(row, "employee", layout) or None,
        customer=_customer(row, layout),
        lines=_lines(row, amount, layout),
        tenders=(NewTender(method=_method(layout.cell(row, "method")), amount_rial=amount),),
    )


def said_of(row: Sequence[str], layout: Layout) -> dict[str, str]:
    """Return what a row says of its customer, by the attributes' keys. Raises Problem."""
    cells = {one.key: (one, layout.cell(row, name)) for name, one in layout.attributes.items()}
    said = {key: read_cell(one, cell) for key, (one, cell) in cells.items()}
    return {key: value for key, value in said.items() if value is not None}


def invoice_of(row: Sequence[str], layout: Layout) -> str:
    """Return the row's invoice number, "" when the file or the row has none."""
    return _text(row, "external_id", layout)


def joined(parts: Sequence[NewPurchase]) -> NewPurchase:
    """Return the one purchase that the rows of one invoice tell of, a line from each row."""
    first = parts[0]
    if len(parts) == 1:
        return first
    total = sum(part.tenders[0].amount_rial for part in parts)
    lines = tuple(line for part in parts for line in part.lines)
    return replace(first, lines=lines, tenders=(replace(first.tenders[0], amount_rial=total),))


def parse_amount(typed: str, unit_rial: int) -> int:
    """Return an amount in rial; a currency named in the cell outranks the file's unit."""
    text, unit = typed if typed.isascii() else search_key(typed), unit_rial
    for word, meant in (("تومان", RIAL_PER_TOMAN), ("تومن", RIAL_PER_TOMAN), ("ریال", 1)):
        if word in text:
            text, unit = text.replace(word, ""), meant
    digits = text.replace("٫", ".").translate(_NO_SEPARATORS)
    try:
        amount = Decimal(digits) * unit
    except InvalidOperation as error:
        raise _refused("invalid_amount", _("The amount is not a number.")) from error
    if not amount.is_finite() or amount != int(amount):
        raise _refused("invalid_amount", _("The amount is not a whole number of rial."))
    if amount < 0:
        raise _refused("negative_amount", _("A negative amount is not a purchase."))
    return int(amount)


_NO_SEPARATORS: Final = str.maketrans(dict.fromkeys(",٬،' $\u200c\u00a0"))


def parse_day(typed: str) -> date:
    """Return the Gregorian day of "1402/05/12", "2023-08-03" or "20230803"."""
    found = _DAY.match(latin_digits(typed))
    if not found:
        raise _refused("invalid_date", _("The date is not like 1402/05/12 or 2023-08-03."))
    year, month, day = (int(part) for part in found.groups() if part is not None)
    return _day(year, month, day)


@lru_cache(maxsize=20_000)
def _day(year: int, month: int, day: int) -> date:
    try:
        if year in _JALALI_YEARS:
            return Jalali(year, month, day).to_date()
        if year in _GREGORIAN_YEARS:
            return date(year, month, day)
    except ValueError as error:
        raise _refused("invalid_date", _("There is no such day in the calendar.")) from error
    raise _refused("invalid_date", _("The year is neither Jalali nor Gregorian."))


@lru_cache(maxsize=20_000)
def _start(day: date, zone: ZoneInfo) -> datetime:
    return day_start(day, zone)


def _moment(row: Sequence[str], layout: Layout) -> datetime:
    """Return the time of the sale; without a clock time, the beginning of its day."""
    typed = latin_digits(layout.cell(row, "date"))
    day = parse_day(typed)
    if _OFFSET.search(typed):
        return _instant(typed)
    found = _CLOCK.search(latin_digits(layout.cell(row, "time")) or typed[len("1402/5/1") :])
    if not found:
        return _start(day, layout.zone)
    try:
        hour, minute, second = (int(part or 0) for part in found.groups())
        clock = time(hour, minute, second)
    except ValueError as error:
        raise _refused("invalid_time", _("The time is not like 14:05.")) from error
    return datetime.combine(day, clock, tzinfo=layout.zone)


def _instant(typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed)
    except ValueError as error:
        raise _refused("invalid_date", _("The time is not like 2023-08-03T14:05:00Z.")) from error


def _customer(row: Sequence[str], layout: Layout) -> CustomerHint | None:
    hint = CustomerHint(
        mobile=_text(row, "mobile", layout) or None,
        email=_text(row, "email", layout) or None,
        name=_text(row, "name", layout) or None,
        member_code=_text(row, "member_code", layout) or None,
        external_id=_text(row, "customer_id", layout) or None,
    )
    known = hint.mobile or hint.email or hint.member_code or hint.external_id
    return hint if known else None


def _lines(row: Sequence[str], amount: int, layout: Layout) -> tuple[NewLine, ...]:
    sku, item = _text(row, "sku", layout), _text(row, "item", layout)
    category, typed = _text(row, "category", layout), layout.cell(row, "quantity")
    if not (sku or item or category or typed):
        return ()
    quantity = _quantity(typed)
    line = NewLine(
        sku=sku,
        name=item,
        category=category,
        quantity=quantity,
        unit_price_rial=int(amount / quantity) if quantity > 0 else 0,
        total_rial=amount,
    )
    return (line,)


def _quantity(typed: str) -> Decimal:
    try:
        return Decimal(latin_digits(typed).translate(_NO_SEPARATORS)) if typed else Decimal(1)
    except InvalidOperation as error:
        raise _refused("invalid_quantity", _("The quantity is not a number.")) from error


@lru_cache(maxsize=1_000)
def _method(typed: str) -> str:
    text = search_key(typed)
    found = (method for word, method in _METHODS if word in text)
    return next(found, TenderMethod.OTHER).value


def _text(row: Sequence[str], field: str, layout: Layout) -> str:
    text = layout.cell(row, field)
    return "" if text.casefold() in _BLANKS else text


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail)
