"""Where leads come from and what became of them, over HTTP (C009, C042)."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day, day_start
from core.errors import Problem
from customers.api.bodies import Body
from customers.enums import LeadKind
from customers.models import LeadSource
from customers.operations.leads import ChangedSource, NewSource, change_source, open_source
from customers.queries.leads import SourceFate, funnel, source_rows

_USUAL: Final = timedelta(days=89)
_LONGEST: Final = timedelta(days=3_660)
_ONE: Final = timedelta(days=1)


class SourceIn(Body):
    """A source; kind `link` gets a page of its own, which says `invitation`. `cost` in rial."""

    kind: LeadKind
    title: str
    invitation: str = Field(default="", max_length=2_000)
    cost: int = Field(default=0, ge=0)


class SourcePatch(Body):
    """What to change; an absent member stays."""

    title: str | None = None
    invitation: str | None = Field(default=None, max_length=2_000)
    cost: int | None = Field(default=None, ge=0)
    is_open: bool | None = None


class SourceOut(BaseModel):
    """A source of leads; `code` is null where there is no link."""

    id: UUID
    kind: LeadKind
    title: str
    code: str | None
    invitation: str
    cost: int
    is_open: bool
    created_at: AwareDatetime


class SourceListOut(BaseModel):
    """A page of sources, newest first."""

    data: list[SourceOut]
    next_cursor: str | None


class FateOut(BaseModel):
    """What became of the people of one source; each step holds those who got further too.

    `before` had bought before they left their number, and are in no step. Amounts in rial.
    """

    source_id: UUID
    kind: LeadKind
    source: str
    cost: int
    before: int
    leads: int
    contacted: int
    interested: int
    bought: int
    again: int
    waiting: int
    lost: int
    net: int


class FunnelOut(BaseModel):
    """People who left their number in a span of days, and what became of them until now."""

    since: date
    until: date
    median_days: float | None
    sources: list[FateOut]


class LeadSources(Endpoint):
    """GET the sources, POST one."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    filters: ClassVar = FILTERS
    body: ClassVar = {"POST": SourceIn}
    answer: ClassVar = {"GET": SourceListOut, "POST": SourceOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List sources, newest first."""
        found = page(
            source_rows(),
            by="id",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_source(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: SourceIn) -> Reply:
        """Name a source."""
        new = NewSource(
            kind=body.kind, title=body.title, invitation=body.invitation, cost_rial=body.cost
        )
        return Reply(_source(open_source(new=new, now=call.now)), HTTPStatus.CREATED)


class LeadSourceItem(Endpoint):
    """PATCH one source."""

    scopes: ClassVar = {"PATCH": "customers:write"}
    body: ClassVar = {"PATCH": SourcePatch}
    answer: ClassVar = {"PATCH": SourceOut}

    def patch(self, call: Call, body: SourcePatch, lead_source_id: UUID) -> Reply:
        """Change its title, page, cost, or close it; what came of it stays."""
        changes = ChangedSource(
            title=body.title,
            invitation=body.invitation,
            cost_rial=body.cost,
            is_open=body.is_open,
        )
        return Reply(
            _source(change_source(source_id=lead_source_id, changes=changes, now=call.now))
        )


class LeadFunnel(Endpoint):
    """GET what became of leads."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = {
        "since": "first day, 90 days ago unless told",
        "until": "last day, today unless told",
    }
    answer: ClassVar = {"GET": FunnelOut}

    def get(self, call: Call) -> Reply:
        """Return how far the people of each source got, over days of the business's zone."""
        zone = business_by_id(call.business_id).timezone
        today = business_day(call.now, zone)
        until = max(min(_day(call.query.get("until")) or today, today), today - _LONGEST)
        since = max(_day(call.query.get("since")) or until - _USUAL, until - _LONGEST)
        told = funnel(day_start(since, zone), day_start(until + _ONE, zone))
        return Reply(
            {
                "since": since,
                "until": until,
                "median_days": told.median_days,
                "sources": [_fate(one) for one in told.sources],
            }
        )


def _source(row: LeadSource) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "code": row.code or None,
        "invitation": row.invitation,
        "cost": row.cost_rial,
        "is_open": row.is_open,
        "created_at": row.created_at,
    }


def _fate(one: SourceFate) -> dict[str, Any]:
    steps = ("before", "leads", "contacted", "interested", "bought", "again", "waiting", "lost")
    return {
        "source_id": one.source_id,
        "kind": one.kind,
        "source": one.title,
        "cost": one.cost_rial,
        "net": one.net_rial,
        **{step: getattr(one, step) for step in steps},
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Problem("invalid_day", _("Write days like 2026-11-22.")) from error
