"""Reading a provider's report from a CSV or XLSX file, whatever its columns are called."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.calendar import Jalali
from core.errors import Problem
from core.text import latin_digits, normalise
from customers.operations.imports.reading import headers_of, rows_of
from payments.enums.books import ReportKind
from payments.providers.contract import LineKind, ReportLine

_MOST_ROWS: Final = 200_000
_TOLD: Final = 5
_FIRST_GREGORIAN: Final = 1900
_AMOUNT: Final = re.compile(r"-?[0-9]{1,18}")
_DAY: Final = re.compile(r"([0-9]{4})[/\-.]?([0-9]{2})[/\-.]?([0-9]{2})")
# What providers and banks write above each column; the first header that contains one wins.
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": (
        "authority",
        "trackid",
        "purchaseid",
        "token",
        "شناسه پرداخت",
        "شناسه",
        "reference",
        "ref",
    ),
    "provider_ref": ("ref_id", "refnumber", "rrn", "مرجع", "پیگیری"),
    "amount": ("amount", "مبلغ", "price"),
    "fee": ("fee", "wage", "کارمزد"),
    "kind": ("type", "kind", "نوع"),
    "date": ("date", "time", "تاریخ", "created"),
    "settled_on": ("settle", "تسویه", "deposit_date"),
}
_KINDS: Final[tuple[tuple[str, ReportKind], ...]] = (
    ("refund", ReportKind.REFUND),
    ("reverse", ReportKind.REFUND),
    ("استرداد", ReportKind.REFUND),
    ("برگشت", ReportKind.REFUND),
    ("settle", ReportKind.SETTLEMENT),
    ("تسویه", ReportKind.SETTLEMENT),
    ("fee", ReportKind.FEE),
    ("wage", ReportKind.FEE),
    ("کارمزد", ReportKind.FEE),
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    columns: Mapping[str, int]
    unit_rial: int
    day: date
    zone: ZoneInfo


def report_columns(path: Path) -> dict[str, str]:
    """Return which header was taken for which field. Raises Problem `report_columns_missing`."""
    headers = headers_of(path)
    return {name: headers[place] for name, place in _places(headers).items()}


def read_report(path: Path, *, day: date, unit_rial: int, zone: ZoneInfo) -> list[ReportLine]:
    """Return the lines of a file of one day's report; amounts in it are `unit_rial` rial each.

    A line without a date is of `day`. Raises Problem `report_columns_missing`,
    `report_rows_refused` (with the first few rows and why) or `report_too_long`; then nothing
    was read.
    """
    sheet = _Sheet(_places(headers_of(path)), unit_rial, day, zone)
    lines, refused = [], []
    for number, row in _rows(path):
        try:
            lines.append(_line(row, sheet))
        except ValueError as error:
            refused.append(f"{number}: {error}")
    if refused:
        raise Problem(
            "report_rows_refused",
            _("%(n)s rows cannot be read; the first: %(rows)s")
            % {"n": len(refused), "rows": "، ".join(refused[:_TOLD])},
            about="file",
        )
    return lines


def _rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    for number, row in enumerate(rows_of(path), 2):
        if number > _MOST_ROWS:
            detail = _("The report has too many rows for one day.")
            raise Problem("report_too_long", detail, about="file")
        if row:
            yield number, row


def _places(headers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    plain = [normalise(header).lower().replace(" ", "") for header in headers]
    for name, signs in _HEADERS.items():
        place = _place(plain, [sign.replace(" ", "") for sign in signs], set(found.values()))
        if place is not None:
            found[name] = place
    missing = [name for name in ("reference", "amount") if name not in found]
    if missing:
        raise Problem(
            "report_columns_missing",
            _("The file needs a column of the provider's token and one of the amount."),
            fields={"file": [", ".join(missing)]},
        )
    return found


def _place(headers: Sequence[str], signs: Sequence[str], taken: set[int]) -> int | None:
    exact = (place for sign in signs for place, text in enumerate(headers) if text == sign)
    inside = (place for sign in signs for place, text in enumerate(headers) if sign in text)
    free = (place for place in (*exact, *inside) if place not in taken)
    return next(free, None)


def _line(row: Sequence[str], sheet: _Sheet) -> ReportLine:
    said = {name: _cell(row, place) for name, place in sheet.columns.items()}
    if not said["reference"]:
        raise ValueError(_("no token"))
    moment = _day(said.get("date", "")) or sheet.day
    kind = _kind(said.get("kind", ""))
    return ReportLine(
        kind=LineKind(kind.value),
        reference=said["reference"],
        provider_ref=said.get("provider_ref", ""),
        amount_rial=abs(_amount(said["amount"])) * sheet.unit_rial,
        fee_rial=abs(_amount(said.get("fee") or "0")) * sheet.unit_rial,
        at=datetime(moment.year, moment.month, moment.day, 12, tzinfo=sheet.zone),
        settled_on=_day(said.get("settled_on", "")),
    )


def _cell(row: Sequence[str], place: int) -> str:
    return latin_digits(normalise(row[place])) if place < len(row) else ""


def _amount(text: str) -> int:
    plain = text.replace(",", "").replace("٬", "").replace(" ", "")
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(_("no whole amount: %(text)s") % {"text": text[:30]})
    return int(plain)


def _day(text: str) -> date | None:
    found = _DAY.match(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    if year >= _FIRST_GREGORIAN:
        return date(year, month, day)
    return Jalali(year, month, day).to_date()


def _kind(text: str) -> ReportKind:
    plain = text.lower()
    return next((kind for sign, kind in _KINDS if sign in plain), ReportKind.PAYMENT)
