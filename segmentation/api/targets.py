"""Targets over HTTP: set, moved, given up, and how they stand today (C110)."""

from datetime import date
from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day, jalali, read_month
from core.errors import NotFound, Problem
from customers.api.bodies import Body
from segmentation.models import ActionItem, Target
from segmentation.models.targets import LONGEST_REASON
from segmentation.operations import end_target, move_target, set_target
from segmentation.queries.actions.listing import actions_on
from segmentation.queries.targets.helping import helping
from segmentation.queries.targets.ledger import aims, target_by_id, target_rows
from segmentation.queries.targets.reckoning import Standing, standings


class TargetIn(Body):
    """What to aim at. `goal` in rial, a number, or hundredths of a percent, as the figure is.

    `figure` is `net_sales`, `returning_purchases`, `new_customers`, `content_share` (4 and 5 of 5)
    or `promoter_share` (9 and 10); `month` the Jalali month like 1405-09, of a `quarter` its first.
    """

    figure: str = Field(max_length=40)
    span: str = Field(default="month", max_length=20)
    month: str = Field(max_length=7)
    goal: int
    reason: str = Field(default="", max_length=LONGEST_REASON)


class MoveIn(Body):
    """The goal from now on, and why."""

    goal: int
    reason: str = Field(max_length=LONGEST_REASON)


class EndIn(Body):
    """Why it is given up."""

    reason: str = Field(max_length=LONGEST_REASON)


class StepOut(BaseModel):
    """What was aimed at from then on, by whom and why; without a goal: given up."""

    number: int
    goal: int | None
    reason: str
    by: str
    at: AwareDatetime


class BaselineOut(BaseModel):
    """What the target is held against: `year_before`, or `last_months` and of how many."""

    kind: str
    value: int
    months: int


class ForeseenOut(BaseModel):
    """The end by the share of the span passed, and between what it lay in `tried` spans before."""

    value: int
    low: int
    high: int
    tried: int


class ContentOut(BaseModel):
    """How many answered, and between what shares the true one lies 95 times of 100."""

    answers: int
    low: int
    high: int


class HelpOut(BaseModel):
    """An action of today that helps.

    `thousandths` is what it is expected to bring, in thousandths of the figure's unit: of sales
    over a year, of people within thirty days; null where nobody has measured that.
    """

    action_id: UUID
    kind: str
    place: int
    thousandths: int | None
    effort_minutes: int


class TargetOut(BaseModel):
    """A target today.

    `state`: upcoming, too_early, on_track, behind, reached, missed, unknown (too few answers) or
    ended. `due` is what of the goal should be there by yesterday's end and `until_yesterday` what
    is, by the share `passed` (of 10,000) of the span's days, which weigh by `basis`: seasons, or
    days. `first_goal` is what was aimed at in the beginning.
    """

    id: UUID
    figure: str
    span: str
    month: str
    starts_on: date
    ends_on: date
    goal: int
    first_goal: int
    state: str
    baseline: BaselineOut | None
    so_far: int | None
    until_yesterday: int | None
    passed: int
    basis: str
    due: int | None
    gap: int | None
    foreseen: ForeseenOut | None
    content: ContentOut | None
    actions: list[HelpOut]
    steps: list[StepOut]


class TargetsOut(BaseModel):
    """A page of targets, what begins last first."""

    data: list[TargetOut]
    next_cursor: str | None


