"""Mandates and debits over HTTP."""

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
from payments.api.typed import chosen, id_in
from payments.enums.debits import DEBIT_OPEN, Collects, DebitState, MandateState, Wage
from payments.models import Debit, Mandate
from payments.operations.debits import NewDebit, cancel_debit, schedule_debits
from payments.operations.debits.notices import mandate_url
from payments.operations.mandates import (
    NewMandate,
    check_mandate,
    request_mandate,
    resume_mandate,
    revoke_mandate,
    suspend_mandate,
)
from payments.queries.mandates import debit_by_id, debit_rows, mandate_by_id, mandate_rows


class MandateIn(Body):
    """A permission to ask for. `bank` is three digits as in an IBAN; amounts in rial."""

    mobile: str = Field(max_length=40)
    bank: str = Field(min_length=3, max_length=12)
    max_debit: int
    max_month_count: int
    max_day_count: int = 1
    max_day: int | None = None
    max_month: int | None = None
    max_total: int | None = None
    expires_at: AwareDatetime
    name: str = ""
    national_code: str = Field(default="", max_length=20, repr=False)
    purpose: str = ""
    wage: Wage = Wage.BUSINESS
    return_url: str = ""

    def new(self) -> NewMandate:
        """Return the operation's value."""
        return NewMandate(
            mobile=self.mobile,
            bank=self.bank,
            max_debit_rial=self.max_debit,
            max_month_count=self.max_month_count,
            max_day_count=self.max_day_count,
            max_day_rial=self.max_day,
            max_month_rial=self.max_month,
            max_total_rial=self.max_total,
            expires_at=self.expires_at,
            name=self.name,
            national_code=self.national_code,
            purpose=self.purpose,
            wage=self.wage,
            return_url=self.return_url,
        )


class MandateOut(BaseModel):
    """A permission; the customer ends it at `page_url`. `sign_url` only when it was asked for."""

    id: UUID
    status: str
    customer_id: UUID
    bank: str
    bank_name: str
    max_debit: int
    max_day_count: int
    max_month_count: int
    max_total: int | None
    purpose: str
    page_url: str
    sign_url: str | None = None
    requested_at: AwareDatetime
    activated_at: AwareDatetime | None
    expires_at: AwareDatetime
    ended_at: AwareDatetime | None
    end_reason: str


class DebitIn(Body):
    """A sum to collect at a time; a `receivable` is part of an earlier sale, no sale of its own."""

    mandate_id: UUID
    amount: int
    due_at: AwareDatetime
    external_id: str = Field(min_length=1, max_length=200)
    description: str = ""
    collects: Literal[Collects.SALE, Collects.RECEIVABLE] = Collects.SALE
    max_tries: int | None = Field(default=None, ge=1, le=16)


class DebitOut(BaseModel):
    """A due sum and what became of it."""

    id: UUID
    external_id: str
    mandate_id: UUID
    customer_id: UUID
    status: str
    amount: int
    description: str
    collects: str
    due_at: AwareDatetime
    tries: int
    failure: str
    next_try_at: AwareDatetime | None
    payment_id: UUID | None
    collected_at: AwareDatetime | None


class Mandates(Endpoint):
    """POST asks a customer for a permission to debit, GET lists them."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", "customer_id": "a customer", **FILTERS}
    body: ClassVar = {"POST": MandateIn}
    answer: ClassVar = {"POST": MandateOut}
    answer_status: ClassVar = {"POST": 201}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: MandateIn) -> Reply:
        """Open a mandate; send the customer to `sign_url`."""
        signing = request_mandate(business_id=call.business_id, asked=body.new(), now=call.now)
        with acting_for(call.business_id):
            row = _mandate_row(signing.mandate_id)
            return Reply(_mandate(row) | {"sign_url": signing.redirect.url}, HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List mandates, newest first."""
        state = chosen(call.query.get("status", ""), MandateState.values)
        found = page(
            mandate_rows(state=state, customer_id=id_in(call.query.get("customer_id", ""))),
            by="requested_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_mandate(row) for row in found.rows]
        return Reply({"data": rows, "next_cursor": found.next_cursor})


class MandateItem(Endpoint):
    """GET one mandate, DELETE ends it."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ, "DELETE": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"GET": MandateOut, "DELETE": MandateOut}
    unscoped_methods: ClassVar = frozenset({"DELETE"})

    def get(self, call: Call, mandate_id: UUID) -> Reply:
        """Return a mandate."""
        return Reply(_mandate(_mandate_row(mandate_id)))

    def delete(self, call: Call, mandate_id: UUID) -> Reply:
        """End a mandate for good; nothing is debited under it from this moment on."""
        with acting_for(call.business_id, durable=True):
            revoke_mandate(mandate_id=mandate_id, by_customer=False, now=call.now)
        check_mandate(business_id=call.business_id, mandate_id=mandate_id, now=call.now)
        with acting_for(call.business_id):
            return Reply(_mandate(_mandate_row(mandate_id)))


class MandateSuspension(Endpoint):
    """POST lets a permission rest."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": MandateOut}

    def post(self, call: Call, mandate_id: UUID) -> Reply:
        """Debit nothing under it until it is resumed."""
        suspend_mandate(mandate_id=mandate_id, now=call.now)
        return Reply(_mandate(_mandate_row(mandate_id)))


