"""Leaving the club over HTTP, coming back, and what it cost customers (C047)."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import add_months, business_day, jalali, month_start
from loyalty.api.bodies import Document, Nothing
from loyalty.api.return_cost import months_back
from loyalty.api.whose import demand_customer
from loyalty.enums import ExitWay
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.queries.leaving import (
    Ended,
    ended_by_leaving,
    exits_since,
    leaving,
    left_club,
)
from loyalty.queries.lock_in import CODE, lock_ins

_MONTHS = 12


class ClubOut(BaseModel):
    """Whether a customer is in the club, and what leaving would end (worth in rial).

    Of somebody who left, `back_points` come back with them until `back_until`.
    """

    customer_id: UUID
    in_club: bool
    left_at: datetime | None
    back_until: datetime | None
    back_points: int
    ends_points: int
    ends_worth: int
    owed_points: int


class LeavingMonthOut(BaseModel):
    """A Jalali month, written like 1405-09: points that ended by leaving, and came back."""

    month: str
    ended: int
    back: int


class LockInOut(BaseModel):
    """A condition that punishes leaving: its code is always `negative_lock_in`."""

    code: str
    about: str
    detail: str


class LeavingOut(BaseModel):
    """Points forfeited at leaving in the last twelve Jalali months, and what punishes leaving."""

    since: date
    until: date
    left: int
    came_back: int
    ended_points: int
    back_points: int
    months: list[LeavingMonthOut]
    warnings: list[LockInOut]


class CustomerClub(Endpoint):
    """GET whether a customer is in the club."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": ClubOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return it, with what leaving would end."""
        return Reply(_club(demand_customer(customer_id), call.now))


class CustomerLeaving(Endpoint):
    """POST lets a customer leave the club, because they said so."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": ClubOut}

    def post(self, call: Call, body: Nothing, customer_id: UUID) -> Reply:
        """End their points; again it changes nothing."""
        del body
        whose = demand_customer(customer_id)
        leave_club(customer_id=whose, way=ExitWay.API, now=call.now)
        return Reply(_club(whose, call.now))


class CustomerRejoining(Endpoint):
    """POST lets a customer back into the club."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": ClubOut}

    def post(self, call: Call, body: Nothing, customer_id: UUID) -> Reply:
        """Give them what of their points comes back; again it changes nothing."""
        del body
        whose = demand_customer(customer_id)
        rejoin_club(customer_id=whose, now=call.now)
        return Reply(_club(whose, call.now))


class LeavingReport(Endpoint):
    """GET the points forfeited at leaving."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": LeavingOut}

    def get(self, call: Call) -> Reply:
        """Return them month by month, with the conditions that punish leaving."""
        zone = business_by_id(call.business_id).timezone
        today = business_day(call.now, zone)
        starts = months_back(today, _MONTHS)
        until = add_months(month_start(today), 1, anchor_day=1)
        ended = ended_by_leaving(starts, until=until, zone=zone)
        left, back = exits_since(starts[0], zone)
        told = LeavingOut(
            since=starts[0],
            until=today,
            left=left,
            came_back=back,
            ended_points=sum(one.points for one in ended),
            back_points=sum(one.back for one in ended),
            months=_months(starts, ended),
            warnings=[
                LockInOut(code=CODE, about=one.about, detail=one.detail) for one in lock_ins()
            ],
        )
        return Reply(told.model_dump())


def _club(customer_id: UUID, now: datetime) -> Document:
    left, told = left_club(customer_id, now), leaving(customer_id, now)
    return {
        "customer_id": customer_id,
        "in_club": left is None,
        "left_at": left.left_at if left else None,
        "back_until": left.back_until if left else None,
        "back_points": left.points if left else 0,
        "ends_points": told.ends_points,
        "ends_worth": told.worth_rial,
        "owed_points": told.owed_points,
    }


def _months(starts: list[date], ended: list[Ended]) -> list[LeavingMonthOut]:
    found = {one.place: one for one in ended}
    return [
        _month(start, found.get(place, Ended(place, 0, 0))) for place, start in enumerate(starts)
    ]


def _month(start: date, one: Ended) -> LeavingMonthOut:
    j = jalali(start)
    return LeavingMonthOut(month=f"{j.year}-{j.month:02}", ended=one.points, back=one.back)
