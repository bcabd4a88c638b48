"""What a till shows beside the points of who stands there: what to know, what to say (C088)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope, Vertical
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound
from customers.api.answers import ValueOut
from customers.queries.attributes import read_value
from customers.queries.people import customer_view
from loyalty.api.pos.bodies import InquireIn, PersonOut
from loyalty.api.pos.device import device_speaking
from loyalty.api.pos.person import person_document
from loyalty.api.whose import customer_meant
from loyalty.queries.benefits import benefits_of
from loyalty.queries.offers import preview
from loyalty.queries.presents import presents_to
from loyalty.queries.rules.judge import Sale
from loyalty.queries.standing import tier_of
from loyalty.queries.till.card import Knows, TillCard, till_card
from loyalty.queries.till.greeting import Greeting, Known, Say, greet
from loyalty.queries.wallets import wallet_view


class KnowsOut(BaseModel):
    """One thing to know, `guessed` from what they buy or said. Sensitive ones are never here."""

    key: str
    title: str
    value: ValueOut
    guessed: bool


class CaseOut(BaseModel):
    """Their last complaint or request."""

    title: str
    state: str
    opened_at: datetime


class ReachOut(BaseModel):
    """A reward that can be had now, or (`missing_points` above 0) after this sale."""

    id: UUID
    name: str
    cost_points: int
    missing_points: int


class SayOut(BaseModel):
    """What to say, by its kind; of the facts only those of the kind are filled. Worth in rial."""

    kind: Say
    about: str
    points: int
    worth: int
    until: datetime | None
    days: int
    missing: int


class BenefitToGive(BaseModel):
    """A service without a price they may have now; `left` this month, null: as often as liked."""

    id: UUID
    name: str
    left: int | None


class PresentToUse(BaseModel):
    """What a rule gave them with an earlier sale; its code is used like any coupon or gift card."""

    effect: str
    text: str
    code: str
    worth: int
    ends_at: datetime | None


class CardOut(BaseModel):
    """The card of who stands at the till."""

    customer: PersonOut
    say: SayOut
    knows: list[KnowsOut]
    last_case: CaseOut | None
    reward: ReachOut | None
    usual_item: str | None
    benefits: list[BenefitToGive]
    presents: list[PresentToUse]


class PosCustomerCard(Endpoint):
    """POST who stands at the till, to see what their card says."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": InquireIn}
    answer: ClassVar = {"POST": CardOut}

    def post(self, call: Call, body: InquireIn) -> Reply:
        """Return what to know and what to say; an identity in a body stays out of logs."""
        device_speaking(call, body.device)
        customer_id = customer_meant(body)
        person = customer_view(customer_id) if customer_id else None
        if person is None:
            raise NotFound(_("There is no such customer."))
        shop = business_by_id(call.business_id)
        today = business_day(call.now, shop.timezone)
        wallet = wallet_view(person.id, call.now)
        seen = preview(
            total_rial=body.total,
            eligible_rial=body.total,
            customer_id=person.id,
            now=call.now,
            sale=Sale(channel="pos"),
        )
        balance = max(wallet.balance_points, 0)
        card = till_card(person, balance, seen.earn_points, today, call.now)
        standing = tier_of([person.id]).get(person.id)
        known = Known(
            person=person,
            wallet=wallet,
            standing=standing,
            today=today,
            now=call.now,
            usual=card.usual if shop.vertical == Vertical.CAFE else "",
        )
        told = {"customer": person_document(person, standing), "say": _say(greet(known))}
        return Reply({**told, **_card(card), **_to_give(person.id, call.now)})


def _say(told: Greeting) -> Mapping[str, Any]:
    return {
        "kind": told.say,
        "about": told.about,
        "points": told.points,
        "worth": told.worth_rial,
        "until": told.until,
        "days": told.days,
        "missing": told.missing_rial,
    }


def _to_give(customer_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Return what may be given or used at this sale without points."""
    benefits = [
        {"id": one.benefit.id, "name": one.benefit.name, "left": one.left}
        for one in benefits_of(customer_id, now)
        if one.is_there
    ]
    presents = [
        {
            "effect": one.effect,
            "text": one.sentence,
            "code": one.code,
            "worth": one.worth_rial,
            "ends_at": one.ends_at,
        }
        for one in presents_to(customer_id, live_at=now)
    ]
    return {"benefits": benefits, "presents": presents}


def _card(card: TillCard) -> Mapping[str, Any]:
    case, reward = card.case, card.reward
    return {
        "knows": [_knows(one) for one in card.knows],
        "last_case": case
        and {"title": case.title, "state": case.state, "opened_at": case.opened_at},
        "reward": reward
        and {
            "id": reward.id,
            "name": reward.name,
            "cost_points": reward.cost_points,
            "missing_points": reward.missing_points,
        },
        "usual_item": card.usual or None,
    }


def _knows(one: Knows) -> Mapping[str, Any]:
    return {
        "key": one.definition.key,
        "title": one.definition.title,
        "value": read_value(one.definition.kind, one.value),
        "guessed": one.guessed,
    }