class MandateResumption(Endpoint):
    """POST goes on with a permission that rested."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": MandateOut}

    def post(self, call: Call, mandate_id: UUID) -> Reply:
        """Debit again within its limits."""
        resume_mandate(mandate_id=mandate_id, now=call.now)
        return Reply(_mandate(_mandate_row(mandate_id)))


class Debits(Endpoint):
    """POST makes a sum due under a mandate, GET lists them."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", "mandate_id": "a mandate", **FILTERS}
    body: ClassVar = {"POST": DebitIn}
    answer: ClassVar = {"POST": DebitOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: DebitIn) -> Reply:
        """Make a sum due, once for each `external_id`."""
        new = NewDebit(
            mandate_id=body.mandate_id,
            amount_rial=body.amount,
            due_at=body.due_at,
            external_id=body.external_id,
            description=body.description,
            collects=body.collects,
            max_tries=body.max_tries,
        )
        (debit_id,) = schedule_debits(debits=[new], now=call.now)
        return Reply(_debit(_debit_row(debit_id)), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List debits, the latest due first."""
        state = chosen(call.query.get("status", ""), DebitState.values)
        found = page(
            debit_rows(state=state, mandate_id=id_in(call.query.get("mandate_id", ""))),
            by="due_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        return Reply(
            {"data": [_debit(row) for row in found.rows], "next_cursor": found.next_cursor}
        )


class DebitItem(Endpoint):
    """GET one debit."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": DebitOut}

    def get(self, call: Call, debit_id: UUID) -> Reply:
        """Return a debit."""
        return Reply(_debit(_debit_row(debit_id)))


class DebitCancellation(Endpoint):
    """POST takes a due sum back."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": DebitOut}

    def post(self, call: Call, debit_id: UUID) -> Reply:
        """Cancel a debit that is not at the bank."""
        cancel_debit(debit_id=debit_id, now=call.now)
        return Reply(_debit(_debit_row(debit_id)))


def _mandate_row(mandate_id: UUID) -> Mandate:
    row = mandate_by_id(mandate_id)
    if row is None:
        raise NotFound(_("There is no such mandate."))
    return row


def _debit_row(debit_id: UUID) -> Debit:
    row = debit_by_id(debit_id)
    if row is None:
        raise NotFound(_("There is no such debit."))
    return row


def _mandate(row: Mandate) -> dict[str, Any]:
    return MandateOut(
        id=row.id,
        status=row.state,
        customer_id=row.customer_id,
        bank=row.bank,
        bank_name=row.bank_name,
        max_debit=row.max_debit_rial,
        max_day_count=row.max_day_count,
        max_month_count=row.max_month_count,
        max_total=row.max_total_rial,
        purpose=row.purpose,
        page_url=mandate_url(row.public_token),
        requested_at=row.requested_at,
        activated_at=row.activated_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
    ).model_dump()


def _debit(row: Debit) -> dict[str, Any]:
    return DebitOut(
        id=row.id,
        external_id=row.external_id,
        mandate_id=row.mandate_id,
        customer_id=row.customer_id,
        status=row.state,
        amount=row.amount_rial,
        description=row.description,
        collects=row.collects,
        due_at=row.due_at,
        tries=row.tries,
        failure=row.failure,
        next_try_at=row.next_try_at if row.state in DEBIT_OPEN else None,
        payment_id=row.payment_id,
        collected_at=row.collected_at,
    ).model_dump()
