"""Stamp cards over HTTP. No call makes a stamp: they are counted from paid purchases."""

from datetime import date, datetime
from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from core.money import MAX_RIAL
from loyalty.api.bodies import Body, Document, Nothing
from loyalty.api.whose import demand_customer
from loyalty.models import StampCard
from loyalty.operations.stamps import (
    NewStampCard,
    make_stamp_card,
    take_reward,
    withdraw_stamp_card,
)
from loyalty.queries.gift_codes import spelled
from loyalty.queries.stamps import card_rows, rewards_by_card, stamps_of


class StampCardIn(Body):
    """`needed` paid pieces of a `category` or `sku` give items free, up to `most` rial."""

    name: str = Field(min_length=1, max_length=100)
    needed: int = Field(strict=True, ge=2, le=1_000)
    most: int = Field(strict=True, ge=1, le=MAX_RIAL)
    category: str = Field(default="", max_length=100)
    sku: str = Field(default="", max_length=200)
    reward_days: int = Field(default=60, strict=True, ge=1, le=730)


class StampCardOut(BaseModel):
    """A stamp card and how many rewards were taken, by how many customers."""

    id: UUID
    name: str
    category: str
    sku: str
    needed: int
    most: int | None
    reward_days: int
    starts_on: date
    active: bool
    rewards: int
    customers: int


class StampCardsOut(BaseModel):
    """Stamp cards, newest first."""

    data: list[StampCardOut]


class StampsOut(BaseModel):
    """A customer's standing: `toward` the next reward of `needed`, and how many are `ready`.

    `toward` below zero: a return took stamps back whose reward had been taken.
    """

    card_id: UUID
    name: str
    needed: int
    toward: int
    ready: int
    taken: int


class CustomerStampsOut(BaseModel):
    """A customer's stamp cards."""

    data: list[StampsOut]


class RewardOut(BaseModel):
    """A reward's code; null when the same call is answered again."""

    coupon_id: UUID
    code: str | None
    ends_at: datetime


class StampCards(Endpoint):
    """POST offers a stamp card, GET lists them."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    body: ClassVar = {"POST": StampCardIn}
    answer: ClassVar = {"POST": StampCardOut, "GET": StampCardsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: StampCardIn) -> Reply:
        """Offer it; purchases from today on count."""
        new = NewStampCard(**body.model_dump(exclude={"most"}), most_rial=body.most)
        card = make_stamp_card(new=new, by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_card(card, (0, 0)), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List them."""
        del call
        told = rewards_by_card()
        rows = card_rows().order_by("-made_at", "-id")[:100]
        return Reply({"data": [_card(row, told.get(row.id, (0, 0))) for row in rows]})


class StampCardWithdrawal(Endpoint):
    """POST lets a stamp card count for nobody any more."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": StampCardOut}

    def post(self, call: Call, body: Nothing, stamp_card_id: UUID) -> Reply:
        """Withdraw; twice is once."""
        del body
        card = withdraw_stamp_card(card_id=stamp_card_id, actor=None, now=call.now)
        return Reply(_card(card, rewards_by_card().get(card.id, (0, 0))))


class CustomerStamps(Endpoint):
    """GET a customer's stamps."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": CustomerStampsOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Count them from what was paid and not returned."""
        del call
        demand_customer(customer_id)
        data = [
            {
                "card_id": one.card.id,
                "name": one.card.name,
                "needed": one.card.needed,
                "toward": one.toward,
                "ready": one.ready,
                "taken": one.taken,
            }
            for one in stamps_of(customer_id)
        ]
        return Reply({"data": data})


class StampReward(Endpoint):
    """POST takes the reward of a full card."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": RewardOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: Nothing, customer_id: UUID, stamp_card_id: UUID) -> Reply:
        """Turn it into a single-use coupon of this customer's."""
        del body
        made = take_reward(card_id=stamp_card_id, customer_id=customer_id, now=call.now)
        shown = {"coupon_id": made.coupon_id, "code": spelled(made.code), "ends_at": made.ends_at}
        return Reply(shown, HTTPStatus.CREATED, kept=shown | {"code": None})


def _card(row: StampCard, rewards: tuple[int, int]) -> Document:
    return {
        "id": row.id,
        "name": row.name,
        "category": row.category,
        "sku": row.sku,
        "needed": row.needed,
        "most": row.pool.most_rial,
        "reward_days": row.reward_days,
        "starts_on": row.starts_on,
        "active": row.is_active,
        "rewards": rewards[0],
        "customers": rewards[1],
    }
