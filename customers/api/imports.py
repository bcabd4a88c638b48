"""Past purchases from a file, over HTTP: dry run, start, progress, refused rows (C010).

The same engine as the pages: reading, guessing columns, checking and writing are one code.
"""

import base64
import binascii
from http import HTTPStatus
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.api.bodies import Body
from customers.models import ImportJob
from customers.operations import (
    cancel_import,
    check_import,
    map_import,
    queue_import,
    upload_import,
)
from customers.operations.imports.columns import REQUIRED
from customers.operations.imports.jobs import forget_file
from customers.queries.imports import import_errors, import_job, import_jobs

_RIAL: Final = {"rial": 1, "toman": 10}
_DIGITS: Final = 9


class ImportIn(Body):
    """A CSV or XLSX file in base64; the unit of its amounts is always told.

    `columns` is {field: header} where the guess is not right. Nothing is recorded before `start`
    is true, here or in a call of its own.
    """

    file_name: str = Field(min_length=1, max_length=200)
    content: str
    unit: Literal["rial", "toman"]
    columns: dict[str, str] | None = None
    start: bool = False


class ColumnsIn(Body):
    """What the columns mean: {field: header}, and the unit of amounts."""

    columns: dict[str, str]
    unit: Literal["rial", "toman"]


class StartIn(Body):
    """Nothing to say but that it begins."""


class ImportOut(BaseModel):
    """A file on its way in.

    `report` is what it would do, or empty where its columns are not known yet. `done` of `rows`
    is its progress; `recorded`, `replayed` (there already) and `refused` are what became of them.
    """

    id: UUID
    status: str
    file_name: str
    headers: list[str]
    columns: dict[str, str]
    unit_rial: int
    report: dict[str, Any]
    rows: int
    done: int
    recorded: int
    replayed: int
    refused: int
    error: str
    created_at: AwareDatetime
    finished_at: AwareDatetime | None


class ImportsOut(BaseModel):
    """Files, newest first."""

    data: list[ImportOut]
    next_cursor: str | None


class RefusedRow(BaseModel):
    """A row of the file that was refused, with its cells."""

    row: int
    code: str
    message: str
    cells: list[str]


class RefusedRowsOut(BaseModel):
    """Refused rows in the order of the file; `next_after` is the row to go on after."""

    data: list[RefusedRow]
    next_after: int | None


class Imports(Endpoint):
    """GET the files; POST takes one in and tells what it would do."""

    scopes: ClassVar = {"GET": Scope.PURCHASES_READ, "POST": Scope.PURCHASES_WRITE}
    body: ClassVar = {"POST": ImportIn}
    answer: ClassVar = {"GET": ImportsOut, "POST": ImportOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """List them."""
        found = page(
            import_jobs(),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_told(job) for job in found.rows]
        return Reply({"data": rows, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: ImportIn) -> Reply:
        """Keep the file, read it, and start it where that was asked."""
        job = upload_import(
            file_name=body.file_name,
            chunks=[_content(body.content)],
            created_by=f"api_key:{call.key_id}",
            now=call.now,
        )
        try:
            job = self._read(call, body, job)
        except Problem:
            forget_file(job)
            raise
        if body.start:
            job = queue_import(job_id=job.id, now=call.now)
        return Reply(_told(job), HTTPStatus.CREATED)

    @staticmethod
    def _read(call: Call, body: ImportIn, job: ImportJob) -> ImportJob:
        """Check it; where its columns cannot be guessed, the caller is asked for them."""
        columns = body.columns or job.mapping
        if not body.columns and not body.start and not set(REQUIRED) <= set(columns):
            return job
        return _checked(call, job.id, columns, body.unit)


class ImportItem(Endpoint):
    """GET a file: its report, its progress, its sums."""

    scopes: ClassVar = {"GET": Scope.PURCHASES_READ}
    answer: ClassVar = {"GET": ImportOut}

    def get(self, call: Call, import_job_id: UUID) -> Reply:
        """Return it."""
        del call
        return Reply(_told(_demanded(import_job_id)))


class ImportColumns(Endpoint):
    """POST says what the columns mean; the file is read again."""

    scopes: ClassVar = {"POST": Scope.PURCHASES_WRITE}
    body: ClassVar = {"POST": ColumnsIn}
    answer: ClassVar = {"POST": ImportOut}

    def post(self, call: Call, body: ColumnsIn, import_job_id: UUID) -> Reply:
        """Check it anew."""
        return Reply(_told(_checked(call, import_job_id, body.columns, body.unit)))


class ImportStart(Endpoint):
    """POST starts a file, or goes on with one that stopped."""

    scopes: ClassVar = {"POST": Scope.PURCHASES_WRITE}
    body: ClassVar = {"POST": StartIn}
    answer: ClassVar = {"POST": ImportOut}
    answer_status: ClassVar = {"POST": 202}

    def post(self, call: Call, body: StartIn, import_job_id: UUID) -> Reply:
        """Let a worker take it up."""
        del body
        job = queue_import(job_id=import_job_id, now=call.now)
        return Reply(_told(job), HTTPStatus.ACCEPTED)


class ImportCancellation(Endpoint):
    """POST stops a file after its current batch; what is recorded stays."""

    scopes: ClassVar = {"POST": Scope.PURCHASES_WRITE}
    body: ClassVar = {"POST": StartIn}
    answer: ClassVar = {"POST": ImportOut}

    def post(self, call: Call, body: StartIn, import_job_id: UUID) -> Reply:
        """Stop it."""
        del body
        return Reply(_told(cancel_import(job_id=import_job_id, now=call.now)))


class ImportErrors(Endpoint):
    """GET the refused rows of a file, each with its reason."""

    scopes: ClassVar = {"GET": Scope.PURCHASES_READ}
    answer: ClassVar = {"GET": RefusedRowsOut}
    filters: ClassVar = {"after": "next_after of the page before", "limit": FILTERS["limit"]}

    def get(self, call: Call, import_job_id: UUID) -> Reply:
        """Return a page of them."""
        job = _demanded(import_job_id)
        most = asked_limit(call.query.get("limit"))
        found = list(import_errors(job.id).filter(row__gt=_after(call))[: most + 1])
        shown = found[:most]
        rows = [
            RefusedRow(row=one.row, code=one.code, message=one.message, cells=one.raw).model_dump()
            for one in shown
        ]
        return Reply({"data": rows, "next_after": shown[-1].row if len(found) > most else None})


def _checked(call: Call, job_id: UUID, columns: dict[str, str], unit: str) -> ImportJob:
    map_import(job_id=job_id, mapping=columns, unit_rial=_RIAL[unit], now=call.now)
    return check_import(business_id=call.business_id, job_id=job_id, now=call.now)


def _demanded(job_id: UUID) -> ImportJob:
    job = import_job(job_id)
    if job is None:
        raise NotFound(_("There is no such import."))
    return job


def _after(call: Call) -> int:
    text = call.query.get("after", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        detail = _("Send the file in base64.")
        raise Problem("invalid_content", detail, fields={"content": [detail]}) from error


def _told(job: ImportJob) -> dict[str, Any]:
    report = dict(job.report)
    return ImportOut(
        id=job.id,
        status=job.state,
        file_name=job.file_name,
        headers=report.pop("headers", []),
        columns=job.mapping,
        unit_rial=job.unit_rial,
        report=report,
        rows=job.rows_total,
        done=job.rows_done,
        recorded=job.rows_recorded,
        replayed=job.rows_replayed,
        refused=job.rows_failed,
        error=job.last_error,
        created_at=job.created_at,
        finished_at=job.finished_at,
    ).model_dump(mode="json")
