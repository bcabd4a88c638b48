"""Bodies of requests: amounts are integer rial, times carry their offset."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    WrapValidator,
)

from core.api.problems import of_validation
from core.errors import Problem
from customers.operations import (
    MAX_BATCH,
    MAX_LINES,
    MAX_TENDERS,
    CardHint,
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    NewTender,
    too_many_purchases,
)

# Where reading stops; how many a sale may really have is the operation's to say.
FAR_TOO_MANY: Final = 10_000
Code = Annotated[str, Field(min_length=1, max_length=200)]
ChannelName = Literal["pos", "web", "till", "import", "other"]
MethodName = Literal[
    "gateway",
    "pos",
    "cash",
    "card_to_card",
    "paya",
    "satna",
    "points",
    "gift_card",
    "store_credit",
    "other",
]


class Body(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CardIn(Body):
    """A card as the terminal shows it. Never send a card number; its hash is hashed again."""

    masked_pan: str = ""
    hash: str = Field(default="", max_length=500)

    def hint(self) -> CardHint:
        """Return what recognition needs."""
        return CardHint(masked_pan=self.masked_pan, hash=self.hash)


class CustomerIn(Body):
    """Whatever is known of the customer; all optional."""

    mobile: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=320)
    name: str | None = None
    member_code: str | None = None
    external_id: str | None = None
    card: CardIn | None = None

    def hint(self, card: CardHint | None = None) -> CustomerHint:
        """Return what recognition needs; `card` stands in when the customer names none."""
        return CustomerHint(
            mobile=self.mobile,
            email=self.email,
            name=self.name,
            member_code=self.member_code,
            external_id=self.external_id,
            card=self.card.hint() if self.card else card,
        )


class LineIn(Body):
    """One item. `unit_price` and `discount` (of the whole line) in rial."""

    sku: str = ""
    name: str = ""
    category: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: int
    discount: int = 0
    attributes: dict[str, Any] = Field(default_factory=dict)

    def new(self) -> NewLine:
        """Return the operation's value."""
        return NewLine(
            sku=self.sku,
            name=self.name,
            category=self.category,
            quantity=self.quantity,
            unit_price_rial=self.unit_price,
            discount_rial=self.discount,
            attributes=self.attributes,
        )


class TenderIn(Body):
    """A part of the payment, `amount` in rial."""

    method: MethodName
    amount: int
    reference: str = ""
    card: CardIn | None = None

    def new(self) -> NewTender:
        """Return the operation's value."""
        return NewTender(
            method=self.method,
            amount_rial=self.amount,
            reference=self.reference,
            masked_pan=self.card.masked_pan if self.card else "",
        )


class PurchaseIn(Body):
    """A sale. Lines and tenders must agree when both are given.

    `context` is said of every line that does not say otherwise in its `attributes`; both are held
    against `context-fields` where the business has any.

    `holds` names what was held for it before, like a coupon; a gift card is named by its tender.
    `referral_code` is that of the customer who told the buyer of the business.
    """

    external_id: Code
    channel: ChannelName
    occurred_at: AwareDatetime | None = None
    branch: str | None = None
    employee: str | None = None
    customer: CustomerIn | None = None
    lines: list[LineIn] = Field(
        default_factory=list, max_length=FAR_TOO_MANY, json_schema_extra={"maxItems": MAX_LINES}
    )
    tenders: list[TenderIn] = Field(
        default_factory=list, max_length=FAR_TOO_MANY, json_schema_extra={"maxItems": MAX_TENDERS}
    )

    holds: list[UUID] = Field(default_factory=list, max_length=10)
    referral_code: str = Field(default="", max_length=40)
    context: dict[str, Any] = Field(default_factory=dict, max_length=50)

    def new(self) -> NewPurchase:
        """Return the operation's value."""
        return NewPurchase(
            external_id=self.external_id,
            channel=self.channel,
            occurred_at=self.occurred_at,
            branch_code=self.branch,
            employee_code=self.employee,
            customer=self._payer(),
            lines=tuple(line.new() for line in self.lines),
            tenders=tuple(tender.new() for tender in self.tenders),
            holds=tuple(self.holds),
            referral_code=self.referral_code,
            context=self.context,
        )

    def _payer(self) -> CustomerHint | None:
        """Return the customer as named, with the card they paid with."""
        cards = (tender.card for tender in self.tenders if tender.card and tender.card.hash)
        card = next(cards, None)
        paid_with = card.hint() if card else None
        if self.customer is not None:
            return self.customer.hint(paid_with)
        return CustomerHint(card=paid_with) if paid_with else None


class Refused(BaseModel):
    """A row of a batch whose shape is wrong; the other rows go on."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    problem: Problem


def _row(value: Any, check: Any) -> Any:
    try:
        return check(value)
    except ValidationError as error:
        return Refused(problem=of_validation(error))


def _bounded(rows: Any, check: Any) -> Any:
    try:
        return check(rows)
    except ValidationError as error:
        if any(detail["type"] == "too_long" for detail in error.errors(include_input=False)):
            raise too_many_purchases() from error
        raise


class BatchIn(Body):
    """Up to 1,000 purchases; each is judged on its own."""

    purchases: Annotated[
        list[Annotated[PurchaseIn, WrapValidator(_row)]],
        Field(max_length=MAX_BATCH),
        WrapValidator(_bounded),
    ]


class ReturnLineIn(Body):
    """A returned line by position (from 1) or SKU; its rest without quantity and amount."""

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


class ReturnIn(Body):
    """A return of lines, of an amount in rial, or of all that is left.

    A sale of nothing (all of it was a coupon's) comes back whole, once.
    """

    external_id: Code
    amount: int | None = None
    lines: list[ReturnLineIn] = Field(default_factory=list, max_length=500)
    occurred_at: AwareDatetime | None = None
    reason: str = Field(default="", max_length=200)


# A value of an attribute: a number is never taken for a text or a yes.
ValueIn = StrictBool | StrictInt | StrictStr | list[StrictStr]


class CustomerPatch(Body):
    """What to change: an absent member stays as it is, "" clears it.

    `attributes` by their keys, as told by the customer; null takes back what was known.
    """

    name: str | None = None
    mobile: str | None = None
    email: str | None = None
    attributes: dict[str, ValueIn | None] = Field(default_factory=dict, max_length=50)


class LookupIn(Body):
    """By what to find a customer; the strongest given identity decides."""

    mobile: str = ""
    email: str = ""
    member_code: str = ""
    external_id: str = ""
    card_hash: str = ""
