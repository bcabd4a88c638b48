"""Taking a statement file in, saying what its columns mean, looking before anything is written."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.errors import NotFound, Problem
from core.ids import new_id
from core.money import looks_like_wrong_unit
from core.tenancy import acting_for, active_business_id, operation
from core.text import normalise
from customers.operations.imports.reading import SUFFIXES
from payments.enums.deposits import IdentifierState, StatementState
from payments.models import BankAccount, DepositIdentifier, StatementFile
from payments.operations.deposits.digits import read_digits
from payments.operations.statements.columns import check_columns, guess_columns, unit_of
from payments.operations.statements.lines import (
    MT940_SUFFIXES,
    Line,
    Reader,
    headers,
    known_columns,
)

MAX_BYTES: Final = 50 * 1024 * 1024
MAX_CHECKED: Final = 50_000
_EDITABLE: Final = (StatementState.UPLOADED, StatementState.CHECKED)
_UNITS: Final = (1, 10)
_SHOWN: Final = 8


@operation
def upload_statement(
    *, account_id: UUID, file_name: str, chunks: Iterable[bytes], by: str = "", now: datetime
) -> StatementFile:
    """Keep a file and guess its columns.

    Raises NotFound, Problem `unknown_file_type`, `file_too_large`, `empty_file`,
    `unreadable_file`.
    """
    if not BankAccount.objects.filter(id=account_id).exists():
        raise NotFound(_("There is no such bank account."))
    suffix = Path(file_name).suffix.lower()
    if suffix not in {*SUFFIXES, *MT940_SUFFIXES}:
        raise Problem("unknown_file_type", _("Send a CSV, XLSX or MT940 file."), about="file")
    row_id = new_id()
    path = _folder() / f"{row_id}{suffix}"
    try:
        digest = _store(path, chunks)
        columns = headers(path)
    except Problem:
        path.unlink(missing_ok=True)
        raise
    mapping = known_columns(path) or guess_columns(columns)
    return StatementFile.objects.create(
        id=row_id,
        account_id=account_id,
        file_name=normalise(Path(file_name).name)[:200],
        file_path=str(path.relative_to(settings.MEDIA_ROOT)),
        file_digest=digest,
        mapping=mapping,
        unit_rial=unit_of(mapping.get("amount", "")),
        report={"headers": columns},
        created_by=by,
        created_at=now,
    )


@operation
def map_statement(
    *, statement_id: UUID, mapping: Mapping[str, str], unit_rial: int | None
) -> StatementFile:
    """Say what the columns mean and how many rial one unit is: there is no guess in that.

    Raises NotFound, Problem `unknown_column`, `column_missing`, `invalid_unit`,
    `statement_started`.
    """
    row = _locked(statement_id)
    if row.state not in _EDITABLE:
        raise _started()
    if unit_rial not in _UNITS:
        raise Problem(
            "invalid_unit",
            _("Say whether amounts are in rial or toman."),
            fields={"unit": [_("Choose rial or toman.")]},
        )
    check_columns(mapping, row.report["headers"])
    row.mapping = {name: header for name, header in mapping.items() if header}
    row.unit_rial = unit_rial
    row.report = {"headers": row.report["headers"]}
    row.state = StatementState.UPLOADED
    row.save()
    return row


def check_statement(*, business_id: UUID, statement_id: UUID) -> StatementFile:
    """Read the file and keep a report of what it would bring; nothing else is written.

    Opens its own scopes: no transaction is held while the file is read. Raises NotFound, Problem
    `column_missing`, `invalid_unit`.
    """
    with acting_for(business_id):
        row = statement(statement_id)
        reader = reader_of(row)
    tally = _Tally()
    for line in islice(reader.lines(), MAX_CHECKED):
        tally.add(line)
    with acting_for(business_id):
        report = {"headers": row.report["headers"], **tally.report(row.account_id)}
        StatementFile.objects.filter(id=row.id, state__in=_EDITABLE).update(
            state=StatementState.CHECKED, report=report, rows_total=tally.rows
        )
        return statement(statement_id)


@operation
def queue_statement(*, statement_id: UUID, sure: bool = False, now: datetime) -> StatementFile:
    """Start taking a checked file in.

    Raises NotFound, Problem `statement_started`, `statement_unchecked`, and `unit_suspect` when
    more rows are ten times or a tenth of what their identifier expects than are right, unless
    one is `sure`.
    """
    row = _locked(statement_id)
    if row.state == StatementState.UPLOADED:
        raise Problem("statement_unchecked", _("Check the file first."), status=HTTPStatus.CONFLICT)
    if row.state not in {StatementState.CHECKED, StatementState.FAILED}:
        raise _started()
    if row.report.get("tenfold", 0) > row.report.get("exact", 0) and not sure:
        raise Problem(
            "unit_suspect",
            _("Rows are ten times or a tenth of what was asked: is the unit right?"),
            status=HTTPStatus.CONFLICT,
        )
    row.state, row.next_run_at, row.last_error = StatementState.QUEUED, now, ""
    row.save()
    return row


def reader_of(row: StatementFile) -> Reader:
    """Return how to read a mapped file. Raises Problem `column_missing`, `invalid_unit`."""
    if row.unit_rial is None:
        raise Problem("invalid_unit", _("Say whether amounts are in rial or toman."), about="unit")
    return Reader(
        path=Path(settings.MEDIA_ROOT) / row.file_path,
        columns=check_columns(row.mapping, row.report["headers"]),
        unit_rial=row.unit_rial,
        zone=business_by_id(row.business_id).timezone,
    )


def statement(statement_id: UUID) -> StatementFile:
    """Return a statement file. Raises NotFound."""
    row = StatementFile.objects.filter(id=statement_id).first()
    if row is None:
        raise NotFound(_("There is no such statement."))
    return row


@dataclass(slots=True)
class _Tally:
    """Adds up the report, line by line."""

    rows: int = 0
    came: int = 0
    left: int = 0
    came_rial: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        self.rows = line.number
        if line.refused is not None:
            self.errors[line.refused.code] += 1
            if len(self.examples) < _SHOWN:
                said = {"row": line.number + 1, "message": str(line.refused.detail)}
                self.examples.append(said)
        elif line.row is not None and line.row.amount_rial < 0:
            self.left += 1
        elif line.row is not None:
            self._count(line)

    def _count(self, line: Line) -> None:
        row = line.row
        if row is None:
            return
        self.came += 1
        self.came_rial += row.amount_rial
        digits = read_digits(row.identifier)
        if digits:
            self.named[digits] = row.amount_rial
        if len(self.preview) < _SHOWN:
            self.preview.append(
                {
                    "at": row.at.isoformat(),
                    "amount_rial": row.amount_rial,
                    "identifier": digits,
                    "reference": row.bank_reference,
                    "from": row.source_name or row.source_iban,
                }
            )

    def report(self, account_id: UUID) -> dict[str, Any]:
        exact, tenfold = _against_expected(self.named, account_id)
        return {
            "rows": self.rows,
            "came": self.came,
            "left": self.left,
            "came_rial": self.came_rial,
            "refused": sum(self.errors.values()),
            "errors": dict(self.errors),
            "examples": self.examples,
            "preview": self.preview,
            "exact": exact,
            "tenfold": tenfold,
        }


def _against_expected(named: Mapping[str, int], account_id: UUID) -> tuple[int, int]:
    """Count the rows that are what their payment asked, and those that are ten times off."""
    rows = DepositIdentifier.objects.filter(
        account_id=account_id,
        digits__in=list(named),
        state=IdentifierState.ACTIVE,
        payment__isnull=False,
    ).values_list("digits", "payment__amount_rial")
    pairs = [(asked, named[digits]) for digits, asked in rows]
    exact = sum(asked == came for asked, came in pairs)
    return exact, sum(looks_like_wrong_unit(asked, came) for asked, came in pairs)


def _locked(statement_id: UUID) -> StatementFile:
    row = StatementFile.objects.select_for_update().filter(id=statement_id).first()
    if row is None:
        raise NotFound(_("There is no such statement."))
    return row


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / str(active_business_id()) / "statements"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _store(path: Path, chunks: Iterable[bytes]) -> str:
    size, seen = 0, hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise Problem(
                    "file_too_large",
                    _("The file is larger than 50 MB."),
                    status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    about="file",
                )
            seen.update(chunk)
            file.write(chunk)
    return seen.hexdigest()


def _started() -> Problem:
    return Problem(
        "statement_started",
        _("This statement has already been started."),
        status=HTTPStatus.CONFLICT,
    )
