"""Shapes of what devices ask and are told. Points are whole, amounts rial."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, WrapValidator

from core.api.problems import of_validation
from core.money import MAX_RIAL
from customers.api.bodies import (
    FAR_TOO_MANY,
    CustomerIn,
    LineIn,
    PurchaseIn,
    Refused,
    TenderIn,
)
from loyalty.api.bodies import Amount, Body, Points, RewardOut, Whose
from loyalty.operations.till import MOST_LATE, Accrual, Act, ByCard, LateAct, Reversal, Spending

Number = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
Device = Annotated[str, Field(max_length=40)]
_ONE_OF: Final = ("accrue", "redeem", "reverse")


class AtDevice(Body):
    """At which device; a key made for one device need not name it."""

    device: Device = ""


class SearchIn(AtDevice):
    """The beginning of a name, a family name, a mobile or a member code."""

    text: str = Field(min_length=3, max_length=100)


class InquireIn(Whose):
    """The customer and what the basket comes to, if it is known yet."""

    device: Device = ""
    card_hash: str = Field(default="", max_length=500)
    total: Amount = 0

    def identity(self) -> dict[str, str]:
        """Return the identities given; a card is one where nothing stronger is known."""
        card = {"card_hash": self.card_hash} if self.card_hash else {}
        return super().identity() | card


class ByCardIn(Body):
    """What is taken of a gift card, by its code."""

    code: str = Field(min_length=1, max_length=40)
    amount: int = Field(ge=1, le=MAX_RIAL)


class SaleIn(Body):
    """A sale under the device's own number.

    `redemptions` are numbers under which this device held points or store credit for it; together
    they are what its tenders say is paid by each. `referral_code` is that of the customer who told
    the buyer.
    What `coupon_codes` take off comes off the lines, which are told without it, and the tenders are
    what is left (`coupons/preview` says how much); `gift_cards` pay beside the tenders. Both are
    held and spent with the sale, once by its number. `context` is said of every line that does not
    say otherwise.
    """

    transaction_id: Number
    customer: CustomerIn | None = None
    lines: list[LineIn] = Field(default_factory=list, max_length=FAR_TOO_MANY)
    tenders: list[TenderIn] = Field(default_factory=list, max_length=FAR_TOO_MANY)
    branch: str | None = None
    employee: str | None = None
    holds: list[UUID] = Field(default_factory=list, max_length=10)
    redemptions: list[Number] = Field(default_factory=list, max_length=10)
    referral_code: str = Field(default="", max_length=40)
    coupon_codes: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        default_factory=list, max_length=5
    )
    gift_cards: list[ByCardIn] = Field(default_factory=list, max_length=5)
    context: dict[str, Any] = Field(default_factory=dict, max_length=50)

    def act(self) -> Accrual:
        """Return what is asked for."""
        new = PurchaseIn(
            external_id=self.transaction_id,
            channel="pos",
            customer=self.customer,
            lines=self.lines,
            tenders=self.tenders,
        ).new()
        return Accrual(
            number=self.transaction_id,
            customer=new.customer,
            lines=new.lines,
            tenders=new.tenders,
            branch_code=self.branch,
            employee_code=self.employee,
            holds=tuple(self.holds),
            redemptions=tuple(self.redemptions),
            referral_code=self.referral_code,
            coupon_codes=tuple(self.coupon_codes),
            gift_cards=tuple(ByCard(one.code, one.amount) for one in self.gift_cards),
            context=self.context,
        )


class AccrueIn(SaleIn):
    """A sale at a device."""

    device: Device = ""


class RedeemIn(Whose):
    """One of points, a reward or rial of `store_credit`: held for the sale that follows.

    Points and rewards are spent for good when `final`. The sale names the number in `redemptions`
    and tells what store credit pays as one tender `store_credit` without a reference.
    """

    device: Device = ""
    transaction_id: Number
    points: Points | None = None
    reward_id: UUID | None = None
    store_credit: int = Field(default=0, strict=True, ge=0, le=MAX_RIAL)
    final: bool = False
    # The customer's one-time code, where so much is spent that it is needed.
    code: str = Field(default="", max_length=40)


class CodeIn(Whose):
    """The customer to send a one-time code, and how many points it is for."""

    device: Device = ""
    points: Points | None = None


class SentOut(BaseModel):
    """A code on its way to a mobile that ends with these digits, good until then."""

    mobile_ends: str
    expires_at: datetime


class UndoIn(Body):
    """What to undo, by the number the device gave it; it need not have come yet."""

    transaction_id: Number
    reverses: Number
    reason: str = Field(default="", max_length=200)

    def act(self) -> Reversal:
        """Return what is asked for."""
        return Reversal(number=self.transaction_id, reverses=self.reverses, reason=self.reason)


class ReverseIn(UndoIn):
    """An undoing at a device."""

    device: Device = ""


class LateSpendingIn(Body):
    """Points spent without a network, under the allowance an inquiry gave before."""

    transaction_id: Number
    points: Points
    allowance: str = Field(min_length=1, max_length=1000)
    final: bool = False

    def act(self) -> Spending:
        """Return what is asked for."""
        return Spending(
            number=self.transaction_id,
            points=self.points,
            allowance=self.allowance,
            final=self.final,
        )


class LateRowIn(Body):
    """One thing a device did: `sequence` is its place in the device's own row, from 1 on."""

    sequence: int = Field(strict=True, ge=1, le=2**62)
    at: AwareDatetime
    accrue: SaleIn | None = None
    redeem: LateSpendingIn | None = None
    reverse: UndoIn | None = None

    def act(self) -> Act | None:
        """Return the one thing that was done, None unless it is one."""
        done = [one for name in _ONE_OF if (one := getattr(self, name)) is not None]
        return done[0].act() if len(done) == 1 else None

    def late(self, act: Act) -> LateAct:
        """Return it with its place and time."""
        return LateAct(act=act, sequence=self.sequence, device_at=self.at)


