"""Whom to keep first over HTTP, with what they are to the business (C051)."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit
from core.api.views import Call, Endpoint, Reply
from segmentation.queries.priorities import MOST, Priority, priorities
from segmentation.queries.retention import foreseen_by


class PriorityOut(BaseModel):
    """One customer worth keeping, most expected gain first.

    `gain_rial` is `year_rial` times the chance that they have left, times the chance that they have
    not, times `effect`: how often a call like this helped here. `let_down`: new, and something went
    wrong lately; the odds that they have left count twice. `badges`: satisfied, idea_giver,
    valuable, committed; `ties` are what commits them: regular, bound (a membership or a mandate),
    long (a year and more). `is_doubted`: a measure about them is proposed. Who left the club, or is
    under a measure, is not here.
    """

    customer_id: UUID
    score: int
    year_rial: int
    leaving: float
    effect: float
    gain_rial: int
    let_down: bool
    badges: list[str]
    ties: list[str]
    is_doubted: bool


class PrioritiesOut(BaseModel):
    """Whom to keep, first things first; empty before the first night.

    `basis` of what is foreseen: model, rule, or heuristic, a first guess nothing was tested by.
    """

    basis: str | None
    data: list[PriorityOut]


class RetentionPriorities(Endpoint):
    """GET whom to keep first."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    filters: ClassVar = {"limit": FILTERS["limit"] + f"; never more than {MOST}"}
    answer: ClassVar = {"GET": PrioritiesOut}

    def get(self, call: Call) -> Reply:
        """Return the head of the list; what comes after it is not worth a call."""
        most = min(asked_limit(call.query.get("limit")), MOST)
        told = PrioritiesOut(
            basis=foreseen_by(), data=[_told(one) for one in priorities(call.now, most)]
        )
        return Reply(told.model_dump(mode="json"))


def _told(one: Priority) -> PriorityOut:
    return PriorityOut(
        customer_id=one.customer_id,
        score=one.score,
        year_rial=one.year_rial,
        leaving=one.leaving,
        effect=one.effect,
        gain_rial=one.gain_rial,
        let_down=one.let_down,
        badges=[trait.value for trait in one.traits],
        ties=list(one.ties),
        is_doubted=one.doubted,
    )
