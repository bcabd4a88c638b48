"""What is given on the spot, over HTTP (C078)."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from businesses.queries import employee_by_code
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from core.money import MAX_RIAL
from loyalty.api.bodies import Body, Document, Points
from loyalty.api.whose import asked_customer, demand_customer
from loyalty.enums import GoodwillSpan
from loyalty.enums.goodwill import GoodwillKind
from loyalty.models import Goodwill as Row
from loyalty.models import GoodwillBudget
from loyalty.operations.goodwill import (
    Giver,
    NewBudget,
    What,
    allow_goodwill,
    give_goodwill,
    take_goodwill_back,
)
from loyalty.queries.goodwill import goodwill_budget, goodwill_rows, left_of
from loyalty.queries.goodwill_codes import code_told, good_until

Rial = Annotated[int, Field(ge=1, le=MAX_RIAL)]


class GoodwillBudgetIn(Body):
    """For how many rial each person may give within a Jalali `span`: day, week or month.

    Coupons and gift cards they give are good for `good_days`.
    """

    open: bool
    amount: Rial
    span: GoodwillSpan
    most_at_once: Rial | None = None
    good_days: int = Field(default=30, ge=1, le=365)


class GoodwillBudgetOut(BaseModel):
    """What each person may give; `amount` rial of each, within `span`."""

    open: bool
    amount: int
    span: str
    most_at_once: int | None
    good_days: int


class GoodwillIn(Body):
    """What an employee gives a customer, with the reason, which the customer reads.

    By `kind`: `points`; an `amount` in rial (discount, gift_card); `thing`, the id of a kind of
    coupon with own codes or of a service (coupon, benefit).
    """

    customer_id: UUID
    employee: str = Field(min_length=1, max_length=100)
    kind: GoodwillKind = GoodwillKind.POINTS
    points: Points | None = None
    amount: Rial | None = None
    thing: UUID | None = None
    reason: str = Field(min_length=1, max_length=200)


class GoodwillOut(BaseModel):
    """What was given; `worth` in rial on that day. `name` says what it is unless it is points."""

    id: UUID
    customer_id: UUID
    given_by: str
    kind: str
    name: str
    points: int
    worth: int
    good_until: datetime | None
    reason: str
    at: datetime
    taken_back_at: datetime | None


class GoodwillGivenOut(GoodwillOut):
    """What was given just now, with its `code`, and what the employee may still give (rial)."""

    code: str
    left: int


class GoodwillsOut(BaseModel):
    """What was given, newest first."""

    data: list[GoodwillOut]
    next_cursor: str | None


class GoodwillBudgetItem(Endpoint):
    """GET what each person may give, POST changes it."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": GoodwillBudgetIn}
    answer: ClassVar = {"GET": GoodwillBudgetOut, "POST": GoodwillBudgetOut}

    def get(self, call: Call) -> Reply:
        """Return it; 404 before there is one."""
        del call
        row = goodwill_budget()
        if row is None:
            raise NotFound(_("Nobody may give anything on the spot here."))
        return Reply(_budget(row))

    def post(self, call: Call, body: GoodwillBudgetIn) -> Reply:
        """Change it; what was given in the span counts."""
        new = NewBudget(
            is_open=body.open,
            amount_rial=body.amount,
            span=body.span,
            most_at_once_rial=body.most_at_once,
            good_days=body.good_days,
        )
        return Reply(_budget(allow_goodwill(new=new, actor=None, now=call.now)))


class Goodwill(Endpoint):
    """POST gives a customer something on the spot, GET lists what was given."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    filters: ClassVar = {"customer": "only this customer's", **FILTERS}
    body: ClassVar = {"POST": GoodwillIn}
    answer: ClassVar = {"POST": GoodwillGivenOut, "GET": GoodwillsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: GoodwillIn) -> Reply:
        """Give it; 409 where the employee may give less."""
        giver = _employee(body.employee)
        what = What(
            kind=body.kind,
            points=body.points or 0,
            amount_rial=body.amount or 0,
            thing_id=body.thing,
        )
        row = give_goodwill(
            customer_id=demand_customer(body.customer_id),
            what=what,
            reason=body.reason,
            giver=giver,
            now=call.now,
        )
        left = left_of(giver.id, call.now)
        told = _told(row) | {"code": code_told(row), "left": left.rial if left else 0}
        return Reply(told, HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List them."""
        asked = call.query.get("customer", "")
        found = page(
            goodwill_rows(customer_id=asked_customer(asked) if asked else None),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_told(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class GoodwillTakeBack(Endpoint):
    """POST takes back a coupon, card or service given on the spot; points are corrected."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": GoodwillOut}

    def post(self, call: Call, goodwill_id: UUID) -> Reply:
        """Take it back; 409 once it was used. Twice is once."""
        row = take_goodwill_back(goodwill_id=goodwill_id, actor=None, by="api", now=call.now)
        return Reply(_told(row))


def _employee(code: str) -> Giver:
    found = employee_by_code(code)
    if found is None:
        detail = _("No employee who works here has this code.")
        raise Problem("unknown_employee", detail, fields={"employee": [detail]})
    return Giver(found.id, found.name)


def _budget(row: GoodwillBudget) -> Document:
    return {
        "open": row.is_open,
        "amount": row.amount_rial,
        "span": row.span,
        "most_at_once": row.most_at_once_rial,
        "good_days": row.good_days,
    }


def _told(row: Row) -> Document:
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "given_by": row.giver_name,
        "kind": row.kind,
        "name": row.name,
        "points": row.points,
        "worth": row.worth_rial,
        "good_until": good_until(row),
        "reason": row.reason,
        "at": row.at,
        "taken_back_at": row.taken_back_at,
    }