class Targets(Endpoint):
    """GET targets; POST sets one."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ, "POST": Scope.CUSTOMERS_WRITE}
    filters: ClassVar = FILTERS
    body: ClassVar = {"POST": TargetIn}
    answer: ClassVar = {"GET": TargetsOut, "POST": TargetOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """Return a page by cursor."""
        found = page(
            target_rows(),
            by="starts_on",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        told = TargetsOut(data=_told(found.rows, call), next_cursor=found.next_cursor)
        return Reply(told.model_dump(mode="json"))

    def post(self, call: Call, body: TargetIn) -> Reply:
        """Set one for a span that is not over."""
        starts_on = read_month(body.month)
        if starts_on is None:
            raise Problem(
                "invalid_target",
                _("Write the Jalali month like 1405-09."),
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
                about="month",
            )
        row = set_target(
            figure=body.figure,
            span=body.span,
            starts_on=starts_on,
            goal=body.goal,
            reason=body.reason,
            by=_by(call),
            actor=None,
            now=call.now,
        )
        return Reply(_one(row, call), HTTPStatus.CREATED)


class TargetItem(Endpoint):
    """GET one target."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": TargetOut}

    def get(self, call: Call, target_id: UUID) -> Reply:
        """Return how it stands, and all it ever was."""
        row = target_by_id(target_id)
        if row is None:
            raise NotFound(_("There is no such target."))
        return Reply(_one(row, call))


class TargetMove(Endpoint):
    """POST moves a target."""

    scopes: ClassVar = {"POST": Scope.CUSTOMERS_WRITE}
    body: ClassVar = {"POST": MoveIn}
    answer: ClassVar = {"POST": TargetOut}

    def post(self, call: Call, body: MoveIn, target_id: UUID) -> Reply:
        """Aim at another goal from now on; what it was stays among its steps."""
        row = move_target(
            target_id=target_id,
            goal=body.goal,
            reason=body.reason,
            by=_by(call),
            actor=None,
            now=call.now,
        )
        return Reply(_one(row, call))


class TargetEnd(Endpoint):
    """POST gives a target up."""

    scopes: ClassVar = {"POST": Scope.CUSTOMERS_WRITE}
    body: ClassVar = {"POST": EndIn}
    answer: ClassVar = {"POST": TargetOut}

    def post(self, call: Call, body: EndIn, target_id: UUID) -> Reply:
        """Give it up; it stays to be read, and may be set anew."""
        row = end_target(
            target_id=target_id, reason=body.reason, by=_by(call), actor=None, now=call.now
        )
        return Reply(_one(row, call))


def _by(call: Call) -> str:
    return f"api_key:{call.key_id}"


def _one(row: Target, call: Call) -> dict[str, object]:
    (told,) = _told([row], call)
    return told.model_dump(mode="json")


def _told(rows: list[Target], call: Call) -> list[TargetOut]:
    today = business_day(call.now, business_by_id(call.business_id).timezone)
    actions = actions_on(today)
    return [_out(one, actions) for one in standings(aims(rows), today)]


def _out(one: Standing, actions: list[ActionItem]) -> TargetOut:
    row, at, base, end = one.aim.target, jalali(one.first), one.baseline, one.foreseen
    return TargetOut(
        id=row.id,
        figure=row.figure,
        span=row.span,
        month=f"{at.year:04}-{at.month:02}",
        starts_on=one.first,
        ends_on=one.last,
        goal=one.aim.goal,
        first_goal=one.aim.first_goal,
        state=one.state.value,
        baseline=BaselineOut(kind=base.kind.value, value=base.value, months=base.months)
        if base
        else None,
        so_far=one.so_far,
        until_yesterday=one.until_yesterday,
        passed=one.passed,
        basis=one.basis.value,
        due=one.due,
        gap=one.gap,
        foreseen=ForeseenOut(value=end.value, low=end.low, high=end.high, tried=end.tried)
        if end
        else None,
        content=_content(one),
        actions=_helps(one, actions),
        steps=[
            StepOut(number=step.number, goal=step.goal, reason=step.reason, by=step.by, at=step.at)
            for step in one.aim.steps
        ],
    )


def _content(one: Standing) -> ContentOut | None:
    found = one.content
    return ContentOut(answers=found.answers, low=found.low, high=found.high) if found else None


def _helps(one: Standing, actions: list[ActionItem]) -> list[HelpOut]:
    return [
        HelpOut(
            action_id=help_.action.id,
            kind=help_.action.kind,
            place=help_.action.place,
            thousandths=help_.thousandths,
            effort_minutes=help_.action.effort_minutes,
        )
        for help_ in helping(one, actions)
    ]
