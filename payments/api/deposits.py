"""Identified deposits over HTTP: what came in, and what is decided about it."""

from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from core.tenancy import acting_for
from payments.api.bodies import Body
from payments.enums.deposits import RowSource
from payments.models import Deposit
from payments.operations.deposits import (
    HeardRow,
    Part,
    Rest,
    accept_deposit,
    fail_return,
    fingerprint,
    finish_return,
    hear_rows,
    ignore_deposit,
    return_deposit,
    run_deposit,
    split_deposit,
)
from payments.queries.deposits import deposit_detail, deposit_rows


class RowIn(Body):
    """One line of the bank, as a text message or your own system tells it; `amount` in rial."""

    bank_account_id: UUID
    amount: int = Field(gt=0)
    at: AwareDatetime
    reference: str = Field(default="", max_length=200)
    identifier: str = Field(default="", max_length=100)
    source_iban: str = Field(default="", max_length=34)
    source_name: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=500)


class PartIn(Body):
    """A part in rial: for a payment, or for a customer as a purchase of its own."""

    amount: int = Field(gt=0)
    payment_id: UUID | None = None
    customer_id: UUID | None = None

    def part(self) -> Part:
        """Return the operation's value."""
        return Part(
            amount_rial=self.amount, payment_id=self.payment_id, customer_id=self.customer_id
        )


class ResolveIn(Body):
    """Whom a deposit is for; both: what is too much for the payment is the customer's."""

    payment_id: UUID | None = None
    customer_id: UUID | None = None
    rest: Literal["keep", "return"] = "keep"


class SplitIn(Body):
    """How a deposit is divided; the rest is kept waiting or goes back."""

    parts: list[PartIn] = Field(max_length=100)
    rest: Literal["keep", "return"] = "keep"


class ReturnIn(Body):
    """Where the money goes back to (the source when empty) and why."""

    to_iban: str = Field(default="", max_length=34)
    note: str = Field(default="", max_length=500)


class NoteIn(Body):
    """Why the money is no customer's."""

    note: str = Field(default="", max_length=500)


class DoneIn(Body):
    """The bank's reference of the transfer; or that it could not be made."""

    bank_reference: str = Field(default="", max_length=200)
    failed: bool = False


class PartOut(BaseModel):
    """A part of a deposit: held until its payment is whole, then settled."""

    payment_id: UUID
    amount: int
    status: str


class BackOut(BaseModel):
    """Money of a deposit on its way back."""

    id: UUID
    amount: int
    way: str
    status: str
    to_iban: str
    bank_reference: str


class DepositOut(BaseModel):
    """A deposit; amounts in rial. `reason` tells why nobody was credited by itself."""

    id: UUID
    status: str
    reason: str
    amount: int
    open_amount: int
    bank_account_id: UUID
    identifier: str
    reference: str
    source_iban: str
    source_name: str
    at: AwareDatetime
    suggestions: dict[str, Any]
    parts: list[PartOut] | None = None
    returns: list[BackOut] | None = None


class DepositsOut(BaseModel):
    """A page of deposits, newest first."""

    data: list[DepositOut]
    next_cursor: str | None


class Deposits(Endpoint):
    """GET what came in; POST one line of the bank."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {
        "status": "a state, or `open` for those that wait for a person",
        "reason": "why nobody was credited",
        **FILTERS,
    }
    body: ClassVar = {"POST": RowIn}
    answer: ClassVar = {"POST": DepositOut, "GET": DepositsOut}
    answer_status: ClassVar = {"POST": 201}
    unscoped_methods: ClassVar[frozenset[str]] = frozenset({"POST"})

    def post(self, call: Call, body: RowIn) -> Reply:
        """Take a line in and judge it at once; 201, or 200 when it was known already."""
        with acting_for(call.business_id, durable=True):
            row = HeardRow(
                amount_rial=body.amount,
                at=body.at,
                bank_reference=body.reference,
                identifier=body.identifier,
                source_iban=body.source_iban,
                source_name=body.source_name,
                description=body.description,
            )
            taken = hear_rows(
                account_id=body.bank_account_id, rows=[row], source=RowSource.NOTICE, now=call.now
            )
        for deposit_id in taken.deposit_ids:
            run_deposit(business_id=call.business_id, deposit_id=deposit_id, now=call.now)
        with acting_for(call.business_id):
            fresh = taken.deposit_ids[0] if taken.deposit_ids else _known(row, body)
            status = HTTPStatus.CREATED if taken.deposit_ids else HTTPStatus.OK
            return Reply(_detail(fresh), status)

    def get(self, call: Call) -> Reply:
        """List deposits, newest first."""
        rows = deposit_rows(state=call.query.get("status", ""), reason=call.query.get("reason", ""))
        found = page(
            rows,
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_deposit(one).model_dump(exclude={"parts", "returns"}) for one in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class DepositItem(Endpoint):
    """GET one deposit with its parts and returns."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": DepositOut}

    def get(self, call: Call, deposit_id: UUID) -> Reply:
        """Return the deposit."""
        del call
        return Reply(_detail(deposit_id))


