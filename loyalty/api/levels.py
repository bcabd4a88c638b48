"""Tiers and rewards over HTTP (C049)."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from core.api.views import Call, Endpoint, Reply
from loyalty.api.bodies import (
    Document,
    Nothing,
    RewardIn,
    RewardOut,
    RewardsOut,
    TiersIn,
    TiersOut,
)
from loyalty.api.parts import rewards_document
from loyalty.api.whose import asked_customer
from loyalty.operations import TierPlan, offer_reward, update_tiers, withdraw_reward
from loyalty.queries import available_rewards, members_by_tier, tiers, wallet_view


class Tiers(Endpoint):
    """GET the tiers, PUT them as they are to be."""

    scopes: ClassVar = {"GET": "loyalty:read", "PUT": "loyalty:write"}
    body: ClassVar = {"PUT": TiersIn}
    answer: ClassVar = {"GET": TiersOut, "PUT": TiersOut}

    def get(self, call: Call) -> Reply:
        """Return the tiers, lowest first, with how many customers stand in each."""
        del call
        return Reply(_tiers())

    def put(self, call: Call, body: TiersIn) -> Reply:
        """Change them all at once, or add; customers rise by new bounds with their next sale."""
        plans = [
            TierPlan(one.name, one.threshold_rial, one.multiplier.num, one.multiplier.den)
            for one in body.tiers
        ]
        update_tiers(plans=plans, actor=None, now=call.now)
        return Reply(_tiers())


class Rewards(Endpoint):
    """GET the rewards on offer, POST one."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    filters: ClassVar = {"customer": "a customer's id"}
    body: ClassVar = {"POST": RewardIn}
    answer: ClassVar = {"GET": RewardsOut, "POST": RewardOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """Return rewards, cheapest first; with `customer`, as that customer can afford them."""
        asked = call.query.get("customer")
        balance = wallet_view(asked_customer(asked), call.now).balance_points if asked else 0
        return Reply({"data": rewards_document(available_rewards(balance))})

    def post(self, call: Call, body: RewardIn) -> Reply:
        """Offer it, or change the one of that name."""
        made = offer_reward(**body.model_dump(), actor=None, now=call.now)
        offered = rewards_document([one for one in available_rewards(0) if one.id == made.id])
        return Reply(offered[0], HTTPStatus.CREATED)


class RewardWithdrawal(Endpoint):
    """POST offers a reward no more."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": RewardsOut}

    def post(self, call: Call, body: Nothing, reward_id: UUID) -> Reply:
        """Withdraw; what was had of it stays. Twice is once."""
        del body
        withdraw_reward(reward_id=reward_id, actor=None, now=call.now)
        return Reply({"data": rewards_document(available_rewards(0))})


def _tiers() -> Document:
    members = members_by_tier()
    data = [
        {
            "id": tier.id,
            "name": tier.name,
            "threshold_rial": tier.threshold_rial,
            "multiplier": {"num": tier.multiplier_num, "den": tier.multiplier_den},
            "customers": members.get(tier.id, 0),
        }
        for tier in tiers()
    ]
    return {"data": data}
