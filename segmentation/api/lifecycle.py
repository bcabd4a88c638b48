"""The stages of customers' lives with the money of each, over HTTP (C037)."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from segmentation.queries.lifecycle import lifecycle
from segmentation.queries.retention import foreseen_by


class StageOut(BaseModel):
    """A stage: lead, new, developing, loyal, at_risk, lapsed, won_back or terminated.

    `year_rial` is what its customers bought in the past year, net of returns; `ahead_rial` what the
    coming one is expected to bring. Everybody known is in one stage.
    """

    stage: str
    name: str
    customers: int
    year_rial: int
    ahead_rial: int


class LifecycleOut(BaseModel):
    """Every stage in the order of a life, as of a night; `as_of` is null before the first.

    `basis` of the year ahead: model, rule, or heuristic, a first guess that nothing was tested by.
    """

    as_of: date | None
    basis: str | None
    data: list[StageOut]


class LifecycleReport(Endpoint):
    """GET the stages."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": LifecycleOut}

    def get(self, call: Call) -> Reply:
        """Return them, empty ones included."""
        del call
        board = lifecycle()
        rows = [
            StageOut(
                stage=one.stage.value,
                name=str(one.stage.label),
                customers=one.customers,
                year_rial=one.year_rial,
                ahead_rial=one.ahead_rial,
            )
            for one in board.rows
        ]
        return Reply(
            LifecycleOut(as_of=board.as_of, basis=foreseen_by(), data=rows).model_dump(mode="json")
        )
