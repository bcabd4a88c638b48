"""Bank statements over HTTP: sent in as files, listed, read one by one (C011)."""

import base64
import binascii
from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from payments.api.bodies import Body
from payments.models import StatementFile
from payments.operations.statements import (
    check_statement,
    map_statement,
    queue_statement,
    upload_statement,
)
from payments.queries.deposits import statement_by_id, statements

_RIAL = {"rial": 1, "toman": 10}


class StatementIn(Body):
    """A CSV, XLSX or MT940 file in base64. The unit of its amounts is always told.

    `columns` is {field: header} where the guess is not right; `sure` goes on although rows look
    ten times off.
    """

    bank_account_id: UUID
    file_name: str = Field(min_length=1, max_length=200)
    content: str
    unit: Literal["rial", "toman"]
    columns: dict[str, str] | None = None
    sure: bool = False


class StatementOut(BaseModel):
    """A statement on its way in, with the report of its dry run."""

    id: UUID
    bank_account_id: UUID
    file_name: str
    status: str
    created_at: AwareDatetime
    rows: int
    rows_new: int
    rows_known: int
    rows_refused: int
    report: dict[str, Any]


class StatementsOut(BaseModel):
    """A page of statements, newest first."""

    data: list[StatementOut]
    next_cursor: str | None


class BankStatements(Endpoint):
    """POST a statement file: read, checked and queued in one call; GET those there are."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", **FILTERS}
    body: ClassVar = {"POST": StatementIn}
    answer: ClassVar = {"POST": StatementOut, "GET": StatementsOut}
    answer_status: ClassVar = {"POST": 202}

    def post(self, call: Call, body: StatementIn) -> Reply:
        """Take a file in; its rows are read within a minute."""
        row = upload_statement(
            account_id=body.bank_account_id,
            file_name=body.file_name,
            chunks=[_content(body.content)],
            by=f"api_key:{call.key_id}",
            now=call.now,
        )
        map_statement(
            statement_id=row.id,
            mapping=body.columns or row.mapping,
            unit_rial=_RIAL[body.unit],
        )
        check_statement(business_id=call.business_id, statement_id=row.id)
        queued = queue_statement(statement_id=row.id, sure=body.sure, now=call.now)
        return Reply(_statement(queued), HTTPStatus.ACCEPTED)

    def get(self, call: Call) -> Reply:
        """List statements, newest first."""
        found = page(
            statements(state=call.query.get("status", "")),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_statement(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class BankStatementItem(Endpoint):
    """GET a statement and how far it is."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": StatementOut}

    def get(self, call: Call, statement_file_id: UUID) -> Reply:
        """Return the statement."""
        del call
        row = statement_by_id(statement_file_id)
        if row is None:
            raise NotFound(_("There is no such statement."))
        return Reply(_statement(row))


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(
            "invalid_content",
            _("Send the file in base64."),
            fields={"content": [_("Send the file in base64.")]},
        ) from error


def _statement(row: StatementFile) -> dict[str, Any]:
    return StatementOut(
        id=row.id,
        bank_account_id=row.account_id,
        file_name=row.file_name,
        status=row.state,
        created_at=row.created_at,
        rows=row.rows_total,
        rows_new=row.rows_new,
        rows_known=row.rows_known,
        rows_refused=row.rows_failed,
        report=row.report,
    ).model_dump()
