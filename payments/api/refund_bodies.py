"""Bodies of refunds and payouts: amounts are integer rial."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from customers.operations import MAX_LINES, NewReturnLine
from payments.api.bodies import Body, Code
from payments.api.matching import MatchedOut
from payments.enums.refunds import Destination, RefundReason
from payments.operations.refunds import Receiver

Name = Annotated[str, Field(max_length=100)]


class RefundLineIn(Body):
    """What comes back of one line, by its position (1-based) or SKU."""

    position: int | None = None
    sku: str = ""
    quantity: Decimal | None = None
    amount: int | None = None

    def new(self) -> NewReturnLine:
        """Return the operation's value."""
        return NewReturnLine(
            position=self.position,
            sku=self.sku,
            quantity=self.quantity,
            amount_rial=self.amount,
        )


class ReceiverIn(Body):
    """A bank account and its owner, as far as known."""

    iban: str = Field(max_length=40)
    first_name: Name = ""
    last_name: Name = ""
    national_code: str = Field(default="", max_length=20)
    birth_date: str = Field(default="", max_length=20, description="Jalali, like 1370/02/14")

    def receiver(self) -> Receiver:
        """Return the operation's value."""
        return Receiver(**self.model_dump())


class RefundPreviewIn(Body):
    """What shall go back: an amount, lines, or without both all that is left."""

    amount: int | None = None
    lines: list[RefundLineIn] = Field(
        default_factory=list, max_length=10_000, json_schema_extra={"maxItems": MAX_LINES}
    )
    destination: Destination = Destination.SAME_CARD
    record_return: bool = True


class RefundIn(RefundPreviewIn):
    """A refund. `account` is needed for the destination `account`.

    `record_return` false: the goods came back already and were recorded.
    """

    external_id: Code
    reason: RefundReason = RefundReason.CUSTOMER_REQUEST
    account: ReceiverIn | None = None
    note: str = Field(default="", max_length=500)


class PayAgainIn(Body):
    """Where to send what did not arrive."""

    external_id: Code
    destination: Destination = Destination.SAME_CARD
    account: ReceiverIn | None = None


class PayoutIn(Body):
    """Money to an account; a second person always approves it."""

    external_id: Code
    amount: int
    account: ReceiverIn
    note: str = Field(default="", max_length=500)


class DecisionIn(Body):
    """Why."""

    note: str = Field(default="", max_length=500)


class ReturningLineOut(BaseModel):
    """What comes back of one line."""

    position: int
    name: str
    sku: str
    quantity: Decimal | None
    amount: int


class ReturnTermOut(BaseModel):
    """Until when goods of the sale come back; `until` null: at any time.

    `categories`: of which goods, empty where it holds for all of them. `tier`: its name where the
    buyer's tier gives these days, else null. Afterwards a refund is an exception.
    """

    categories: list[str]
    days: int | None
    until: AwareDatetime | None
    tier: str | None


class RefundPreviewOut(BaseModel):
    """What a refund would do. `fee` null: not published by the provider.

    `returns`: until when goods come back, the soonest first; empty where no rule limits it.
    `second_person`: why somebody else must approve it, or null. `effects`: points taken and given
    back, rial back on gift cards and as store credit, stamps lost, coupon, tier and progress to it,
    budgets of rules, staff bonuses by name, and what becomes of the survey.
    """

    amount: int
    left: int
    route: str
    destination: str
    fee: int | None
    expected_at: AwareDatetime
    second_person: str | None
    returns: list[ReturnTermOut]
    return_amount: int
    lines: list[ReturningLineOut]
    effects: dict[str, Any]


class PartOut(BaseModel):
    """One transfer between banks."""

    reference: str
    amount: int
    status: str
    paid_at: AwareDatetime | None
    expected_at: AwareDatetime | None


class DecisionOut(BaseModel):
    """What somebody decided."""

    decision: str
    by: str
    note: str
    at: AwareDatetime


class TransferOut(BaseModel):
    """A refund or payout; amounts in rial. `waiting_for` tells why it is not paid yet.

    `inquiries`: what banks were asked about its account; whose it is, is read there. Lists leave
    out parts, decisions and inquiries.
    """

    id: UUID
    external_id: str
    kind: str
    payment_id: UUID | None
    replaces: UUID | None
    status: str
    waiting_for: str | None
    route: str
    destination: str
    amount: int
    paid: int
    fee: int
    reason: str
    note: str
    provider: str | None
    reference: str
    account_ends_with: str
    owner_match: str | None
    approvals_needed: int
    requested_by: str
    requested_at: AwareDatetime
    approved_at: AwareDatetime | None
    submitted_at: AwareDatetime | None
    paid_at: AwareDatetime | None
    confirmed_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    expected_at: AwareDatetime | None
    provider_code: str
    provider_message: str
    parts: list[PartOut] | None = None
    decisions: list[DecisionOut] | None = None
    inquiries: list[UUID] | None = None


class StepTimeOut(BaseModel):
    """How long a step of the refund clock took, in seconds."""

    step: str
    count: int
    median_seconds: int
    p90_seconds: int
    p99_seconds: int


class WaitingOut(BaseModel):
    """Open refunds by what they wait for."""

    waiting_for: str | None
    count: int
    amount: int
    oldest_at: AwareDatetime


class RefundEffectOut(BaseModel):
    """The share that bought again of those who waited longer than a day for their refund.

    Counted over the sixty days that begin fifteen days after the purchase, for purchases from
    `since` to before `until` whose refund was asked for within two weeks; against like customers
    without a refund and against those whose refund was quick. Alike: as many purchases before, as
    long since the last one, the same thirty days.
    """

    since: date
    until: date
    against_no_refund: MatchedOut
    against_quick_refund: MatchedOut


class RefundSlaOut(BaseModel):
    """The refund clock of a span: steps are approval, handover, bank, proof and whole."""

    requested: int
    requested_amount: int
    paid: int
    paid_amount: int
    paid_within_a_day: int
    still_owed: int
    steps: list[StepTimeOut]
    waiting: list[WaitingOut]
    later_purchases: RefundEffectOut
