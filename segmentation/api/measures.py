"""Measures about customers over HTTP: proposed, decided by a second one, appealed (C058)."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound
from customers.api.bodies import Body
from customers.operations.measures import answer_appeal, appeal_measure, decide_measure
from customers.queries.measures import is_over, measure_by_id, measure_rows
from segmentation.operations import propose_measure

_LONGEST = 1_000


class ProposeIn(Body):
    """Whom, what and why. Each step holds the ones before it.

    `no_offers`, `no_credit`, `careful_returns` (money back by a second person), `short_returns`
    (fourteen days at most), `out_of_club` (no points for purchases), `ended`. The last two only
    after a milder one was tried for thirty days. None refuses a sale.
    """

    customer_id: UUID
    step: str = Field(max_length=40)
    reason: str = Field(max_length=_LONGEST)


class DecideIn(Body):
    """Whether it holds, why, and until when; by another key or person than who proposed."""

    accept: bool
    note: str = Field(max_length=_LONGEST)
    ends_on: date | None = None


class AppealIn(Body):
    """What the customer says against it."""

    words: str = Field(max_length=_LONGEST)


class AnswerIn(Body):
    """Whether the measure is lifted, and why; by another than who decided."""

    lift: bool
    words: str = Field(max_length=_LONGEST)


class MeasureOut(BaseModel):
    """A file. `holds` tells whether it holds today: decided, not over, no appeal left unanswered.

    `evidence` are the signs on the day of the proposal with the numbers they were decided by.
    """

    id: UUID
    customer_id: UUID
    step: str
    state: str
    holds: bool
    evidence: list[dict[str, Any]]
    reason: str
    proposed_at: AwareDatetime
    decision: str
    decided_at: AwareDatetime | None
    ends_on: date | None
    appeal: str
    appealed_at: AwareDatetime | None
    lapses_on: date | None
    answer: str
    answered_at: AwareDatetime | None


class MeasuresOut(BaseModel):
    """A page of files, newest first."""

    data: list[MeasureOut]
    next_cursor: str | None


class Suitability(Endpoint):
    """GET files; POST proposes a measure."""

    scopes: ClassVar = {"GET": Scope.PERSONAL, "POST": Scope.PERSONAL}
    filters: ClassVar = FILTERS
    body: ClassVar = {"POST": ProposeIn}
    answer: ClassVar = {"GET": MeasuresOut, "POST": MeasureOut}

    def get(self, call: Call) -> Reply:
        """Return a page by cursor."""
        found = page(
            measure_rows(),
            by="proposed_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_told(row, call) for row in found.rows]
        told = MeasuresOut(data=rows, next_cursor=found.next_cursor)
        return Reply(told.model_dump(mode="json"))

    def post(self, call: Call, body: ProposeIn) -> Reply:
        """Propose; nothing holds before a second one decided."""
        row = propose_measure(
            customer_id=body.customer_id,
            step=body.step,
            reason=body.reason,
            by=_by(call),
            actor=None,
            now=call.now,
        )
        return Reply(_told(row, call).model_dump(mode="json"), status=201)


class SuitabilityItem(Endpoint):
    """GET one file."""

    scopes: ClassVar = {"GET": Scope.PERSONAL}
    answer: ClassVar = {"GET": MeasureOut}

    def get(self, call: Call, measure_id: UUID) -> Reply:
        """Return it."""
        row = measure_by_id(measure_id)
        if row is None:
            raise NotFound(_("There is no such measure."))
        return Reply(_told(row, call).model_dump(mode="json"))


class SuitabilityDecide(Endpoint):
    """POST decides about a proposed measure."""

    scopes: ClassVar = {"POST": Scope.PERSONAL}
    body: ClassVar = {"POST": DecideIn}
    answer: ClassVar = {"POST": MeasureOut}

    def post(self, call: Call, body: DecideIn, measure_id: UUID) -> Reply:
        """Let it hold until a day, or refuse it."""
        row = decide_measure(
            measure_id=measure_id,
            accept=body.accept,
            note=body.note,
            ends_on=body.ends_on,
            by=_by(call),
            actor=None,
            now=call.now,
        )
        return Reply(_told(row, call).model_dump(mode="json"))


class SuitabilityAppeal(Endpoint):
    """POST notes an appeal."""

    scopes: ClassVar = {"POST": Scope.PERSONAL}
    body: ClassVar = {"POST": AppealIn}
    answer: ClassVar = {"POST": MeasureOut}

    def post(self, call: Call, body: AppealIn, measure_id: UUID) -> Reply:
        """Note it; unanswered for fourteen days it lifts the measure."""
        row = appeal_measure(measure_id=measure_id, words=body.words, actor=None, now=call.now)
        return Reply(_told(row, call).model_dump(mode="json"))


class SuitabilityAnswer(Endpoint):
    """POST answers an appeal."""

    scopes: ClassVar = {"POST": Scope.PERSONAL}
    body: ClassVar = {"POST": AnswerIn}
    answer: ClassVar = {"POST": MeasureOut}

    def post(self, call: Call, body: AnswerIn, measure_id: UUID) -> Reply:
        """Lift the measure or let it stand."""
        row = answer_appeal(
            measure_id=measure_id,
            lift=body.lift,
            words=body.words,
            by=_by(call),
            actor=None,
            now=call.now,
        )
        return Reply(_told(row, call).model_dump(mode="json"))


def _by(call: Call) -> str:
    return f"api_key:{call.key_id}"


def _told(row: Any, call: Call) -> MeasureOut:
    today = business_day(call.now, business_by_id(call.business_id).timezone)
    return MeasureOut(
        id=row.id,
        customer_id=row.customer_id,
        step=row.step,
        state=row.state,
        holds=row.state == "in_force" and not is_over(row, today),
        evidence=row.evidence,
        reason=row.reason,
        proposed_at=row.proposed_at,
        decision=row.decision,
        decided_at=row.decided_at,
        ends_on=row.ends_on,
        appeal=row.appeal,
        appealed_at=row.appealed_at,
        lapses_on=row.lapses_on,
        answer=row.answer,
        answered_at=row.answered_at,
    )