def _row(value: Any, check: Any) -> Any:
    try:
        return check(value)
    except ValidationError as error:
        return Refused(problem=of_validation(error))


class BatchIn(AtDevice):
    """What a device did without a network; each row is judged on its own."""

    sent_at: AwareDatetime
    rows: list[Annotated[LateRowIn, WrapValidator(_row)]] = Field(max_length=MOST_LATE)


class PersonOut(BaseModel):
    """A customer as a till may see one: the mobile is masked."""

    id: UUID
    name: str
    mobile: str
    member_code: str
    tier: str | None


class FoundOut(BaseModel):
    """At most ten customers."""

    data: list[PersonOut]


class AllowanceOut(BaseModel):
    """What may be spent of the customer's points at this device without a network."""

    points: int
    until: datetime
    token: str


class InquiryOut(BaseModel):
    """A customer's points, and what the basket would earn and may be paid with.

    Spending what is worth `code_from_rial` or more, store credit included, needs the customer's
    one-time code. `store_credit` is theirs to spend (rial).
    """

    customer: PersonOut
    balance: int
    pending: int
    value_rial: int
    store_credit: int
    will_earn: int
    spendable_points: int
    spendable_rial: int
    rewards: list[RewardOut]
    code_from_rial: int | None
    allowance: AllowanceOut | None


class TransactionOut(BaseModel):
    """What became of a verb: `done`, `reversed` or `refused`; the same number is told the same."""

    model_config = ConfigDict(extra="allow")

    transaction_id: str
    verb: str
    status: str
    notes: list[str]
    purchase_id: UUID | None = None
    redemption_id: UUID | None = None
    customer_id: UUID | None = None


class LateRowOut(BaseModel):
    """What became of one row; without a transaction it is to be sent again or mended."""

    index: int
    status: int
    transaction: TransactionOut | None = None
    problem: dict[str, Any] | None = None


class MissingOut(BaseModel):
    """Numbers of the device's row that have not come, from the first to the last."""

    first: int
    last: int


class BatchOut(BaseModel):
    """What became of a batch, row by row, in the order sent."""

    done: int
    replayed: int
    refused: int
    last_sequence: int
    missing: list[MissingOut]
    results: list[LateRowOut]


class DeviceOut(BaseModel):
    """A device: the highest number of its row that came, and those that did not."""

    code: str
    name: str
    branch: str | None
    last_sequence: int
    missing: list[MissingOut]
