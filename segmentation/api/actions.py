"""What is worth doing today, over HTTP (C110)."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from customers.api.bodies import Body
from segmentation.models import ActionItem
from segmentation.operations import answer_action, assign_action
from segmentation.queries.actions.listing import actions_on
from segmentation.queries.retention import foreseen_by


class AnswerIn(Body):
    """Nothing to say but that it is so."""


class AssignIn(Body):
    """Who sees to it, by their code ("" for nobody), and the day it is due on."""

    owner_code: str = Field(default="", max_length=200)
    due_on: date | None = None


class ActionOut(BaseModel):
    """One thing worth doing: expected gain in rial, 95 times of 100 between `low` and `high`.

    `chance` in thousandths; `facts` are the numbers of its reason. `is_profit` tells whether the
    business stated its margin; without it gains are sales.
    """

    id: UUID
    on: date
    place: int
    kind: str
    title: str
    about: str
    customer_id: UUID | None
    expected_rial: int
    low_rial: int
    high_rial: int
    value_rial: int
    chance: int
    effort_minutes: int
    is_profit: bool
    facts: dict[str, Any]
    owner_code: str | None
    due_on: date | None
    state: str
    answered_at: AwareDatetime | None


class ActionsOut(BaseModel):
    """At most seven, the most worth doing first.

    `basis` of what is foreseen: model, rule, or heuristic, a first guess nothing was tested by.
    """

    basis: str | None
    data: list[ActionOut]


class TodaysActions(Endpoint):
    """GET what is worth doing today."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": ActionsOut}

    def get(self, call: Call) -> Reply:
        """Return today's actions in their order."""
        today = business_day(call.now, business_by_id(call.business_id).timezone)
        told = ActionsOut(basis=foreseen_by(), data=[_told(row) for row in actions_on(today)])
        return Reply(told.model_dump(mode="json"))


class ActionComplete(Endpoint):
    """POST says that an action was done."""

    scopes: ClassVar = {"POST": Scope.CUSTOMERS_WRITE}
    body: ClassVar = {"POST": AnswerIn}
    answer: ClassVar = {"POST": ActionOut}

    def post(self, call: Call, body: AnswerIn, action_item_id: UUID) -> Reply:
        """Mark it done; what came of it is looked at in thirty days."""
        del body
        return _answered(call, action_item_id, done=True)


class ActionDismiss(Endpoint):
    """POST says that an action will not be done."""

    scopes: ClassVar = {"POST": Scope.CUSTOMERS_WRITE}
    body: ClassVar = {"POST": AnswerIn}
    answer: ClassVar = {"POST": ActionOut}

    def post(self, call: Call, body: AnswerIn, action_item_id: UUID) -> Reply:
        """Mark it not done; its like come later from now on."""
        del body
        return _answered(call, action_item_id, done=False)


class ActionAssign(Endpoint):
    """POST says who sees to an action, and until when."""

    scopes: ClassVar = {"POST": Scope.CUSTOMERS_WRITE}
    body: ClassVar = {"POST": AssignIn}
    answer: ClassVar = {"POST": ActionOut}

    def post(self, call: Call, body: AssignIn, action_item_id: UUID) -> Reply:
        """Assign it; an empty code and no day take that back."""
        row = assign_action(
            action_item_id=action_item_id,
            owner_code=body.owner_code,
            due_on=body.due_on,
            actor=None,
            now=call.now,
        )
        return Reply(_told(row).model_dump(mode="json"))


def _answered(call: Call, action_item_id: UUID, *, done: bool) -> Reply:
    row = answer_action(
        action_item_id=action_item_id,
        done=done,
        actor=None,
        now=call.now,
        by=f"api_key:{call.key_id}",
    )
    return Reply(_told(row).model_dump(mode="json"))


def _told(row: ActionItem) -> ActionOut:
    return ActionOut(
        id=row.id,
        on=row.on,
        place=row.place,
        kind=row.kind,
        title=str(row.get_kind_display()),
        about=row.subject,
        customer_id=row.customer_id,
        expected_rial=row.expected_rial,
        low_rial=row.low_rial,
        high_rial=row.high_rial,
        value_rial=row.value_rial,
        chance=row.chance,
        effort_minutes=row.effort_minutes,
        is_profit=bool(row.facts.get("with_margin")),
        facts=row.facts,
        owner_code=row.owner.code if row.owner else None,
        due_on=row.due_on,
        state=row.state,
        answered_at=row.answered_at,
    )
