"""Customers' own days over HTTP: what is done on them, and when they are."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from loyalty.api.bodies import Body, Document
from loyalty.api.whose import demand_customer
from loyalty.enums.presents import OccasionKind, OccasionSource
from loyalty.models import CustomerOccasion, OccasionRules
from loyalty.operations.occasions import (
    NewOccasion,
    NewRules,
    celebrate_occasions,
    tell_occasion,
)
from loyalty.queries.occasions import occasion_rules, occasions_of

Points = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]


class OccasionRulesIn(Body):
    """What is done in the morning of customers' days.

    Who agreed to offers is greeted by SMS, with `text` if given (`{name}` stands for the
    customer's name). Points go to who has been a customer for `least_days`.
    """

    open: bool
    greets: bool = True
    text: str = Field(default="", max_length=300)
    birthday_points: Points = 0
    wedding_points: Points = 0
    own_points: Points = 0
    least_days: int = Field(default=30, strict=True, ge=0, le=3_650)


class OccasionRulesOut(BaseModel):
    """What is done on customers' days."""

    open: bool
    greets: bool
    text: str
    birthday_points: int
    wedding_points: int
    own_points: int
    least_days: int


class OccasionIn(Body):
    """A day of the Jalali year; kind `own` needs a title. It takes the place of the one before."""

    kind: OccasionKind
    month: int = Field(strict=True, ge=1, le=12)
    day: int = Field(strict=True, ge=1, le=31)
    title: str = Field(default="", max_length=60)


class OccasionOut(BaseModel):
    """A customer's day; `next_on` is when it is celebrated next."""

    kind: str
    title: str
    month: int
    day: int
    source: str
    told_at: datetime
    next_on: date


class OccasionsOut(BaseModel):
    """A customer's days, the next one first."""

    data: list[OccasionOut]


class OccasionRulesItem(Endpoint):
    """GET what is done on customers' days, POST changes it."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": OccasionRulesIn}
    answer: ClassVar = {"GET": OccasionRulesOut, "POST": OccasionRulesOut}

    def get(self, call: Call) -> Reply:
        """Return it; 404 before there is anything."""
        del call
        row = occasion_rules()
        if row is None:
            raise NotFound(_("Nothing is done on customers' days yet."))
        return Reply(_rules(row))

    def post(self, call: Call, body: OccasionRulesIn) -> Reply:
        """Change it, from the next morning on."""
        new = NewRules(
            is_open=body.open,
            greets=body.greets,
            text=body.text,
            birthday_points=body.birthday_points,
            wedding_points=body.wedding_points,
            own_points=body.own_points,
            least_days=body.least_days,
        )
        return Reply(_rules(celebrate_occasions(new=new, actor=None, now=call.now)))


class CustomerOccasions(Endpoint):
    """POST keeps a customer's day, GET lists them."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    body: ClassVar = {"POST": OccasionIn}
    answer: ClassVar = {"GET": OccasionsOut, "POST": OccasionOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """List them."""
        del call
        rows = occasions_of(demand_customer(customer_id))
        return Reply({"data": [_occasion(row) for row in rows]})

    def post(self, call: Call, body: OccasionIn, customer_id: UUID) -> Reply:
        """Keep it, instead of the one of that kind known before."""
        new = NewOccasion(kind=body.kind, month=body.month, day=body.day, title=body.title)
        row = tell_occasion(
            customer_id=demand_customer(customer_id),
            new=new,
            source=OccasionSource.API,
            now=call.now,
        )
        return Reply(_occasion(row), HTTPStatus.CREATED)


def _rules(row: OccasionRules) -> Document:
    return {
        "open": row.is_open,
        "greets": row.greets,
        "text": row.text,
        "birthday_points": row.birthday_points,
        "wedding_points": row.wedding_points,
        "own_points": row.own_points,
        "least_days": row.least_days,
    }


def _occasion(row: CustomerOccasion) -> Document:
    return {
        "kind": row.kind,
        "title": row.title,
        "month": row.month,
        "day": row.day,
        "source": row.source,
        "told_at": row.told_at,
        "next_on": row.next_on,
    }
