"""Coupons over HTTP: offered, previewed on a basket, held for a sale."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.money import MAX_RIAL
from loyalty.api.bodies import Amount, Body, Document, Nothing, Whose
from loyalty.api.whose import customer_meant
from loyalty.models import CouponPool, CouponUse
from loyalty.operations.coupons import (
    NewCoupons,
    make_coupons,
    release_coupon,
    reserve_coupons,
    withdraw_coupons,
)
from loyalty.queries.coupon_stacks import MOST_COUPONS, Stack, stack_of
from loyalty.queries.coupons import (
    Basket,
    BasketLine,
    PoolTotals,
    pool_rows,
    pool_totals,
    use_of,
)
from loyalty.queries.gift_codes import spelled

Many = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Rial = Annotated[int, Field(strict=True, ge=1, le=MAX_RIAL)]
ChannelName = Annotated[str, Field(max_length=20)]


class CouponsIn(Body):
    """A promise: `percent` or `off` rial; one `code` for everybody, or `count` of their own.

    By `stacking` it stands `alone` or `beside` others that allow it; of those with one `group` the
    best for the customer counts.
    """

    name: str = Field(min_length=1, max_length=100)
    last_day: date
    percent: int | None = Field(default=None, strict=True, ge=1, le=100)
    off: Rial | None = None
    most: Rial | None = None
    least_basket: Amount = 0
    category: str = Field(default="", max_length=100)
    channel: ChannelName = ""
    code: str = Field(default="", max_length=40)
    count: int = Field(default=0, strict=True, ge=0, le=5_000)
    most_uses: Many | None = None
    most_each: Many | None = None
    gives_back: bool = True
    stacking: Literal["alone", "beside"] = "alone"
    group: str = Field(default="", max_length=40)


class CouponsMadeOut(BaseModel):
    """What was made; `codes` are shown this once, none when the same call is answered again."""

    id: UUID
    codes: list[str]


class PoolOut(BaseModel):
    """Coupons of one promise and how they were used; amounts in rial."""

    id: UUID
    name: str
    kind: str
    code: str
    percent: int | None
    off: int | None
    most: int | None
    least_basket: int
    category: str
    channel: str
    most_uses: int | None
    most_each: int | None
    stacking: str
    group: str
    active: bool
    ends_at: datetime
    codes: int
    taken: int
    spent: int
    given_back: int
    discount: int
    sold: int


class PoolsOut(BaseModel):
    """Kinds of coupons, newest first."""

    data: list[PoolOut]
    next_cursor: str | None


class CouponLineIn(Body):
    """An item as it would be sold without the coupon (rial)."""

    total: Amount
    category: str = Field(default="", max_length=300)


class CouponIn(Whose):
    """A code, or up to five `codes`, and the basket they are for: lines, or a total alone."""

    code: str = Field(default="", max_length=100)
    codes: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=list, max_length=MOST_COUPONS
    )
    channel: ChannelName = ""
    total: Rial | None = None
    lines: list[CouponLineIn] = Field(default_factory=list, max_length=500)

    def wanted(self) -> list[str]:
        """Return the codes."""
        return [*([self.code] if self.code else []), *self.codes]

    def basket(self) -> Basket:
        """Return the basket."""
        lines = tuple(BasketLine(line.total, line.category) for line in self.lines)
        alone = (BasketLine(self.total),) if self.total and not lines else ()
        return Basket(lines=lines or alone, channel=self.channel, customer_id=customer_meant(self))


class CouponOffOut(BaseModel):
    """One coupon of several: its place, and what it takes off what those before it left."""

    code: str
    name: str
    position: int
    basket: int
    discount: int


class CouponLeftOut(BaseModel):
    """A coupon that is not used here, and why."""

    code: str
    name: str
    why: str


class DiscountOut(BaseModel):
    """What the coupons take off (rial) together, and off each line; which are used, which not."""

    name: str
    basket: int
    discount: int
    to_pay: int
    lines: list[int]
    coupons: list[CouponOffOut]
    left_out: list[CouponLeftOut]


class CouponUseOut(BaseModel):
    """Coupons held for a sale, whose `holds` must name all `ids` and whose total is `to_pay`.

    Asked for later, each hold is told by itself.
    """

    id: UUID
    ids: list[UUID]
    coupons: list[CouponOffOut]
    left_out: list[CouponLeftOut]
    status: str
    name: str
    basket: int
    discount: int
    to_pay: int
    lines: list[int] | None
    purchase_id: UUID | None
    expires_at: datetime
    again_until: datetime | None


class Coupons(Endpoint):
    """POST offers coupons, GET lists them."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    body: ClassVar = {"POST": CouponsIn}
    answer: ClassVar = {"POST": CouponsMadeOut, "GET": PoolsOut}
    answer_status: ClassVar = {"POST": 201}
    filters: ClassVar = FILTERS

    def post(self, call: Call, body: CouponsIn) -> Reply:
        """Make them; codes of their own are in this answer and nowhere else."""
        new = NewCoupons(
            **body.model_dump(exclude={"off", "most", "least_basket"}),
            off_rial=body.off,
            most_rial=body.most,
            least_basket_rial=body.least_basket,
        )
        made = make_coupons(new=new, by=f"api_key:{call.key_id}", now=call.now)
        codes = [spelled(code) for code in made.codes]
        shown = {"id": made.pool_id, "codes": codes}
        return Reply(shown, HTTPStatus.CREATED, kept=shown | {"codes": []})

    def get(self, call: Call) -> Reply:
        """List kinds of coupons, newest first, with how they were used."""
        found = page(
            pool_rows(),
            by="made_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        totals = pool_totals([row.id for row in found.rows])
        data = [_pool(row, totals[row.id]) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class CouponsWithdrawal(Endpoint):
    """POST lets nobody use these coupons any more."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": PoolOut}

    def post(self, call: Call, body: Nothing, coupon_pool_id: UUID) -> Reply:
        """Withdraw; twice is once."""
        del body
        row = withdraw_coupons(pool_id=coupon_pool_id, actor=None, now=call.now)
        return Reply(_pool(row, pool_totals([row.id])[row.id]))


class CouponPreview(Endpoint):
    """POST codes and a basket to see what they take off together."""

    scopes: ClassVar = {"POST": "loyalty:read"}
    body: ClassVar = {"POST": CouponIn}
    answer: ClassVar = {"POST": DiscountOut}

    def post(self, call: Call, body: CouponIn) -> Reply:
        """Compute, holding nothing."""
        basket = body.basket()
        return Reply(_discount(stack_of(body.wanted(), basket, call.now)))


class CouponUses(Endpoint):
    """POST holds coupons for a sale."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": CouponIn}
    answer: ClassVar = {"POST": CouponUseOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: CouponIn) -> Reply:
        """Hold them until the sale is recorded, they are released or their time runs out."""
        uses, told = reserve_coupons(codes=body.wanted(), basket=body.basket(), now=call.now)
        held = _use(uses[0]) | {"ids": [use.id for use in uses]}
        return Reply(held | _discount(told), HTTPStatus.CREATED)


class CouponUseItem(Endpoint):
    """GET what is or was held of a coupon."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": CouponUseOut}

    def get(self, call: Call, coupon_use_id: UUID) -> Reply:
        """Return it."""
        del call
        return Reply(_use(use_of(coupon_use_id)))


class CouponUseRelease(Endpoint):
    """POST lets go of a held coupon."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": CouponUseOut}

    def post(self, call: Call, body: Nothing, coupon_use_id: UUID) -> Reply:
        """Release; twice is once."""
        del body
        release_coupon(use_id=coupon_use_id, now=call.now)
        return Reply(_use(use_of(coupon_use_id)))


