"""Shapes of store credit's requests and answers; amounts in rial."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from core.money import MAX_RIAL
from loyalty.api.bodies import Body, Whose


class CreditTermsIn(Body):
    """Whether store credit may be filled; `most` rial of one customer; good for Jalali `months`."""

    on: bool
    most: int | None = Field(default=None, strict=True, ge=1, le=MAX_RIAL)
    months: int | None = Field(default=None, strict=True, ge=1, le=120)


class CreditTermsOut(BaseModel):
    """The terms; null: no limit, no end."""

    on: bool
    most: int | None
    months: int | None


class CreditPartOut(BaseModel):
    """One filling and what is `left` of it (rial)."""

    id: UUID
    source: str
    reason: str
    amount: int
    left: int
    at: datetime
    expires_at: datetime | None
    taken_back: bool


class CreditOut(BaseModel):
    """What a customer may spend (rial): `owed` was their money, `given` the shop's gift."""

    customer_id: UUID
    balance: int
    owed: int
    given: int
    parts: list[CreditPartOut]


class CreditIn(Body):
    """`amount` rial for a customer; `external_id` is your number of it.

    `paid_by` says how the customer paid it in; `nothing` is a gift of yours. The customer reads
    the `reason`.
    """

    external_id: str = Field(min_length=1, max_length=200)
    amount: int = Field(strict=True, gt=0, le=MAX_RIAL)
    paid_by: Literal["nothing", "cash", "pos", "card_to_card"] = "nothing"
    reason: str = Field(min_length=1, max_length=200)


class CreditFilledOut(CreditPartOut):
    """What was filled; `balance` is what the customer may spend now."""

    customer_id: UUID
    balance: int


class ReturnToCreditOut(BaseModel):
    """A return, and the credit its money became; null where points, cards or credit paid it."""

    return_id: UUID
    purchase_id: UUID
    returned: int
    credit: CreditFilledOut | None


class TakeBackIn(Body):
    """Why it is taken back."""

    reason: str = Field(min_length=1, max_length=200)


class CreditMoveOut(BaseModel):
    """One movement, `amount` rial signed, in a sentence."""

    id: UUID
    at: datetime
    kind: str
    amount: int
    explanation: str


class CreditMovesOut(BaseModel):
    """Movements, newest first."""

    data: list[CreditMoveOut]
    next_cursor: str | None


class CreditHoldIn(Whose):
    """Rial to hold of a customer's store credit: `amount`, or up to it unless `exact`."""

    amount: int = Field(strict=True, gt=0, le=MAX_RIAL)
    exact: bool = True


class CreditUseOut(BaseModel):
    """What is held of one filling."""

    id: UUID
    status: str
    amount: int
    returned: int
    purchase_id: UUID | None
    expires_at: datetime


class CreditTenderOut(BaseModel):
    """A tender of the sale that follows, as it is sent."""

    method: Literal["store_credit"]
    amount: int
    reference: str


class CreditHoldOut(BaseModel):
    """What is held; send `tenders` with the sale as they are. `left` is what remains besides."""

    customer_id: UUID
    amount: int
    left: int
    expires_at: datetime
    uses: list[CreditUseOut]
    tenders: list[CreditTenderOut]


class CreditSumOut(BaseModel):
    """Rial `owed` to customers, and `given` by the business, which it owes to nobody."""

    owed: int
    given: int


class CreditStepOut(CreditSumOut):
    """What all movements of a kind changed."""

    kind: str
    times: int


class CreditOwedOut(BaseModel):
    """From what there was before `since` to what there is after `until`: opening + parts."""

    since: date
    until: date
    opening: CreditSumOut
    parts: list[CreditStepOut]
    closing: CreditSumOut
