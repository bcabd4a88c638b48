"""Promised prices over HTTP."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.operations import MAX_LINES
from payments.api.bodies import Body, ItemIn
from payments.enums.quotes import QuoteState
from payments.operations import NewQuote, make_quote, pay_quote, withdraw_quote
from payments.queries import pay_url
from payments.queries.quotes import QuoteView, quote_by_id, quote_rows, quote_url, view_of


class QuoteIn(Body):
    """A price to hold until `valid_to`, at most a year; lines, when given, add up to the amount.

    For `customer_id`, for a `mobile`, or for whoever holds its address. `members_only`: then only
    for somebody the business knows by the mobile they give. `context` is said of every line that
    does not say otherwise, held against `context-fields` now and not again when it is used.
    """

    title: str = Field(min_length=1, max_length=200)
    valid_to: AwareDatetime
    amount: int | None = None
    lines: list[ItemIn] = Field(
        default_factory=list, max_length=10_000, json_schema_extra={"maxItems": MAX_LINES}
    )
    context: dict[str, Any] = Field(default_factory=dict, max_length=50)
    customer_id: UUID | None = None
    mobile: str = Field(default="", max_length=40)
    members_only: bool = False
    valid_from: AwareDatetime | None = None
    branch: str = ""
    employee: str = ""

    def new(self) -> NewQuote:
        """Return the operation's value."""
        return NewQuote(
            title=self.title,
            valid_to=self.valid_to,
            amount_rial=self.amount,
            lines=tuple(line.new() for line in self.lines),
            context=self.context,
            customer_id=self.customer_id,
            mobile=self.mobile,
            members_only=self.members_only,
            valid_from=self.valid_from,
            branch_code=self.branch,
            employee_code=self.employee,
        )


class QuoteLineOut(BaseModel):
    """One line; amounts in rial."""

    sku: str
    name: str
    quantity: str
    unit_price: int
    discount: int
    total: int


class QuoteOut(BaseModel):
    """A promised price as it stands; amounts in rial.

    `payment_id` is the payment under way or that used it; `instalment_plan_id` the plan that did.
    """

    id: UUID
    title: str
    status: QuoteState
    url: str
    amount: int
    lines: list[QuoteLineOut]
    customer_id: UUID | None
    mobile: str
    members_only: bool
    valid_from: AwareDatetime
    valid_to: AwareDatetime
    branch: str
    employee: str
    created_at: AwareDatetime
    created_by: str
    withdrawn_at: AwareDatetime | None
    payment_id: UUID | None
    instalment_plan_id: UUID | None


class QuotesOut(BaseModel):
    """A page of quotes, newest first."""

    data: list[QuoteOut]
    next_cursor: str | None


class QuotePaymentIn(Body):
    """Who pays; needed where the quote names nobody."""

    mobile: str = Field(default="", max_length=40)


class QuotePaymentOut(BaseModel):
    """Where the promised price can be paid."""

    payment_id: UUID
    pay_url: str


class Quotes(Endpoint):
    """POST a price to hold, GET the latest ones."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", **FILTERS}
    body: ClassVar = {"POST": QuoteIn}
    answer: ClassVar = {"POST": QuoteOut, "GET": QuotesOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: QuoteIn) -> Reply:
        """Promise a price."""
        made = make_quote(quote=body.new(), by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_one(made, call), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List quotes, newest first; filter by status."""
        state = call.query.get("status", "")
        if state and state not in QuoteState.values:
            raise Problem("invalid_status", _("This value is not one of the choices."))
        found = page(
            quote_rows(now=call.now, state=state),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_quote(view_of(row)) for row in found.rows]
        return Reply(QuotesOut(data=rows, next_cursor=found.next_cursor).model_dump())


class QuoteItem(Endpoint):
    """GET one quote."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": QuoteOut}

    def get(self, call: Call, quote_id: UUID) -> Reply:
        """Return the quote as it stands now."""
        return Reply(_one(quote_id, call))


class QuoteWithdrawal(Endpoint):
    """POST takes a promised price back."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": QuoteOut}

    def post(self, call: Call, quote_id: UUID) -> Reply:
        """Withdraw what nobody uses; a second call changes nothing."""
        withdraw_quote(quote_id=quote_id, by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_one(quote_id, call))


class QuotePayment(Endpoint):
    """POST asks for the payment of a promised price."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": QuotePaymentIn}
    answer: ClassVar = {"POST": QuotePaymentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: QuotePaymentIn, quote_id: UUID) -> Reply:
        """Return where it can be paid; the same payment while that one is open."""
        asked = pay_quote(quote_id=quote_id, mobile=body.mobile, now=call.now)
        told = QuotePaymentOut(payment_id=asked.id, pay_url=pay_url(asked.pay_token))
        return Reply(told.model_dump(), HTTPStatus.CREATED)


def _one(quote_id: UUID, call: Call) -> dict[str, Any]:
    view = quote_by_id(quote_id, now=call.now)
    if view is None:
        raise NotFound(_("There is no such quote."))
    return _quote(view).model_dump()


def _quote(view: QuoteView) -> QuoteOut:
    row = view.quote
    return QuoteOut(
        id=row.id,
        title=row.title,
        status=view.state,
        url=quote_url(row),
        amount=row.amount_rial,
        lines=[_line(line) for line in row.lines],
        customer_id=row.customer_id,
        mobile=row.mobile,
        members_only=row.members_only,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        branch=row.branch_code,
        employee=row.employee_code,
        created_at=row.created_at,
        created_by=row.created_by,
        withdrawn_at=row.withdrawn_at,
        payment_id=view.payment_id,
        instalment_plan_id=row.plan_id,
    )


def _line(line: dict[str, Any]) -> QuoteLineOut:
    return QuoteLineOut(
        sku=line["sku"],
        name=line["name"],
        quantity=line["quantity"],
        unit_price=line["unit_price_rial"],
        discount=line["discount_rial"],
        total=line["total_rial"],
    )
