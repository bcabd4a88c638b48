"""Deposit identifiers and bank accounts over HTTP."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from payments.api.bodies import Body
from payments.models import DepositIdentifier
from payments.operations.deposits import close_identifier, issue_identifier
from payments.queries.deposits import (
    bank_accounts,
    identifier_by_id,
    identifier_rows,
)


class IdentifierIn(Body):
    """For a customer (for good) or for one payment; `bank_account_id` when there are several."""

    customer_id: UUID | None = None
    payment_id: UUID | None = None
    bank_account_id: UUID | None = None
    expected_amount: int | None = Field(default=None, gt=0)
    source_ibans: list[str] = Field(default_factory=list, max_length=20)


class IdentifierOut(BaseModel):
    """An identifier and where to pay; `identifier` is empty while a provider issues it."""

    id: UUID
    status: str
    identifier: str
    customer_id: UUID | None
    payment_id: UUID | None
    expected_amount: int | None
    source_ibans: list[str]
    iban: str
    owner: str
    bank: str
    created_at: AwareDatetime
    closed_at: AwareDatetime | None


class IdentifiersOut(BaseModel):
    """A page of identifiers, newest first."""

    data: list[IdentifierOut]
    next_cursor: str | None


class AccountOut(BaseModel):
    """A bank account deposits arrive at."""

    id: UUID
    title: str
    iban: str
    owner: str
    bank: str
    check_digits: str
    is_active: bool


class AccountsOut(BaseModel):
    """The bank accounts."""

    data: list[AccountOut]


class DepositIdentifiers(Endpoint):
    """POST an identifier for a customer or a payment; GET those there are."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", **FILTERS}
    body: ClassVar = {"POST": IdentifierIn}
    answer: ClassVar = {"POST": IdentifierOut, "GET": IdentifiersOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: IdentifierIn) -> Reply:
        """Issue one; asking again returns the same."""
        row = issue_identifier(
            account_id=body.bank_account_id,
            customer_id=body.customer_id,
            payment_id=body.payment_id,
            expected_rial=body.expected_amount,
            sources=body.source_ibans,
            now=call.now,
        )
        return Reply(_identifier(row), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List identifiers, newest first."""
        found = page(
            identifier_rows(state=call.query.get("status", "")),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_identifier(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class DepositIdentifierItem(Endpoint):
    """GET one identifier."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": IdentifierOut}

    def get(self, call: Call, deposit_identifier_id: UUID) -> Reply:
        """Return the identifier."""
        del call
        row = identifier_by_id(deposit_identifier_id)
        if row is None:
            raise NotFound(_("There is no such identifier."))
        return Reply(_identifier(row))


class DepositIdentifierClosing(Endpoint):
    """POST closes an identifier."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": IdentifierOut}

    def post(self, call: Call, deposit_identifier_id: UUID) -> Reply:
        """Close it."""
        return Reply(
            _identifier(close_identifier(identifier_id=deposit_identifier_id, now=call.now))
        )


class BankAccounts(Endpoint):
    """GET the bank accounts deposits arrive at."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": AccountsOut}

    def get(self, call: Call) -> Reply:
        """List them, oldest first."""
        del call
        rows = [
            AccountOut(
                id=one.id,
                title=one.title,
                iban=one.iban,
                owner=one.owner,
                bank=one.bank,
                check_digits=one.check_digits,
                is_active=one.is_active,
            ).model_dump()
            for one in bank_accounts()
        ]
        return Reply({"data": rows})


def _identifier(row: DepositIdentifier) -> dict[str, Any]:
    return IdentifierOut(
        id=row.id,
        status=row.state,
        identifier=row.digits,
        customer_id=row.customer_id,
        payment_id=row.payment_id,
        expected_amount=row.expected_rial,
        source_ibans=row.sources,
        iban=row.iban,
        owner=row.owner,
        bank=row.bank,
        created_at=row.created_at,
        closed_at=row.closed_at,
    ).model_dump()
