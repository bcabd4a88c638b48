"""Profiles that may be one person, and merges of them, over HTTP."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from customers.api.bodies import Body
from customers.enums import SuggestionState
from customers.models import CustomerMerge
from customers.operations import (
    accept_suggestion,
    merge_customers,
    refuse_suggestion,
    undo_merge,
)
from customers.queries.merging import can_be_undone, merge_rows, suggestion_rows


class ProfileOut(BaseModel):
    """One profile of a pair."""

    id: UUID
    status: str
    name: str
    member_code: str


class SuggestionOut(BaseModel):
    """Two profiles that shared identities; `because` are their kinds, `times` how often."""

    id: UUID
    state: str
    first: ProfileOut
    second: ProfileOut
    because: list[str]
    times: int
    raised_at: AwareDatetime
    last_at: AwareDatetime


class SuggestionListOut(BaseModel):
    """A page of suggestions."""

    data: list[SuggestionOut]
    next_cursor: str | None


class MergeOut(BaseModel):
    """One profile joined to another; it can be undone until the moment told."""

    id: UUID
    state: str
    survivor_id: UUID
    merged_id: UUID
    reason: str
    merged_at: AwareDatetime
    undo_until: AwareDatetime
    undone_at: AwareDatetime | None
    can_be_undone: bool


class MergeListOut(BaseModel):
    """A page of merges."""

    data: list[MergeOut]
    next_cursor: str | None


class AcceptIn(Body):
    """Which of the two profiles stays; without it the one that is better known."""

    survivor_id: UUID | None = None


class RefuseIn(Body):
    """Nothing more is to be said."""


class MergeIn(Body):
    """Who stays, who is joined to them, and why."""

    survivor_id: UUID
    merged_id: UUID
    reason: str = Field(default="", max_length=200)


class UndoIn(Body):
    """Nothing more is to be said."""


class MergeSuggestions(Endpoint):
    """GET the pairs of profiles that may be one person."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = {"state": "open (as without it), accepted or refused", **FILTERS}
    answer: ClassVar = {"GET": SuggestionListOut}

    def get(self, call: Call) -> Reply:
        """List suggestions, last seen first."""
        state = call.query.get("state", SuggestionState.OPEN)
        if state not in SuggestionState.values:
            raise Problem("invalid_state", _("This state is not known."))
        found = page(
            suggestion_rows(state),
            by="last_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_suggestion(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class SuggestionAccept(Endpoint):
    """POST that the two are one person."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": AcceptIn}
    answer: ClassVar = {"POST": MergeOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: AcceptIn, merge_suggestion_id: UUID) -> Reply:
        """Merge the two profiles; 409 when somebody decided already."""
        merge = accept_suggestion(
            suggestion_id=merge_suggestion_id, survivor_id=body.survivor_id, now=call.now
        )
        return Reply(_merge(merge, call.now), HTTPStatus.CREATED)


class SuggestionRefuse(Endpoint):
    """POST that the two are not the same."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": RefuseIn}
    answer_status: ClassVar = {"POST": 204}

    def post(self, call: Call, body: RefuseIn, merge_suggestion_id: UUID) -> Reply:
        """Never suggest this pair again; 409 when somebody decided already."""
        del body
        refuse_suggestion(suggestion_id=merge_suggestion_id, now=call.now)
        return Reply(None, HTTPStatus.NO_CONTENT)


class Merges(Endpoint):
    """GET the merges, POST one."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    filters: ClassVar = FILTERS
    body: ClassVar = {"POST": MergeIn}
    answer: ClassVar = {"GET": MergeListOut, "POST": MergeOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List merges, newest first."""
        found = page(
            merge_rows(),
            by="merged_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_merge(row, call.now) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: MergeIn) -> Reply:
        """Join one profile to another: identities, purchases, points and debts follow."""
        merge = merge_customers(
            survivor_id=body.survivor_id,
            merged_id=body.merged_id,
            reason=body.reason,
            now=call.now,
        )
        return Reply(_merge(merge, call.now), HTTPStatus.CREATED)


class MergeUndo(Endpoint):
    """POST to take a merge back."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": UndoIn}
    answer: ClassVar = {"POST": MergeOut}

    def post(self, call: Call, body: UndoIn, customer_merge_id: UUID) -> Reply:
        """Take a merge back within thirty days; what happened since is settled between the two."""
        del body
        merge = undo_merge(merge_id=customer_merge_id, now=call.now)
        return Reply(_merge(merge, call.now))


def _suggestion(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "first": _profile(row.first),
        "second": _profile(row.second),
        "because": row.because,
        "times": row.times,
        "raised_at": row.raised_at,
        "last_at": row.last_at,
    }


def _profile(person: Any) -> dict[str, Any]:
    return {
        "id": person.id,
        "status": person.status,
        "name": person.name,
        "member_code": person.member_code,
    }


def _merge(row: CustomerMerge, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "survivor_id": row.survivor_id,
        "merged_id": row.merged_id,
        "reason": row.reason,
        "merged_at": row.merged_at,
        "undo_until": row.undo_until,
        "undone_at": row.undone_at,
        "can_be_undone": can_be_undone(row, now),
    }
