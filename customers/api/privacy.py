"""What is kept of a person, erasing them, and who looked, over HTTP (rule R59)."""

from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from customers.api.bodies import Body
from customers.api.whose import seen
from customers.enums import ViewPlace
from customers.models import Erasure
from customers.operations import (
    ask_erasure,
    confirm_erasure,
    foreseen,
    note_view,
    withdraw_erasure,
)
from customers.queries.kept import person_document
from customers.queries.naming import whom
from customers.queries.privacy import view_rows


class PersonOut(BaseModel):
    """All that is kept of one person: `sections` is {table: rows}."""

    format: Literal["vafa.person/1"]
    customer_id: UUID
    made_at: AwareDatetime
    sections: dict[str, list[dict[str, Any]]]


class ErasureIn(Body):
    """Why a person is erased."""

    reason: Literal["asked", "mistake", "law", "unused"]


class ErasureOut(BaseModel):
    """An erasure; while it waits, what stands in its way and what becomes of what they have."""

    id: UUID
    customer_id: UUID
    state: Literal["asked", "done", "withdrawn"]
    reason: str
    asked_at: AwareDatetime
    ended_at: AwareDatetime | None
    obstacles: list[str]
    consequences: list[str]
    rows: dict[str, int]


class ConfirmIn(Body):
    """The member code of the person to be erased, as a confirmation."""

    member_code: str


class WithdrawIn(Body):
    """Nothing more is to be said."""


class ViewOut(BaseModel):
    """Somebody looked at a customer's particulars."""

    id: UUID
    customer_id: UUID
    at: AwareDatetime
    place: str
    viewer_id: UUID
    viewer_name: str


class ViewListOut(BaseModel):
    """A page of looks."""

    data: list[ViewOut]
    next_cursor: str | None


class PersonData(Endpoint):
    """GET all that is kept of one person."""

    scopes: ClassVar = {"GET": Scope.PERSONAL}
    answer: ClassVar = {"GET": PersonOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return everything kept of a customer, for the customer."""
        whose = seen(customer_id).id
        note_api_view(whose, call, ViewPlace.FILE)
        return Reply(person_document(whose, call.now))


class Erasures(Endpoint):
    """POST to ask that a person be erased."""

    scopes: ClassVar = {"POST": Scope.PERSONAL}
    body: ClassVar = {"POST": ErasureIn}
    answer: ClassVar = {"POST": ErasureOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ErasureIn, customer_id: UUID) -> Reply:
        """Ask; the answer says what stands in the way and what it means. Nothing happens yet."""
        row = ask_erasure(customer_id=customer_id, reason=body.reason, now=call.now)
        return Reply(_erasure(row, call), HTTPStatus.CREATED)


class ErasureConfirm(Endpoint):
    """POST to erase a person for good."""

    scopes: ClassVar = {"POST": Scope.PERSONAL}
    body: ClassVar = {"POST": ConfirmIn}
    answer: ClassVar = {"POST": ErasureOut}

    def post(self, call: Call, body: ConfirmIn, erasure_id: UUID) -> Reply:
        """Erase; there is no way back."""
        row = confirm_erasure(erasure_id=erasure_id, member_code=body.member_code, now=call.now)
        return Reply(_erasure(row, call))


class ErasureWithdraw(Endpoint):
    """POST to take a request to erase back."""

    scopes: ClassVar = {"POST": Scope.PERSONAL}
    body: ClassVar = {"POST": WithdrawIn}
    answer: ClassVar = {"POST": ErasureOut}

    def post(self, call: Call, body: WithdrawIn, erasure_id: UUID) -> Reply:
        """Withdraw; the person stays."""
        del body
        return Reply(_erasure(withdraw_erasure(erasure_id=erasure_id, now=call.now), call))


class ProfileViews(Endpoint):
    """GET who looked at whose profile."""

    scopes: ClassVar = {"GET": Scope.PERSONAL}
    filters: ClassVar = {"customer": "one customer's id", **FILTERS}
    answer: ClassVar = {"GET": ViewListOut}

    def get(self, call: Call) -> Reply:
        """List looks at profiles, newest first."""
        found = page(
            view_rows(_id(call.query.get("customer"))),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [
            {
                "id": row.id,
                "customer_id": row.customer_id,
                "at": row.at,
                "place": row.place,
                "viewer_id": row.viewer_id,
                "viewer_name": row.viewer_name,
            }
            for row in found.rows
        ]
        return Reply({"data": data, "next_cursor": found.next_cursor})


def note_api_view(customer_id: UUID, call: Call, place: ViewPlace = ViewPlace.API) -> None:
    """Write down that a key's holder looked at a profile."""
    note_view(
        customer_id=customer_id,
        place=place,
        viewer_id=call.key_id,
        viewer_name="",
        now=call.now,
    )


def _id(typed: str | None) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError as error:
        raise Problem("invalid_customer", _("This is no customer's id.")) from error


def _erasure(row: Erasure, call: Call) -> dict[str, Any]:
    waits = row.ended_at is None
    outlook = foreseen(whom(row.customer_id), call.now) if waits else None
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "state": row.state,
        "reason": row.reason,
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
        "obstacles": [str(one) for one in outlook.obstacles] if outlook else [],
        "consequences": [str(one) for one in outlook.consequences] if outlook else [],
        "rows": row.touched,
    }
