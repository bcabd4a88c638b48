"""What winning and keeping a customer cost, over HTTP (C111)."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from businesses.enums import Scope
from campaigns.queries.effect import Effect
from campaigns.queries.winning import Kept, Won, winning_and_keeping
from core.api.views import Call, Endpoint, Reply


class BoundsOut(BaseModel):
    """A number between two bounds that hold 95 times of 100."""

    value: float
    low: float
    high: float


class WonOut(BaseModel):
    """A source: who came, who bought, its cost in all and for each who bought; friends too."""

    kind: str
    title: str
    people: int
    bought: int
    cost_rial: int
    each_rial: int | None


class KeptOut(BaseModel):
    """A finished campaign: how many bought because of it, beyond the held-out group."""

    campaign_id: UUID
    name: str
    people: int
    extra_buyers: BoundsOut
    cost_rial: int


class AcquisitionVsRetentionOut(BaseModel):
    """Both sides. `kept_each_rial` is null where campaigns did not surely keep anybody.

    `unmeasured` finished campaigns were too small, without a held-out group, or off their plan.
    `times` is how many times as much a new customer cost as a kept one.
    """

    won: list[WonOut]
    won_each_rial: int | None
    kept: list[KeptOut]
    kept_each_rial: BoundsOut | None
    unmeasured: int
    times: float | None


class AcquisitionVsRetention(Endpoint):
    """GET what a new customer cost and what a kept one."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": AcquisitionVsRetentionOut}

    def get(self, call: Call) -> Reply:
        """Return both sides with their rows."""
        found = winning_and_keeping(call.now)
        each = found.kept_all.each_rial if found.kept_all else None
        told = AcquisitionVsRetentionOut(
            won=[_won(one) for one in found.won],
            won_each_rial=found.won_each_rial,
            kept=[_kept(one) for one in found.kept],
            kept_each_rial=_bounds(each) if each else None,
            unmeasured=found.unmeasured,
            times=found.times,
        )
        return Reply(told.model_dump(mode="json"))


def _won(one: Won) -> WonOut:
    return WonOut(
        kind=one.kind,
        title=one.title,
        people=one.people,
        bought=one.bought,
        cost_rial=one.cost_rial,
        each_rial=one.each_rial,
    )


def _kept(one: Kept) -> KeptOut:
    return KeptOut(
        campaign_id=one.campaign_id,
        name=one.name,
        people=one.people,
        extra_buyers=_bounds(one.extra),
        cost_rial=one.cost_rial,
    )


def _bounds(one: Effect) -> BoundsOut:
    return BoundsOut(value=one.value, low=one.low, high=one.high)
