"""Carts over HTTP: told before payment, so that those left can be reminded of (C021)."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from core.money import MAX_RIAL
from customers.operations import MAX_LINES
from payments.api.bodies import Body, BuyerIn, Code, ItemIn
from payments.operations.links import NewCart, close_cart, pay_cart, tell_cart
from payments.queries import pay_url
from payments.queries.links import cart_by_id, cart_rows


class CartIn(Body):
    """A cart as it is now, in rial; lines, when given, add up to the amount.

    `resume_url` is where your shop goes on with it; without one the reminder leads to a payment of
    ours under the same number, and `return_url` is where that one ends. `context` is said of every
    line that does not say otherwise, held against `context-fields` now and not again when it is
    paid.
    """

    external_id: Code
    amount: int = Field(gt=0, le=MAX_RIAL)
    title: str = Field(default="", max_length=500)
    customer: BuyerIn | None = None
    lines: list[ItemIn] = Field(
        default_factory=list, max_length=10_000, json_schema_extra={"maxItems": MAX_LINES}
    )
    context: dict[str, Any] = Field(default_factory=dict, max_length=50)
    resume_url: str = Field(default="", max_length=2000)
    return_url: str = Field(default="", max_length=2000)

    def new(self) -> NewCart:
        """Return the operation's value."""
        return NewCart(
            external_id=self.external_id,
            amount_rial=self.amount,
            title=self.title,
            customer=self.customer.hint() if self.customer else None,
            lines=tuple(line.new() for line in self.lines),
            context=self.context,
            resume_url=self.resume_url,
            return_url=self.return_url,
        )


class CartOut(BaseModel):
    """A cart; `bought`: a sale came of it, under its number or by the same person and sum.

    `remind_at` is when its buyer is due for the one reminder; null: nobody is, or it is decided.
    """

    id: UUID
    external_id: str
    amount: int
    title: str
    bought: bool
    created_at: AwareDatetime
    changed_at: AwareDatetime
    closed_at: AwareDatetime | None
    remind_at: AwareDatetime | None


class CartsOut(BaseModel):
    """A page of carts, the last changed first."""

    data: list[CartOut]
    next_cursor: str | None


class CartPaymentOut(BaseModel):
    """Where a cart is paid."""

    payment_id: UUID
    pay_url: str


class Carts(Endpoint):
    """POST a cart as it is now, GET those changed lately."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {**FILTERS}
    body: ClassVar = {"POST": CartIn}
    answer: ClassVar = {"POST": CartOut, "GET": CartsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: CartIn) -> Reply:
        """Tell a cart; 201, or 200 when one of this number was told before and is changed."""
        told = tell_cart(cart=body.new(), now=call.now)
        return Reply(_one(told.id), HTTPStatus.CREATED if told.is_new else HTTPStatus.OK)

    def get(self, call: Call) -> Reply:
        """List carts, the last changed first."""
        found = page(
            cart_rows(),
            by="changed_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_cart(row) for row in found.rows]
        return Reply(CartsOut(data=rows, next_cursor=found.next_cursor).model_dump())


class CartItem(Endpoint):
    """GET one cart."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": CartOut}

    def get(self, call: Call, cart_id: UUID) -> Reply:
        """Return the cart and what became of it."""
        del call
        return Reply(_one(cart_id))


class CartClosing(Endpoint):
    """POST notes that a cart was emptied."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": CartOut}

    def post(self, call: Call, cart_id: UUID) -> Reply:
        """Remind nobody of it; a second call changes nothing."""
        close_cart(cart_id=cart_id, now=call.now)
        return Reply(_one(cart_id))


class CartPayment(Endpoint):
    """POST asks for the payment of a cart."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": CartPaymentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, cart_id: UUID) -> Reply:
        """Return where it is paid: 201, or 200 for the payment asked for before."""
        asked = pay_cart(cart_id=cart_id, now=call.now)
        told = CartPaymentOut(payment_id=asked.id, pay_url=pay_url(asked.pay_token))
        status = HTTPStatus.OK if asked.repeated else HTTPStatus.CREATED
        return Reply(told.model_dump(), status)


def _one(cart_id: UUID) -> dict[str, Any]:
    row = cart_by_id(cart_id)
    if row is None:
        raise NotFound(_("There is no such cart."))
    return _cart(row).model_dump()


def _cart(row: Any) -> CartOut:
    return CartOut(
        id=row.id,
        external_id=row.external_id,
        amount=row.amount_rial,
        title=row.title,
        bought=row.bought,
        created_at=row.created_at,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        remind_at=row.remind_at,
    )