class DepositResolution(Endpoint):
    """POST takes a waiting deposit for a payment or a customer."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": ResolveIn}
    answer: ClassVar = {"POST": DepositOut}

    def post(self, call: Call, body: ResolveIn, deposit_id: UUID) -> Reply:
        """Resolve."""
        accept_deposit(
            deposit_id=deposit_id,
            payment_id=body.payment_id,
            customer_id=body.customer_id,
            rest=Rest(body.rest),
            by=_by(call),
            now=call.now,
        )
        return Reply(_detail(deposit_id))


class DepositSplit(Endpoint):
    """POST divides a waiting deposit."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": SplitIn}
    answer: ClassVar = {"POST": DepositOut}

    def post(self, call: Call, body: SplitIn, deposit_id: UUID) -> Reply:
        """Split."""
        split_deposit(
            deposit_id=deposit_id,
            parts=[one.part() for one in body.parts],
            rest=Rest(body.rest),
            by=_by(call),
            now=call.now,
        )
        return Reply(_detail(deposit_id))


class DepositReturning(Endpoint):
    """POST orders a waiting deposit back."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": ReturnIn}
    answer: ClassVar = {"POST": DepositOut}

    def post(self, call: Call, body: ReturnIn, deposit_id: UUID) -> Reply:
        """Order the return; a provider sends it back by itself, else finish it yourself."""
        return_deposit(
            deposit_id=deposit_id,
            to_iban=body.to_iban,
            note=body.note,
            by=_by(call),
            now=call.now,
        )
        return Reply(_detail(deposit_id))


class DepositIgnoring(Endpoint):
    """POST says that a waiting deposit is no customer's."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": NoteIn}
    answer: ClassVar = {"POST": DepositOut}

    def post(self, call: Call, body: NoteIn, deposit_id: UUID) -> Reply:
        """Put it aside."""
        ignore_deposit(deposit_id=deposit_id, note=body.note, by=_by(call), now=call.now)
        return Reply(_detail(deposit_id))


class DepositReturnEnd(Endpoint):
    """POST tells how a return by hand ended."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": DoneIn}

    def post(self, call: Call, body: DoneIn, deposit_return_id: UUID) -> Reply:
        """Finish, or fail, the return."""
        if body.failed:
            fail_return(return_id=deposit_return_id, by=_by(call), now=call.now)
        else:
            finish_return(
                return_id=deposit_return_id,
                bank_reference=body.bank_reference,
                by=_by(call),
                now=call.now,
            )
        return Reply(None, HTTPStatus.NO_CONTENT)


def _by(call: Call) -> str:
    return f"api_key:{call.key_id}"


def _known(row: HeardRow, body: RowIn) -> UUID:
    rows = deposit_rows().filter(account_id=body.bank_account_id, row__fingerprint=fingerprint(row))
    found = rows.values_list("id", flat=True).first()
    if found is None:
        raise _missing()
    return found


def _missing() -> NotFound:
    return NotFound(_("There is no such deposit."))


def _detail(deposit_id: UUID) -> dict[str, Any]:
    found = deposit_detail(deposit_id)
    if found is None:
        raise _missing()
    told = _deposit(found.deposit)
    told.parts = [
        PartOut(payment_id=one.payment_id, amount=one.amount_rial, status=one.state)
        for one in found.parts
    ]
    told.returns = [
        BackOut(
            id=one.id,
            amount=one.amount_rial,
            way=one.way,
            status=one.state,
            to_iban=one.to_iban,
            bank_reference=one.bank_reference,
        )
        for one in found.returns
    ]
    return told.model_dump()


def _deposit(row: Deposit) -> DepositOut:
    heard = row.row
    return DepositOut(
        id=row.id,
        status=row.state,
        reason=row.reason,
        amount=row.amount_rial,
        open_amount=row.open_rial,
        bank_account_id=row.account_id,
        identifier=heard.identifier or (row.identifier.digits if row.identifier else ""),
        reference=heard.bank_reference or heard.provider_reference,
        source_iban=heard.source_iban,
        source_name=heard.source_name,
        at=row.at,
        suggestions=row.hints,
    )