def _pool(row: CouponPool, totals: PoolTotals) -> Document:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "code": row.code,
        "percent": row.percent,
        "off": row.off_rial,
        "most": row.most_rial,
        "least_basket": row.least_basket_rial,
        "category": row.category,
        "channel": row.channel,
        "most_uses": row.most_uses,
        "most_each": row.most_each,
        "stacking": row.stacking,
        "group": row.group,
        "active": row.is_active,
        "ends_at": row.ends_at,
        "codes": totals.codes,
        "taken": row.taken,
        "spent": totals.spent,
        "given_back": totals.given_back,
        "discount": totals.discount_rial,
        "sold": totals.sold_rial,
    }


def _discount(told: Stack) -> Document:
    return {
        "name": told.names,
        "basket": told.basket_rial,
        "discount": told.discount_rial,
        "to_pay": told.basket_rial - told.discount_rial,
        "lines": list(told.of_lines),
        "coupons": [
            {
                "code": one.asked.code,
                "name": one.asked.pool.name,
                "position": one.position,
                "basket": one.basket_rial,
                "discount": one.discount_rial,
            }
            for one in told.used
        ],
        "left_out": [
            {"code": one.asked.code, "name": one.asked.pool.name, "why": str(one.why)}
            for one in told.left_out
        ],
    }


def _use(use: CouponUse) -> dict[str, Any]:
    return {
        "id": use.id,
        "ids": [use.id],
        "coupons": [],
        "left_out": [],
        "status": use.state,
        "name": use.pool.name,
        "basket": use.basket_rial,
        "discount": use.discount_rial,
        "to_pay": use.basket_rial - use.discount_rial,
        "lines": None,
        "purchase_id": use.purchase_id,
        "expires_at": use.expires_at,
        "again_until": use.again_until,
    }
