"""Days of the calendar that are everybody's, over HTTP (C083)."""

from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from loyalty.api.bodies import Body
from loyalty.enums.presents import SharedDayKind
from loyalty.models import SharedDay
from loyalty.operations.shared_days import NewSharedDay, cancel_shared_day, plan_shared_day
from loyalty.queries.shared_days import shared_days, shared_sums, shared_title


class SharedDayIn(Body):
    """A day to celebrate with everybody; sent again it changes the one of its kind and year.

    Nowruz, Sizdah and Yalda follow from the solar calendar; every other day needs its date and
    where that is from. `{name}` in `text` stands for the customer's name.
    """

    kind: SharedDayKind
    on: date | None = None
    source: str = Field(default="", max_length=300)
    title: str = Field(default="", max_length=60)
    greets: bool = True
    text: str = Field(default="", max_length=300)
    points: int = Field(default=0, strict=True, ge=0, le=1_000_000_000)
    least_days: int = Field(default=30, strict=True, ge=0, le=3_650)


class SharedDayOut(BaseModel):
    """A day, and how many were reached by it so far."""

    id: UUID
    kind: str
    title: str
    on: date
    year: int
    source: str
    greets: bool
    points: int
    least_days: int
    state: str
    customers: int
    greeted: int
    points_given: int


class SharedDaysOut(BaseModel):
    """Days, the latest date first."""

    data: list[SharedDayOut]
    next_cursor: str | None


class SharedDays(Endpoint):
    """GET the days, POST plans one."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": SharedDayIn}
    answer: ClassVar = {"GET": SharedDaysOut, "POST": SharedDayOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """List them."""
        found = page(
            shared_days(),
            by="on",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        sums = shared_sums([row.id for row in found.rows])
        rows = [_told(row, sums.get(row.id, (0, 0, 0))) for row in found.rows]
        return Reply({"data": rows, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: SharedDayIn) -> Reply:
        """Plan it."""
        new = NewSharedDay(**body.model_dump())
        row = plan_shared_day(new=new, actor=None, now=call.now)
        return Reply(_told(row, (0, 0, 0)), HTTPStatus.CREATED)


class SharedDayCancellation(Endpoint):
    """POST leaves a planned day out."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": SharedDayOut}

    def post(self, call: Call, shared_day_id: UUID) -> Reply:
        """Cancel it."""
        row = cancel_shared_day(day_id=shared_day_id, actor=None, now=call.now)
        return Reply(_told(row, (0, 0, 0)))


def _told(row: SharedDay, sums: tuple[int, int, int]) -> dict[str, Any]:
    customers, greeted, points = sums
    return SharedDayOut(
        id=row.id,
        kind=row.kind,
        title=shared_title(row),
        on=row.on,
        year=row.year,
        source=row.source,
        greets=row.greets,
        points=row.points,
        least_days=row.least_days,
        state=row.state,
        customers=customers,
        greeted=greeted,
        points_given=points,
    ).model_dump(mode="json")
