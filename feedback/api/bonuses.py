"""Staff bonuses over HTTP (C084). Approving and paying are a person's, on the pages."""

from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.queries import business_by_id, employee_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound
from customers.api.bodies import Body
from feedback.models import BonusLine, BonusRun
from feedback.operations.bonus import freeze_bonuses, object_to_bonus
from feedback.queries.bonus.reading import (
    LATELY,
    LEAST_ANSWERS,
    lines_of,
    newest_plan,
    run_by_id,
    runs,
    scores,
)


class BonusRunIn(Body):
    """The first day of the Jalali month a period begins with."""

    starts_on: date


class ObjectionIn(Body):
    """What is not right, of one sale or of the whole bonus."""

    purchase_id: UUID | None = None
    reason: str = Field(min_length=1, max_length=500)


class BonusLineOut(BaseModel):
    """One employee's bonus in rial, and what it stands on.

    `above_team`: how much larger the share of content people is than the team's, as believed.
    `state`: counts, few_answers or low_rate. `taken_back` went with goods that came back,
    `kept_back` was paid too much before, `owed` is to be kept back of the next.
    """

    id: UUID
    employee_id: UUID
    asked: int
    answers: int
    content: int
    nameless: int
    not_counted: int
    above_team: float
    state: str
    amount: int
    taken_back: int
    kept_back: int
    paid: int | None
    owed: int


class BonusRunOut(BaseModel):
    """One period: frozen, approved, paid or cancelled."""

    id: UUID
    starts_on: date
    ends_before: date
    state: str
    plan_version: int
    frozen_at: AwareDatetime
    objections_until: AwareDatetime
    approved_at: AwareDatetime | None
    paid_at: AwareDatetime | None


class BonusRunWithLines(BonusRunOut):
    """A period with everybody's line."""

    lines: list[BonusLineOut]


class BonusRunsOut(BaseModel):
    """Periods, the latest first."""

    data: list[BonusRunOut]
    next_cursor: str | None


class ObjectionOut(BaseModel):
    """An objection; `upheld` is null until an owner answers."""

    id: UUID
    bonus_line_id: UUID
    upheld: bool | None


class StaffScoreOut(BaseModel):
    """How somebody stands in the last 90 days; the share is null below 20 answers."""

    employee_id: UUID
    since: date
    asked: int
    answers: int
    content: int
    nameless: int
    not_counted: int
    content_of_asked: float | None
    above_team: float | None
    believed: float | None
    state: str


class BonusRuns(Endpoint):
    """GET the periods worked out, POST works one out and freezes it."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "settings:write"}
    body: ClassVar = {"POST": BonusRunIn}
    answer: ClassVar = {"GET": BonusRunsOut, "POST": BonusRunWithLines}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """List them."""
        found = page(
            runs(),
            by="starts_on",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_run(row) for row in found.rows]
        return Reply({"data": rows, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: BonusRunIn) -> Reply:
        """Freeze it; the time to object begins."""
        run = freeze_bonuses(starts_on=body.starts_on, actor=None, now=call.now)
        return Reply(_with_lines(run), HTTPStatus.CREATED)


class BonusRunItem(Endpoint):
    """GET one period with everybody's line."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": BonusRunWithLines}

    def get(self, call: Call, bonus_run_id: UUID) -> Reply:
        """Return it."""
        del call
        run = run_by_id(bonus_run_id)
        if run is None:
            raise NotFound(_("There are no such bonuses."))
        return Reply(_with_lines(run))


class BonusObjections(Endpoint):
    """POST says that a bonus is not right, while there is time."""

    scopes: ClassVar = {"POST": "settings:write"}
    body: ClassVar = {"POST": ObjectionIn}
    answer: ClassVar = {"POST": ObjectionOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ObjectionIn, bonus_line_id: UUID) -> Reply:
        """Note it; an owner answers on the page."""
        row = object_to_bonus(
            line_id=bonus_line_id,
            purchase_id=body.purchase_id,
            reason=body.reason,
            by=f"api_key:{call.key_id}",
            now=call.now,
        )
        told = ObjectionOut(id=row.id, bonus_line_id=row.line_id, upheld=row.upheld)
        return Reply(told.model_dump(mode="json"), HTTPStatus.CREATED)


class StaffScore(Endpoint):
    """GET how content the customers are whom an employee serves."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": StaffScoreOut}

    def get(self, call: Call, employee_id: UUID) -> Reply:
        """Return the last 90 days."""
        if employee_by_id(employee_id) is None:
            raise NotFound(_("There is no such employee."))
        today = business_day(call.now, business_by_id(call.business_id).timezone)
        since = today - LATELY
        return Reply(_score(employee_id, since, today))


def _score(employee_id: UUID, since: date, today: date) -> dict[str, Any]:
    _team, told = scores(since, today + LATELY, newest_plan())
    one = told.get(employee_id)
    enough = one is not None and one.counts.answers >= LEAST_ANSWERS
    return StaffScoreOut(
        employee_id=employee_id,
        since=since,
        asked=one.counts.asked if one else 0,
        answers=one.counts.answers if one else 0,
        content=one.counts.content if one else 0,
        nameless=one.counts.nameless if one else 0,
        not_counted=one.counts.not_counted if one else 0,
        content_of_asked=one.counts.content / one.counts.asked if one and enough else None,
        above_team=one.difference_bp / 10_000 if one and enough else None,
        believed=one.trust_bp / 10_000 if one and enough else None,
        state=one.reason if one else "few_answers",
    ).model_dump(mode="json")


def _run(run: BonusRun) -> dict[str, Any]:
    return BonusRunOut(
        id=run.id,
        starts_on=run.starts_on,
        ends_before=run.ends_on,
        state=run.state,
        plan_version=run.plan.version,
        frozen_at=run.frozen_at,
        objections_until=run.objections_until,
        approved_at=run.approved_at,
        paid_at=run.paid_at,
    ).model_dump(mode="json")


def _with_lines(run: BonusRun) -> dict[str, Any]:
    return _run(run) | {"lines": [_line(one) for one in lines_of(run.id)]}


def _line(line: BonusLine) -> dict[str, Any]:
    return BonusLineOut(
        id=line.id,
        employee_id=line.employee_id,
        asked=line.asked,
        answers=line.answers,
        content=line.content,
        nameless=line.nameless,
        not_counted=line.not_counted,
        above_team=line.difference_bp / 10_000,
        state=line.reason,
        amount=line.amount_rial,
        taken_back=line.taken_back_rial,
        kept_back=line.kept_back_rial,
        paid=line.paid_rial,
        owed=line.owed_rial,
    ).model_dump(mode="json")
