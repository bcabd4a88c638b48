"""Redemptions over HTTP."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from loyalty.api.bodies import CommitIn, Document, Nothing, RedemptionIn, RedemptionOut
from loyalty.api.whose import customer_meant
from loyalty.models import Redemption
from loyalty.operations import commit_redemption, release_redemption, reserve_redemption
from loyalty.queries import redemption_by_id, wallet_view


class Redemptions(Endpoint):
    """POST points to hold for a checkout."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": RedemptionIn}
    answer: ClassVar = {"POST": RedemptionOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: RedemptionIn) -> Reply:
        """Take the points out of the wallet until committed, released or out of time."""
        alone = (body.points is None) != (body.reward_id is None)
        # An id nobody has is found out where there is no wallet, at no trip of its own.
        customer_id = (alone and body.customer_id) or customer_meant(body)
        if customer_id is None:
            raise NotFound(_("There is no such customer."))
        if not alone:
            raise Problem("points_or_reward", _("Give either points or a reward."))
        held = reserve_redemption(
            customer_id=customer_id, points=body.points, reward_id=body.reward_id, now=call.now
        )
        return Reply(_redemption(held, call), HTTPStatus.CREATED)


class RedemptionItem(Endpoint):
    """GET one redemption."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": RedemptionOut}

    def get(self, call: Call, redemption_id: UUID) -> Reply:
        """Return it with the balance left."""
        return Reply(_redemption(redemption_by_id(redemption_id), call))


class RedemptionCommit(Endpoint):
    """POST to spend held points for good."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": CommitIn}
    answer: ClassVar = {"POST": RedemptionOut}

    def post(self, call: Call, body: CommitIn, redemption_id: UUID) -> Reply:
        """Commit; twice is once."""
        done = commit_redemption(
            redemption_id=redemption_id, purchase_id=body.purchase_id, now=call.now
        )
        return Reply(_redemption(done, call))


class RedemptionRelease(Endpoint):
    """POST to give held points back."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": RedemptionOut}

    def post(self, call: Call, body: Nothing, redemption_id: UUID) -> Reply:
        """Release; twice is once."""
        del body
        done = release_redemption(redemption_id=redemption_id, now=call.now)
        return Reply(_redemption(done, call))


def _redemption(row: Redemption, call: Call) -> Document:
    left = row.left_points
    return {
        "id": row.id,
        "status": row.state,
        "customer_id": row.customer_id,
        "points": row.points,
        "value_rial": row.value_rial,
        "reward_id": row.reward_id,
        "purchase_id": row.purchase_id,
        "returned_points": row.returned_points,
        "reserved_at": row.reserved_at,
        "expires_at": row.expires_at,
        "settled_at": row.settled_at,
        "balance": wallet_view(row.customer_id, call.now).balance_points if left is None else left,
    }
