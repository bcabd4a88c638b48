"""From the lines of a statement file to bank rows; nothing here touches the database."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import mt940
from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.numbers import BadNumber, read_iban
from core.text import latin_digits, normalise
from customers.operations.imports.parsing import Layout, parse_amount, parse_day
from customers.operations.imports.reading import headers_of, rows_of
from payments.operations.deposits.rows import HeardRow, fingerprint

MT940_SUFFIXES: Final = (".sta", ".mt940", ".940")
# MT940 has no columns of its own: each part of an entry is called by the field it is.
_MT940_COLUMNS: Final[Mapping[str, Sentence]] = {
    "date": _("Date"),
    "amount": _("Amount; what went out is negative"),
    "reference": _("Bank's reference"),
    "source_name": _("From"),
    "description": _("Description"),
}
_BLANK: Final = frozenset({"", "-", "0", "0.0", "0.00"})
_DAY_CHARS: Final = len("1402/5/1")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: a bank row, or why it is none. Blank ones have neither."""

    number: int
    cells: Sequence[str]
    row: HeardRow | None = None
    refused: Problem | None = None


@dataclass(slots=True)
class Reader:
    """Reads a statement from its beginning, so that equal lines are counted the same each time."""

    path: Path
    columns: Mapping[str, int]
    unit_rial: int
    zone: ZoneInfo
    seen: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[Line]:
        """Yield every line below the headers, numbered from 1."""
        layout = Layout(self.columns, self.unit_rial, self.zone, "")
        for number, cells in enumerate(_cells_of(self.path), start=1):
            if not cells:
                yield Line(number, cells)
                continue
            try:
                yield Line(number, cells, self._counted(_row(cells, layout)))
            except Problem as problem:
                yield Line(number, cells, refused=problem)

    def _counted(self, row: HeardRow) -> HeardRow:
        known = fingerprint(row)
        self.seen[known] += 1
        return replace(row, ordinal=self.seen[known] - 1)


def headers(path: Path) -> list[str]:
    """Return the columns of a file. Raises Problem `empty_file`, `unreadable_file`."""
    if path.suffix.lower() in MT940_SUFFIXES:
        _transactions(path)
        return list(_MT940_COLUMNS)
    return headers_of(path)


def known_columns(path: Path) -> dict[str, str]:
    """Return {field: header} where the format itself says what is what; else nothing."""
    is_mt940 = path.suffix.lower() in MT940_SUFFIXES
    return {name: name for name in _MT940_COLUMNS} if is_mt940 else {}


def column_titles(path: Path, names: Sequence[str]) -> dict[str, Sentence]:
    """Return {header: how people call it}: as the file does, or in words where it has none."""
    return {name: _MT940_COLUMNS[name] if known_columns(path) else name for name in names}


def _cells_of(path: Path) -> Iterator[Sequence[str]]:
    if path.suffix.lower() not in MT940_SUFFIXES:
        yield from rows_of(path)
        return
    for one in _transactions(path):
        yield _mt940_cells(one)


def _transactions(path: Path) -> Any:
    text = path.read_text(encoding="utf-8", errors="replace")
    if ":61:" not in text:
        raise Problem("unreadable_file", _("This file is no MT940 statement."), about="file")
    try:
        return mt940.parse(text)
    except (ValueError, RuntimeError, KeyError) as error:
        raise Problem(
            "unreadable_file", _("This file is no MT940 statement."), about="file"
        ) from error


def _mt940_cells(one: Any) -> list[str]:
    data: dict[str, Any] = one.data
    amount: Decimal = data["amount"].amount
    reference = str(data.get("bank_reference") or "") or str(data.get("customer_reference") or "")
    told = (
        data["date"].isoformat(),
        format(amount, "f"),
        "" if reference == "NONREF" else reference,
        str(data.get("applicant_name") or ""),
        _told_in(data),
    )
    return [" ".join(cell.split()) for cell in told]


def _told_in(data: Mapping[str, Any]) -> str:
    """Return the text of an entry; a bank that writes it in parts keeps it in its purpose."""
    wheres = ("transaction_details", "purpose", "extra_details")
    return next((str(data[where]) for where in wheres if data.get(where)), "")


def _row(cells: Sequence[str], layout: Layout) -> HeardRow:
    at, has_time = _moment(cells, layout)
    return HeardRow(
        amount_rial=_amount(cells, layout),
        at=at,
        has_time=has_time,
        bank_reference=latin_digits(normalise(layout.cell(cells, "reference"))),
        identifier=latin_digits(layout.cell(cells, "identifier")),
        source_iban=_iban(layout.cell(cells, "source_iban")),
        source_name=normalise(layout.cell(cells, "source_name")),
        description=normalise(layout.cell(cells, "description")),
        raw={"cells": list(cells), "balance": layout.cell(cells, "balance")},
    )


def _amount(cells: Sequence[str], layout: Layout) -> int:
    """Return what came in, or as a negative what went out."""
    came, left = layout.cell(cells, "amount"), layout.cell(cells, "debit")
    sign = -1 if came.lstrip("\u200e\u200f").startswith(("-", "−", "(")) else 1
    if came in _BLANK and left not in _BLANK:
        sign, came = -1, left
    amount = sign * parse_amount(came.strip("()-−+\u200e\u200f "), layout.unit_rial)
    if amount == 0:
        raise Problem("invalid_amount", _("The row moves no money."))
    return amount


def _moment(cells: Sequence[str], layout: Layout) -> tuple[datetime, bool]:
    """Return the time of a line; without a clock, noon of its day, and that it had none."""
    typed = latin_digits(layout.cell(cells, "date")).strip()
    day = parse_day(typed)
    clock = latin_digits(layout.cell(cells, "time")).strip() or typed[_DAY_CHARS:]
    found = _clock(clock)
    zoned = datetime.combine(day, found or time(12), tzinfo=layout.zone)
    return zoned, found is not None


def _clock(typed: str) -> time | None:
    parts = typed.replace("T", " ").split()
    text = next((part for part in parts if ":" in part), "")
    try:
        return time.fromisoformat(text.zfill(5)[:8]) if text else None
    except ValueError as error:
        raise Problem("invalid_time", _("The time is not like 14:05.")) from error


def _iban(typed: str) -> str:
    try:
        return read_iban(typed) if typed else ""
    except BadNumber:
        # Banks also write account numbers here; kept in the raw row, it proves nothing.
        return ""
