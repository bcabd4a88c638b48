"""People who have not bought yet, and where they come from, over HTTP (C009, C042)."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.api.bodies import Body
from customers.api.privacy import note_api_view
from customers.enums import LeadKind, LeadLoss, LeadStep
from customers.models import Lead
from customers.operations import CustomerHint
from customers.operations.leads import (
    NewLead,
    assign_lead,
    follow_up,
    note_lead,
)
from customers.queries.leads import (
    Bought,
    LeadState,
    bought_by,
    lead_by_id,
    lead_rows,
)


class LeadCustomerIn(Body):
    """Who it is: a mobile or an e-mail address, and what else is known."""

    mobile: str = ""
    email: str = ""
    name: str = ""
    external_id: str = ""

    def hint(self) -> CustomerHint:
        """Return the operation's value."""
        return CustomerHint(**self.model_dump())


class LeadIn(Body):
    """Somebody interested. `source` names where they come from; a new title makes a new source.

    Links make their leads on their own page.

    Without `consented` nobody may be contacted, and `next_at` is refused; with it they are due
    after a day unless `next_at` says when.
    """

    customer: LeadCustomerIn
    kind: LeadKind = LeadKind.FORM
    source: str = ""
    wants: str = Field(default="", max_length=2_000)
    consented: bool = False
    next_at: AwareDatetime | None = None
    owner: str = Field(default="", max_length=200)

    def new(self) -> NewLead:
        """Return the operation's value."""
        return NewLead(
            customer=self.customer.hint(),
            kind=self.kind,
            source=self.source,
            wants=self.wants,
            consented=self.consented,
            next_at=self.next_at,
            owner_code=self.owner,
        )


class LeadPatch(Body):
    """Who looks after them: an employee's code, "" for nobody."""

    owner: str = Field(max_length=200)


class FollowUpIn(Body):
    """What came of getting in touch; `because` only with `lost`. Without `next_at` not again."""

    step: LeadStep
    note: str = Field(default="", max_length=2_000)
    because: LeadLoss | None = None
    next_at: AwareDatetime | None = None


class BoughtOut(BaseModel):
    """What they bought and kept since, in rial."""

    first_at: AwareDatetime
    second_on: date | None
    purchases: int
    net: int


class LeadOut(BaseModel):
    """A lead. `bought` is null until their first purchase, and again when all of it came back."""

    id: UUID
    customer_id: UUID
    name: str
    source_id: UUID
    kind: LeadKind
    source: str
    stage: str
    wants: str
    owner: str | None
    made_at: AwareDatetime
    consented_at: AwareDatetime | None
    contacted_at: AwareDatetime | None
    interested_at: AwareDatetime | None
    lost_at: AwareDatetime | None
    lost_because: LeadLoss | None
    tries: int
    next_at: AwareDatetime | None
    bought: BoughtOut | None


class NotedOut(BaseModel):
    """Whose lead it is; `lead` is null for somebody who has bought already."""

    customer_id: UUID
    lead: LeadOut | None


class LeadListOut(BaseModel):
    """A page of leads, newest first."""

    data: list[LeadOut]
    next_cursor: str | None


class Leads(Endpoint):
    """GET the leads, POST one."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    filters: ClassVar = {
        "state": "open, due, lost or bought",
        "source": "the id of a source",
        **FILTERS,
    }
    body: ClassVar = {"POST": LeadIn}
    answer: ClassVar = {"GET": LeadListOut, "POST": NotedOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List leads, newest first."""
        found = page(
            lead_rows(
                now=call.now, state=_state(call.query.get("state", "")), source_id=_asked(call)
            ),
            by="made_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        bought = bought_by([row.customer_id for row in found.rows])
        data = [_lead(row, bought.get(row.customer_id)) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: LeadIn) -> Reply:
        """Write somebody down; 201 when new, 200 for an open lead or somebody who has bought."""
        noted = note_lead(new=body.new(), now=call.now)
        told = {
            "customer_id": noted.customer_id,
            "lead": _told(noted.lead.id) if noted.lead else None,
        }
        return Reply(told, HTTPStatus.CREATED if noted.created else HTTPStatus.OK)


class LeadItem(Endpoint):
    """GET or PATCH one lead."""

    scopes: ClassVar = {"GET": "customers:read", "PATCH": "customers:write"}
    body: ClassVar = {"PATCH": LeadPatch}
    answer: ClassVar = {"GET": LeadOut, "PATCH": LeadOut}

    def get(self, call: Call, lead_id: UUID) -> Reply:
        """Return one lead with what they bought since."""
        told = _told(lead_id)
        note_api_view(told["customer_id"], call)
        return Reply(told)

    def patch(self, call: Call, body: LeadPatch, lead_id: UUID) -> Reply:
        """Say who looks after them."""
        assign_lead(lead_id=lead_id, owner_code=body.owner, now=call.now)
        return Reply(_told(lead_id))


class LeadFollowUps(Endpoint):
    """POST what came of getting in touch."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": FollowUpIn}
    answer: ClassVar = {"POST": LeadOut}

    def post(self, call: Call, body: FollowUpIn, lead_id: UUID) -> Reply:
        """Write it down, and when to do so again."""
        follow_up(
            lead_id=lead_id,
            step=body.step,
            note=body.note,
            because=body.because or "",
            next_at=body.next_at,
            now=call.now,
        )
        return Reply(_told(lead_id))


def _told(lead_id: UUID) -> dict[str, Any]:
    row = lead_by_id(lead_id)
    if row is None:
        raise NotFound(_("There is no such lead."))
    return _lead(row, bought_by([row.customer_id]).get(row.customer_id))


def _lead(row: Lead, bought: Bought | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "name": row.customer.name,
        "source_id": row.source_id,
        "kind": row.source.kind,
        "source": row.source.title,
        "stage": row.stage,
        "wants": row.wants,
        "owner": row.owner.code if row.owner else None,
        "made_at": row.made_at,
        "consented_at": row.consented_at,
        "contacted_at": row.contacted_at,
        "interested_at": row.interested_at,
        "lost_at": row.lost_at,
        "lost_because": row.lost_because or None,
        "tries": row.tries,
        "next_at": row.next_at,
        "bought": bought and _bought(bought),
    }


def _bought(bought: Bought) -> Mapping[str, Any]:
    return {
        "first_at": bought.first_at,
        "second_on": bought.second_on,
        "purchases": bought.purchases,
        "net": bought.net_rial,
    }


def _state(asked: str) -> str:
    if asked and asked not in set(LeadState):
        raise Problem("invalid_state", _("state is open, due, lost or bought."))
    return asked


def _asked(call: Call) -> UUID | None:
    text = call.query.get("source", "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound(_("There is no such source.")) from error
