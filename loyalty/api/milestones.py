"""Milestones over HTTP: what is celebrated, and what customers reached (C085)."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from loyalty.api.bodies import Body, Document
from loyalty.api.whose import demand_customer
from loyalty.enums.presents import MilestoneKind
from loyalty.models import Milestone, MilestoneReached
from loyalty.operations.milestones import NewMilestone, close_milestone, offer_milestone
from loyalty.queries.milestones import Reached, badges_of, milestones, reached_of, sums_of

Points = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]


class MilestoneIn(Body):
    """A visit by its number, so many years a customer, or so many rial bought.

    A visit is a day with a purchase. A purchase counts after `wait_days`, as long as it may come
    back: a gift once given is not taken back. Sent again it changes the one of that kind and
    number. With a `badge` whoever reached it bears that name.
    """

    kind: MilestoneKind
    number: int = Field(strict=True, ge=1, le=1_000_000_000_000_000)
    points: Points = 0
    greets: bool = True
    text: str = Field(default="", max_length=300)
    wait_days: int = Field(default=0, strict=True, ge=0, le=365)
    badge: str = Field(default="", max_length=30)


class MilestoneOut(BaseModel):
    """A milestone, and how often it was reached since it is celebrated."""

    id: UUID
    kind: str
    number: int
    points: int
    greets: bool
    text: str
    wait_days: int
    badge: str
    open: bool
    since: date
    reached: int
    points_given: int


class MilestonesOut(BaseModel):
    """All milestones, the open ones first."""

    data: list[MilestoneOut]


class ReachedOut(BaseModel):
    """What a customer reached; `no_gift` says why there were no points."""

    kind: str
    number: int
    on: date
    celebrated_at: datetime
    points: int
    no_gift: str
    greeted: bool


class BadgeOut(BaseModel):
    """A name a customer bears for what they reached."""

    name: str
    on: date


class ReachedListOut(BaseModel):
    """What a customer reached, newest first, and the badges they bear."""

    data: list[ReachedOut]
    badges: list[BadgeOut]


class Milestones(Endpoint):
    """GET what is celebrated, POST celebrates something or changes how."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": MilestoneIn}
    answer: ClassVar = {"GET": MilestonesOut, "POST": MilestoneOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List them."""
        del call
        sums = sums_of()
        return Reply({"data": [_milestone(row, sums.get(row.id)) for row in milestones()]})

    def post(self, call: Call, body: MilestoneIn) -> Reply:
        """Celebrate it, from today on."""
        new = NewMilestone(**body.model_dump())
        row = offer_milestone(new=new, actor=None, now=call.now)
        return Reply(_milestone(row, sums_of().get(row.id)), HTTPStatus.CREATED)


class MilestoneClosing(Endpoint):
    """POST celebrates one no more."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": MilestoneOut}

    def post(self, call: Call, milestone_id: UUID) -> Reply:
        """Close it; what was given stays."""
        row = close_milestone(milestone_id=milestone_id, actor=None, now=call.now)
        return Reply(_milestone(row, sums_of().get(row.id)))


class CustomerMilestones(Endpoint):
    """GET what a customer reached."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": ReachedListOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """List it."""
        del call
        whose = demand_customer(customer_id)
        badges = [{"name": one.name, "on": one.on} for one in badges_of(whose)]
        rows = [_reached(row) for row in reached_of(whose)]
        return Reply({"data": rows, "badges": badges})


def _milestone(row: Milestone, told: Reached | None) -> Document:
    return {
        "id": row.id,
        "kind": row.kind,
        "number": row.number,
        "points": row.points,
        "greets": row.greets,
        "text": row.text,
        "wait_days": row.wait_days,
        "badge": row.badge,
        "open": row.is_open,
        "since": row.since,
        "reached": told.times if told else 0,
        "points_given": told.points if told else 0,
    }


def _reached(row: MilestoneReached) -> Document:
    return {
        "kind": row.kind,
        "number": row.number,
        "on": row.on,
        "celebrated_at": row.at,
        "points": row.points,
        "no_gift": row.no_gift,
        "greeted": row.greeted,
    }
