"""Streaming a CSV or XLSX file row by row: memory does not grow with the file."""

import codecs
import csv
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import Problem
from core.text import normalise

Row = list[str]

SUFFIXES: Final = (".csv", ".txt", ".tsv", ".xlsx")
_SAMPLE: Final = 64 * 1024
_MOST_COLUMNS: Final = 200
# A workbook is a ZIP: a small file may unpack to a huge one.
_MOST_UNPACKED: Final = 2 * 1024**3


def headers_of(path: Path) -> Row:
    """Return the first row, each header in normal spelling. Raises Problem `empty_file`."""
    with closing(_raw_rows(path)) as rows:
        first = next(rows, None)
    if not first or not any(cell.strip() for cell in first):
        raise Problem("empty_file", _("The file has no rows."), about="file")
    return [normalise(cell) for cell in first[:_MOST_COLUMNS]]


def rows_of(path: Path, *, skip: int = 0) -> Generator[Row, None, None]:
    """Yield the rows below the headers, `skip` of them left out; blank rows come as []."""
    with closing(_raw_rows(path)) as rows:
        for row in islice(rows, 1 + skip, None):
            yield row[:_MOST_COLUMNS] if any(cell.strip() for cell in row) else []


def _raw_rows(path: Path) -> Generator[Row, None, None]:  # a generator: its file closes with it
    if path.suffix.lower() == ".xlsx":
        yield from _xlsx_rows(path)
    else:
        yield from _csv_rows(path)


def _csv_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as raw:
        sample = raw.read(_SAMPLE)
    encoding = _encoding(sample)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        dialect = _dialect(sample.decode(encoding, errors="replace"))
        try:
            yield from csv.reader(_without_nul(file), delimiter=dialect)
        except csv.Error as error:
            raise _unreadable() from error


def _without_nul(file: IO[str]) -> Iterable[str]:
    return (line.replace("\x00", "") for line in file)


def _encoding(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        # The sample may end inside a letter.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1256"  # what older Persian Excel writes
    return "utf-8-sig"


def _dialect(sample: str) -> str:
    first = sample.lstrip("\ufeff").splitlines()[:1]
    line = first[0] if first else ""
    return max((",", ";", "\t", "|", "،"), key=line.count)


def _xlsx_rows(path: Path) -> Iterator[Row]:
    _check_unpacked_size(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _unreadable() from error
    with closing(book):
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_cell(value) for value in row]


def _check_unpacked_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable() from error
    if size > _MOST_UNPACKED:
        raise Problem(
            "file_too_large", _("The workbook is too large; save it as CSV."), about="file"
        )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _unreadable() -> Problem:
    detail = _("This file cannot be read; save it as CSV or XLSX.")
    return Problem("unreadable_file", detail, about="file")
