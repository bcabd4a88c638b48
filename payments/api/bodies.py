"""Bodies of requests and answers: amounts are integer rial."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from customers.operations import MAX_LINES, CustomerHint, NewLine

Code = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BuyerIn(Body):
    """Whatever is known of the buyer; all optional. Their card is learned from the bank."""

    mobile: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=320)
    name: str | None = None
    member_code: str | None = None
    external_id: str | None = None

    def hint(self) -> CustomerHint:
        """Return what recognition needs."""
        return CustomerHint(**self.model_dump())


class ItemIn(Body):
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


class PaymentIn(Body):
    """A sum to ask for. Lines, when given, add up to the amount.

    `context` is said of every line that does not say otherwise in its `attributes`; both are held
    against `context-fields` where the business has any.
    """

    external_id: Code
    amount: int
    description: str = Field(default="", max_length=500)
    return_url: str = Field(default="", max_length=2000)
    customer: BuyerIn | None = None
    # Reading stops far above what the operation allows.
    lines: list[ItemIn] = Field(
        default_factory=list, max_length=10_000, json_schema_extra={"maxItems": MAX_LINES}
    )
    context: dict[str, Any] = Field(default_factory=dict, max_length=50)
    branch: str | None = None
    employee: str | None = None


class AttemptOut(BaseModel):
    """One try at one provider."""

    number: int
    status: str
    provider: str
    reference: str | None
    masked_pan: str
    started_at: AwareDatetime
    last_code: str
    last_message: str


class CoverIn(Body):
    """The code of a gift card or coupon; or `store_credit` of who pays, as the payment names them.

    With store credit you have the customer's proof.
    """

    code: str = Field(default="", max_length=40)
    store_credit: bool = False


class CoverOut(BaseModel):
    """What a gift card covers of a payment, or a coupon takes off it."""

    id: UUID
    kind: str
    name: str
    amount: int
    status: str
    held_until: AwareDatetime


class PaymentOut(BaseModel):
    """A payment and how it stands; amounts in rial.

    `amount` is what was asked for. Of it gift cards cover `covered`, a coupon takes off `discount`,
    and `to_pay` comes as money, which is what refunds give back. `method` is the rail it came on,
    or is to come on as far as known.
    """

    id: UUID
    external_id: str
    status: str
    method: str
    amount: int
    description: str
    pay_url: str
    return_url: str
    purchase_id: UUID | None
    created_at: AwareDatetime
    expires_at: AwareDatetime
    settled_at: AwareDatetime | None
    refunded: int
    covered: int
    discount: int
    to_pay: int
    covers: list[CoverOut] | None = None
    attempts: list[AttemptOut] | None = None


class PaymentsOut(BaseModel):
    """A page of payments, newest first, without their tries and covers."""

    data: list[PaymentOut]
    next_cursor: str | None


class ReversalOut(BaseModel):
    """A reversal: `requested` while the provider's answer is unknown, `returned` or `failed`."""

    id: UUID
    payment_id: UUID
    status: str
    provider_code: str
    provider_message: str
