"""Engagements over HTTP: what counts, and what customers did (C065)."""

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from loyalty.api.bodies import Body, Document
from loyalty.api.whose import asked_customer, demand_customer
from loyalty.enums import CapSpan
from loyalty.enums.engagement import EngagementKind
from loyalty.models import Engagement, EngagementRule
from loyalty.operations.engagement import (
    NewEngagementRule,
    close_engagement,
    note_engagement,
    offer_points,
    take_engagement_back,
)
from loyalty.queries.engagements import engagement_by_id, engagement_rows, engagement_rules


class EngagementRuleIn(Body):
    """So many points for one kind, at most so often for each customer within a Jalali `span`.

    0 points: it is only counted. A profile and a birthday give points once ever. `is_activity`:
    where points live by activity, this is one (only what shop or app tells). Sent again it changes
    the rule; `open` false: it is counted no more.
    """

    kind: EngagementKind
    points: int = Field(strict=True, ge=0, le=1_000_000_000)
    most_times: int = Field(default=1, strict=True, ge=1, le=1_000)
    span: CapSpan = CapSpan.EVER
    is_activity: bool = Field(default=False, strict=True)
    open: bool = True


class EngagementRuleOut(BaseModel):
    """What one kind gives."""

    kind: str
    points: int
    most_times: int
    span: str
    is_activity: bool
    open: bool


class EngagementRulesOut(BaseModel):
    """What is or was counted."""

    data: list[EngagementRuleOut]


class EngagementIn(Body):
    """A customer did something; `reference` is its own number or name with you, told once.

    Survey, profile, birthday and referral are seen here and need not be told.
    """

    customer_id: UUID
    kind: EngagementKind
    reference: str = Field(min_length=1, max_length=100)


class EngagementOut(BaseModel):
    """What a customer did; `why_none` says why there were none."""

    id: UUID
    customer_id: UUID
    kind: str
    reference: str
    at: datetime
    points: int
    why_none: str
    taken_back_at: datetime | None


class EngagementsOut(BaseModel):
    """What customers did, newest first."""

    data: list[EngagementOut]
    next_cursor: str | None


class EngagementRules(Endpoint):
    """GET what counts, POST counts something or changes what it gives."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": EngagementRuleIn}
    answer: ClassVar = {"GET": EngagementRulesOut, "POST": EngagementRuleOut}

    def get(self, call: Call) -> Reply:
        """List them."""
        del call
        return Reply({"data": [_rule(row) for row in engagement_rules()]})

    def post(self, call: Call, body: EngagementRuleIn) -> Reply:
        """Change one; nothing given changes."""
        told = body.model_dump()
        is_open = told.pop("open")
        row = offer_points(new=NewEngagementRule(**told), actor=None, now=call.now)
        if not is_open:
            row = close_engagement(kind=row.kind, actor=None, now=call.now)
        return Reply(_rule(row))


class Engagements(Endpoint):
    """POST notes what a customer did, GET lists what was noted."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    filters: ClassVar = {"customer": "only this customer's", **FILTERS}
    body: ClassVar = {"POST": EngagementIn}
    answer: ClassVar = {"POST": EngagementOut, "GET": EngagementsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: EngagementIn) -> Reply:
        """Note it; the same reference again answers the same."""
        row = note_engagement(
            customer_id=demand_customer(body.customer_id),
            kind=body.kind,
            reference=body.reference,
            now=call.now,
        )
        return Reply(_told(row), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List them."""
        asked = call.query.get("customer", "")
        found = page(
            engagement_rows(customer_id=asked_customer(asked) if asked else None),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        return Reply({"data": [_told(row) for row in found.rows], "next_cursor": found.next_cursor})


class EngagementItem(Endpoint):
    """GET one engagement."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": EngagementOut}

    def get(self, call: Call, engagement_id: UUID) -> Reply:
        """Return it."""
        del call
        row = engagement_by_id(engagement_id)
        if row is None:
            raise NotFound(_("There is no such engagement."))
        return Reply(_told(row))


class EngagementTakingBack(Endpoint):
    """POST takes the points of one back: the review was deleted, the follower went."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": EngagementOut}

    def post(self, call: Call, engagement_id: UUID) -> Reply:
        """Take them back as a return would; again it changes nothing."""
        return Reply(_told(take_engagement_back(engagement_id=engagement_id, now=call.now)))


def _rule(row: EngagementRule) -> Document:
    return {
        "kind": row.kind,
        "points": row.points,
        "most_times": row.most_times,
        "span": row.span,
        "is_activity": row.is_activity,
        "open": row.is_open,
    }


def _told(row: Engagement) -> Document:
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "kind": row.kind,
        "reference": row.reference,
        "at": row.at,
        "points": row.points,
        "why_none": row.why_none,
        "taken_back_at": row.taken_back_at,
    }
