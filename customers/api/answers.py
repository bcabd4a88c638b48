"""Answers, as the API's description tells them."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


class CustomerBriefOut(BaseModel):
    """The customer of a purchase."""

    id: UUID
    status: str
    name: str


class PurchaseOut(BaseModel):
    """A recorded purchase. Points, tier, rewards, presents, survey are null when nobody answers."""

    id: UUID
    external_id: str
    channel: str
    total: int
    customer: CustomerBriefOut | None
    points: dict[str, Any] | None
    tier: dict[str, Any] | None
    rewards: list[Any] | None
    presents: list[Any] | None
    survey: dict[str, Any] | None


class LineOut(BaseModel):
    """One item; amounts in rial, `quantity` as text."""

    position: int
    sku: str
    name: str
    category: str
    quantity: str
    unit_price: int
    discount: int
    total: int
    returned: int
    attributes: dict[str, Any]


class MaskedCardOut(BaseModel):
    """The last four digits of a card."""

    masked_pan: str


class TenderOut(BaseModel):
    """A part of the payment; amount in rial."""

    method: str
    amount: int
    reference: str
    card: MaskedCardOut | None


class PurchaseReturnOut(BaseModel):
    """A return of the purchase; amounts in rial."""

    id: UUID
    external_id: str
    amount: int
    returned_so_far: int
    occurred_at: AwareDatetime
    reason: str


class PurchaseRowOut(PurchaseOut):
    """A purchase as lists show it; `returned` in rial."""

    occurred_at: AwareDatetime
    branch: str | None
    employee: str | None
    returned: int


class PurchaseDetailOut(PurchaseRowOut):
    """A purchase with what belongs to it."""

    lines: list[LineOut]
    tenders: list[TenderOut]
    returns: list[PurchaseReturnOut]


class PurchaseListOut(BaseModel):
    """A page of purchases, newest first."""

    data: list[PurchaseRowOut]
    next_cursor: str | None


class BatchRowOut(BaseModel):
    """What became of one row: its purchase, or the problem it met."""

    index: int
    status: int
    purchase: PurchaseOut | None = None
    problem: dict[str, Any] | None = None


class BatchOut(BaseModel):
    """What became of a batch, row by row, in the order sent."""

    recorded: int
    replayed: int
    refused: int
    results: list[BatchRowOut]


class ReturnOut(BaseModel):
    """A recorded return; amounts in rial."""

    id: UUID
    purchase_id: UUID
    external_id: str
    amount: int
    returned_so_far: int
    left: int


class TotalsOut(BaseModel):
    """Running sums in rial; `net` is after returns, days are of the business's zone."""

    purchases: int
    purchase_days: int
    gross: int
    returned: int
    net: int
    first_on: date | None
    last_on: date | None
    last_at: AwareDatetime | None


# A value of an attribute; days and months are Jalali.
ValueOut = bool | int | str | list[str]


class CustomerOut(BaseModel):
    """A customer with running sums in rial, and their attributes but the sensitive ones."""

    id: UUID
    status: str
    name: str
    mobile: str | None
    email: str | None
    member_code: str
    created_at: AwareDatetime
    totals: TotalsOut
    attributes: dict[str, ValueOut]


class WorthOut(BaseModel):
    """What the coming year is expected to bring in rial, and what the past one earned.

    `earned_rial` is net of returns and of what the goods cost; null until the business has said a
    margin or a cost.
    """

    clv_rial: int
    clv_real_rial: int | None
    earned_rial: int | None


class CustomerRowOut(CustomerOut):
    """A customer of the list; `worth` only where it is ordered by it."""

    worth: WorthOut | None


class CustomerListOut(BaseModel):
    """A page of customers, newest first unless asked for otherwise."""

    data: list[CustomerRowOut]
    next_cursor: str | None


class MomentOut(BaseModel):
    """One entry of a story; further members depend on its kind. `amount` in rial."""

    model_config = ConfigDict(extra="allow")

    kind: str
    id: UUID
    at: AwareDatetime
    amount: int | None


class TimelineOut(BaseModel):
    """A page of a customer's story, newest first."""

    data: list[MomentOut]
    next_cursor: str | None
