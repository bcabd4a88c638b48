"""Debits that come again, and the manners of collecting, over HTTP."""

from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from payments.api.bodies import Body
from payments.api.typed import chosen, id_in
from payments.enums.debits import Collects, Every, HolidayShift, ScheduleState
from payments.models import DebitSchedule
from payments.models.debit_schedule import COLLECT_HOUR
from payments.operations.debits import (
    NewSchedule,
    end_schedule,
    pause_schedule,
    resume_schedule,
    set_debit_policy,
    start_schedule,
)
from payments.queries.mandates import debit_policy, schedule_by_id, schedule_rows


class ScheduleIn(Body):
    """A sum due every `step` weeks or Jalali months from `first_on` on, until the permission ends.

    `times` None: no end of its own. `anchor_day`: the day of the month, else that of `first_on`;
    a shorter month has it on its last day.
    """

    mandate_id: UUID
    amount: int
    first_on: date
    every: Every = Every.MONTH
    step: int = 1
    times: int | None = None
    anchor_day: int | None = None
    hour: int = COLLECT_HOUR
    on_holiday: HolidayShift = HolidayShift.NONE
    description: str = Field(default="", max_length=500)
    collects: Literal[Collects.SALE, Collects.RECEIVABLE] = Collects.SALE

    def new(self) -> NewSchedule:
        """Return the operation's value."""
        return NewSchedule(
            mandate_id=self.mandate_id,
            amount_rial=self.amount,
            first_on=self.first_on,
            every=self.every,
            step=self.step,
            times=self.times,
            anchor_day=self.anchor_day,
            hour=self.hour,
            shift=self.on_holiday,
            description=self.description,
            collects=self.collects,
        )


class ScheduleOut(BaseModel):
    """A row of debits; `made` of them exist by now, those of the next weeks among them."""

    id: UUID
    mandate_id: UUID
    status: str
    amount: int
    description: str
    collects: str
    every: str
    step: int
    first_on: date
    anchor_day: int
    times: int | None
    hour: int
    on_holiday: str
    made: int
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class CollectingRules(Body):
    """How debits are announced, tried and reminded of.

    `notice_hours` before a debit its customer is told (0: not). It is tried at most `max_tries`
    times within `grace_days`; `reminders` are days after it was given up; `pause_after` so many
    given up in a row their schedule is paused.
    """

    notice_hours: int
    grace_days: int
    max_tries: int
    reminders: list[int]
    pause_after: int


class DebitSchedules(Endpoint):
    """POST begins a row of debits under a permission, GET lists them."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"status": "a state", "mandate_id": "a mandate", **FILTERS}
    body: ClassVar = {"POST": ScheduleIn}
    answer: ClassVar = {"POST": ScheduleOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ScheduleIn) -> Reply:
        """Begin; the debits of the next 35 days are made at once, the others in time."""
        schedule_id = start_schedule(new=body.new(), now=call.now)
        return Reply(_schedule(_found(schedule_id)), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List rows of debits, newest first."""
        state = chosen(call.query.get("status", ""), ScheduleState.values)
        found = page(
            schedule_rows(state=state, mandate_id=id_in(call.query.get("mandate_id", ""))),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_schedule(row) for row in found.rows]
        return Reply({"data": rows, "next_cursor": found.next_cursor})


class DebitScheduleItem(Endpoint):
    """GET one row of debits."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": ScheduleOut}

    def get(self, call: Call, debit_schedule_id: UUID) -> Reply:
        """Return a row of debits."""
        del call
        return Reply(_schedule(_found(debit_schedule_id)))


class DebitSchedulePause(Endpoint):
    """POST pauses a row of debits."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": ScheduleOut}

    def post(self, call: Call, debit_schedule_id: UUID) -> Reply:
        """Make no more debits for now; those nothing happened to yet are taken back."""
        pause_schedule(schedule_id=debit_schedule_id, now=call.now)
        return Reply(_schedule(_found(debit_schedule_id)))


class DebitScheduleResumption(Endpoint):
    """POST goes on with a paused row of debits."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": ScheduleOut}

    def post(self, call: Call, debit_schedule_id: UUID) -> Reply:
        """Go on with the next day to come; what was missed is not caught up."""
        resume_schedule(schedule_id=debit_schedule_id, now=call.now)
        return Reply(_schedule(_found(debit_schedule_id)))


class DebitScheduleEnd(Endpoint):
    """POST ends a row of debits."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": ScheduleOut}

    def post(self, call: Call, debit_schedule_id: UUID) -> Reply:
        """End it for good; debits that are not at the bank are taken back."""
        end_schedule(schedule_id=debit_schedule_id, now=call.now)
        return Reply(_schedule(_found(debit_schedule_id)))


class DebitRuleSet(Endpoint):
    """GET the manners of collecting, PUT new ones."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ, "PUT": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"PUT": CollectingRules}
    answer: ClassVar = {"GET": CollectingRules, "PUT": CollectingRules}

    def get(self, call: Call) -> Reply:
        """Return the manners in force."""
        del call
        return Reply(_rules())

    def put(self, call: Call, body: CollectingRules) -> Reply:
        """Set them, for debits made from now on."""
        set_debit_policy(**body.model_dump(), now=call.now)
        return Reply(_rules())


def _found(schedule_id: UUID) -> DebitSchedule:
    row = schedule_by_id(schedule_id)
    if row is None:
        raise NotFound(_("There is no such schedule."))
    return row


def _rules() -> dict[str, Any]:
    row = debit_policy()
    return CollectingRules(
        notice_hours=row.notice_hours,
        grace_days=row.grace_days,
        max_tries=row.max_tries,
        reminders=row.reminders,
        pause_after=row.pause_after,
    ).model_dump()


def _schedule(row: DebitSchedule) -> dict[str, Any]:
    return ScheduleOut(
        id=row.id,
        mandate_id=row.mandate_id,
        status=row.state,
        amount=row.amount_rial,
        description=row.description,
        collects=row.collects,
        every=row.every,
        step=row.step,
        first_on=row.first_on,
        anchor_day=row.anchor_day,
        times=row.times,
        hour=row.hour,
        on_holiday=row.shift,
        made=row.made,
        created_at=row.created_at,
        ended_at=row.ended_at,
    ).model_dump()
