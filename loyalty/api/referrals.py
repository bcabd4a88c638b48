"""Recommendations over HTTP: the offer, a customer's code, who was brought and what came of it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from core.money import MAX_RIAL
from loyalty.api.bodies import Body, Document, Nothing
from loyalty.api.whose import asked_customer, demand_customer
from loyalty.enums import ReferralSource
from loyalty.models import Referral, ReferralOffer
from loyalty.operations.referrals import (
    NewOffer,
    offer_referrals,
    referral_code_for,
    tell_referral,
)
from loyalty.queries.referrals import no_offer, referral_offer, referral_rows, referral_sums

Points = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Rial = Annotated[int, Field(strict=True, ge=1, le=MAX_RIAL)]


class ReferralOfferIn(Body):
    """Points for both after the friend's first purchase of `least` rial or more.

    It counts once `wait_days` have passed since and enough of it was not returned. `budget` rial is
    reserved when a friend comes; null is without a limit.
    """

    open: bool
    referrer_points: Points
    friend_points: Points
    least: Rial
    wait_days: int = Field(strict=True, ge=0, le=365)
    most_per_month: int | None = Field(default=None, strict=True, ge=1, le=10_000)
    budget: int | None = Field(default=None, strict=True, ge=0, le=MAX_RIAL)


class ReferralOfferOut(BaseModel):
    """The offer, what of its budget is reserved, and what it brought (amounts in rial)."""

    open: bool
    referrer_points: int
    friend_points: int
    least: int
    wait_days: int
    most_per_month: int | None
    budget: int | None
    reserved: int
    rewarded: int
    on_the_way: int
    bought_by_friends: int
    cost: int


class ReferralCodeOut(BaseModel):
    """What a customer passes on to friends."""

    customer_id: UUID
    code: str


class ReferralIn(Body):
    """A customer says who told them, before their first purchase."""

    code: str = Field(min_length=1, max_length=40)
    customer_id: UUID


class ReferralOut(BaseModel):
    """A friend somebody brought. `status`: waiting, running, rewarded, refused or taken_back.

    `reason` says why nobody is rewarded. `looked_at` is when it is looked at next.
    """

    id: UUID
    referrer_id: UUID
    customer_id: UUID
    purchase_id: UUID | None
    source: str
    status: str
    reason: str | None
    referrer_points: int
    friend_points: int
    made_at: datetime
    looked_at: datetime | None
    settled_at: datetime | None


class ReferralsOut(BaseModel):
    """Recommendations, newest first."""

    data: list[ReferralOut]
    next_cursor: str | None


class ReferralOfferItem(Endpoint):
    """GET the offer, POST says what a friend is worth from now on."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": ReferralOfferIn}
    answer: ClassVar = {"GET": ReferralOfferOut, "POST": ReferralOfferOut}

    def get(self, call: Call) -> Reply:
        """Return the offer; 404 before there is one."""
        del call
        row = referral_offer()
        if row is None:
            raise NotFound(no_offer())
        return Reply(_offer(row))

    def post(self, call: Call, body: ReferralOfferIn) -> Reply:
        """Change it; friends told before keep what was promised."""
        new = NewOffer(
            is_open=body.open,
            referrer_points=body.referrer_points,
            friend_points=body.friend_points,
            least_rial=body.least,
            wait_days=body.wait_days,
            most_per_month=body.most_per_month,
            budget_rial=body.budget,
        )
        return Reply(_offer(offer_referrals(new=new, actor=None, now=call.now)))


class CustomerReferralCode(Endpoint):
    """POST gives a customer the code they pass on."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": ReferralCodeOut}

    def post(self, call: Call, body: Nothing, customer_id: UUID) -> Reply:
        """Return it; the same one every time."""
        del body
        whose = demand_customer(customer_id)
        code = referral_code_for(customer_id=whose, now=call.now)
        return Reply({"customer_id": whose, "code": code})


class Referrals(Endpoint):
    """POST keeps who brought a customer, GET lists."""

    scopes: ClassVar = {"POST": "loyalty:write", "GET": "loyalty:read"}
    filters: ClassVar = {"referrer": "who recommends", "customer": "the friend", **FILTERS}
    body: ClassVar = {"POST": ReferralIn}
    answer: ClassVar = {"POST": ReferralOut, "GET": ReferralsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ReferralIn) -> Reply:
        """Keep it, or why nobody will be rewarded; told again it is the same."""
        row = tell_referral(
            code=body.code,
            friend_id=demand_customer(body.customer_id),
            source=ReferralSource.API,
            now=call.now,
        )
        return Reply(_referral(row), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List them."""
        asked = {name: call.query.get(name, "") for name in ("referrer", "customer")}
        whose = {name: asked_customer(text) if text else None for name, text in asked.items()}
        found = page(
            referral_rows(referrer_id=whose["referrer"], friend_id=whose["customer"]),
            by="made_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_referral(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


def _offer(row: ReferralOffer) -> Document:
    told = referral_sums()
    return {
        "open": row.is_open,
        "referrer_points": row.referrer_points,
        "friend_points": row.friend_points,
        "least": row.least_rial,
        "wait_days": row.wait_days,
        "most_per_month": row.most_per_month,
        "budget": row.budget_rial,
        "reserved": row.used_rial,
        "rewarded": told.rewarded,
        "on_the_way": told.on_the_way,
        "bought_by_friends": told.bought_rial,
        "cost": told.cost_rial,
    }


def _referral(row: Referral) -> Document:
    return {
        "id": row.id,
        "referrer_id": row.referrer_id,
        "customer_id": row.friend_id,
        "purchase_id": row.purchase_id,
        "source": row.source,
        "status": row.state,
        "reason": row.refusal or None,
        "referrer_points": row.referrer_points,
        "friend_points": row.friend_points,
        "made_at": row.made_at,
        "looked_at": row.next_at,
        "settled_at": row.settled_at,
    }
