"""Topping gift cards up over HTTP."""

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.money import MAX_RIAL
from loyalty.api.bodies import Document, Nothing
from loyalty.api.gift_cards import CodeIn
from loyalty.models import GiftCardTopUp
from loyalty.operations.gift_cards import NewTopUp, take_back_top_up, top_up_gift_card
from loyalty.queries.top_ups import top_up_by_id, top_up_rows


class TopUpIn(CodeIn):
    """`amount` rial paid at the till for the card of `code`; `external_id` is your number of it."""

    external_id: str = Field(min_length=1, max_length=100)
    amount: int = Field(strict=True, gt=0, le=MAX_RIAL)
    paid_by: Literal["cash", "pos", "card_to_card"]


class TopUpOut(BaseModel):
    """Money put on a card; `left_on_card` is what is on it now (rial)."""

    id: UUID
    external_id: str
    status: Literal["done", "taken_back"]
    ends_with: str
    amount: int
    paid_by: str
    left_on_card: int
    at: datetime
    taken_back_at: datetime | None


class TopUpsOut(BaseModel):
    """Top-ups, newest first."""

    data: list[TopUpOut]
    next_cursor: str | None


class GiftCardTopUps(Endpoint):
    """POST puts money on a card that was sold, GET lists what was put on cards."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    body: ClassVar = {"POST": TopUpIn}
    answer: ClassVar = {"POST": TopUpOut, "GET": TopUpsOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS

    def post(self, call: Call, body: TopUpIn) -> Reply:
        """Put it on; the same number again is answered as before."""
        new = NewTopUp(
            code=body.code,
            external_id=body.external_id,
            amount_rial=body.amount,
            paid_by=body.paid_by,
        )
        top_up = top_up_gift_card(new=new, by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_told(top_up), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List top-ups, newest first."""
        found = page(
            top_up_rows(),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        return Reply({"data": list(map(_told, found.rows)), "next_cursor": found.next_cursor})


class GiftCardTopUpItem(Endpoint):
    """GET a top-up."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": TopUpOut}

    def get(self, call: Call, gift_card_top_up_id: UUID) -> Reply:
        """Return it."""
        del call
        return Reply(_told(top_up_by_id(gift_card_top_up_id)))


class GiftCardTopUpTaken(Endpoint):
    """POST takes a top-up off its card, whole."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": TopUpOut}

    def post(self, call: Call, body: Nothing, gift_card_top_up_id: UUID) -> Reply:
        """Take it back while it is on the card; twice is once."""
        del body
        return Reply(
            _told(take_back_top_up(top_up_id=gift_card_top_up_id, actor=None, now=call.now))
        )


def _told(row: GiftCardTopUp) -> Document:
    return {
        "id": row.id,
        "external_id": row.external_id,
        "status": "taken_back" if row.taken_back_at else "done",
        "ends_with": row.card.ends_with,
        "amount": row.amount_rial,
        "paid_by": row.paid_by,
        "left_on_card": row.card.balance_rial,
        "at": row.at,
        "taken_back_at": row.taken_back_at,
    }
