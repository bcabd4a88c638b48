"""Points given on the spot, over HTTP."""

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from businesses.queries import employee_by_code
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from loyalty.api.bodies import Body, Document, Points
from loyalty.api.whose import asked_customer, demand_customer
from loyalty.enums import GoodwillSpan
from loyalty.models import Goodwill as Row
from loyalty.models import GoodwillBudget
from loyalty.operations.goodwill import Giver, NewBudget, allow_goodwill, give_goodwill
from loyalty.queries.goodwill import goodwill_budget, goodwill_rows, left_of


class GoodwillBudgetIn(Body):
    """What each person who works here may give within a Jalali `span`: day, week or month."""

    open: bool
    points: Points
    span: GoodwillSpan
    most_at_once: Points | None = None


class GoodwillBudgetOut(BaseModel):
    """What each person may give; `points` of each, within `span`."""

    open: bool
    points: int
    span: str
    most_at_once: int | None


class GoodwillIn(Body):
    """Points an employee gives a customer, with the reason, which the customer reads."""

    customer_id: UUID
    employee: str = Field(min_length=1, max_length=100)
    points: Points
    reason: str = Field(min_length=1, max_length=200)


class GoodwillOut(BaseModel):
    """Points given; `worth` in rial on that day."""

    id: UUID
    customer_id: UUID
    given_by: str
    points: int
    worth: int
    reason: str
    at: datetime


class GoodwillGivenOut(GoodwillOut):
    """What was given just now, and what the employee may still give in this span."""

    left_points: int


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
            raise NotFound(_("Nobody may give points on the spot here."))
        return Reply(_budget(row))

    def post(self, call: Call, body: GoodwillBudgetIn) -> Reply:
        """Change it; what was given in the span counts."""
        new = NewBudget(
            is_open=body.open,
            points=body.points,
            span=body.span,
            most_at_once=body.most_at_once,
        )
        return Reply(_budget(allow_goodwill(new=new, actor=None, now=call.now)))


class Goodwill(Endpoint):
    """POST gives a customer points on the spot, GET lists what was given."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    filters: ClassVar = {"customer": "only this customer's", **FILTERS}
    body: ClassVar = {"POST": GoodwillIn}
    answer: ClassVar = {"POST": GoodwillGivenOut, "GET": GoodwillsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: GoodwillIn) -> Reply:
        """Give them; 409 where the employee may give fewer."""
        giver = _employee(body.employee)
        row = give_goodwill(
            customer_id=demand_customer(body.customer_id),
            points=body.points,
            reason=body.reason,
            giver=giver,
            now=call.now,
        )
        left = left_of(giver.id, call.now)
        told = _told(row) | {"left_points": left.points if left else 0}
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


def _employee(code: str) -> Giver:
    found = employee_by_code(code)
    if found is None:
        detail = _("No employee who works here has this code.")
        raise Problem("unknown_employee", detail, fields={"employee": [detail]})
    return Giver(found.id, found.name)


def _budget(row: GoodwillBudget) -> Document:
    return {
        "open": row.is_open,
        "points": row.points,
        "span": row.span,
        "most_at_once": row.most_at_once,
    }


def _told(row: Row) -> Document:
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "given_by": row.giver_name,
        "points": row.points,
        "worth": row.worth_rial,
        "reason": row.reason,
        "at": row.at,
    }
