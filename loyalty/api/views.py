"""Wallets, previews and redemptions over HTTP."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.queries import customer_view, find_customer
from loyalty.api.bodies import (
    CommitIn,
    Document,
    EntriesOut,
    Nothing,
    PreviewIn,
    PreviewOut,
    RedemptionIn,
    RedemptionOut,
    WalletOut,
    Whose,
)
from loyalty.api.parts import rewards_document
from loyalty.models import LedgerEntry, Redemption
from loyalty.operations import commit_redemption, release_redemption, reserve_redemption
from loyalty.queries import (
    Standing,
    available_rewards,
    explain,
    ledger,
    preview,
    redemption_by_id,
    tier_of,
    wallet_view,
)


class CustomerWallet(Endpoint):
    """GET one customer's points."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": WalletOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return balance, next expiry, tier and rewards."""
        _demand(customer_id)
        view = wallet_view(customer_id, call.now)
        expiry = {"points": view.next_expiry_points, "at": view.next_expiry_at}
        return Reply(
            {
                "customer_id": customer_id,
                "balance": view.balance_points,
                "pending": view.pending_points,
                "value_rial": view.value_rial,
                "unit_value_rial": view.unit_value_rial,
                "negative": view.is_negative,
                "next_expiry": expiry if view.next_expiry_at else None,
                "tier": _tier(tier_of([customer_id]).get(customer_id)),
                "rewards": rewards_document(available_rewards(view.balance_points)),
            }
        )


class WalletEntries(Endpoint):
    """GET the movements of one customer's points."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = FILTERS
    answer: ClassVar = {"GET": EntriesOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return movements, newest first, each with its explanation."""
        _demand(customer_id)
        found = page(
            ledger(customer_id),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_entry(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class LoyaltyPreview(Endpoint):
    """POST a basket to see what it would earn and what may be spent on it."""

    scopes: ClassVar = {"POST": "loyalty:read"}
    body: ClassVar = {"POST": PreviewIn}
    answer: ClassVar = {"POST": PreviewOut}

    def post(self, call: Call, body: PreviewIn) -> Reply:
        """Compute, writing nothing. Somebody not known yet is previewed as a new customer."""
        customer_id = _whose(body)
        eligible = body.total if body.eligible is None else min(body.eligible, body.total)
        seen = preview(
            total_rial=body.total, eligible_rial=eligible, customer_id=customer_id, now=call.now
        )
        return Reply(
            {
                "customer_id": customer_id,
                "earn_points": seen.earn_points,
                "earn_pending_days": seen.pending_days,
                "earn_expires_at": seen.expires_at,
                "balance": seen.balance_points,
                "spendable_points": seen.spendable_points,
                "spendable_rial": seen.spendable_rial,
                "rewards": rewards_document(available_rewards(seen.balance_points)),
            }
        )


class Redemptions(Endpoint):
    """POST points to hold for a checkout."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": RedemptionIn}
    answer: ClassVar = {"POST": RedemptionOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: RedemptionIn) -> Reply:
        """Take the points out of the wallet until committed, released or out of time."""
        customer_id = _whose(body)
        if customer_id is None:
            raise NotFound(_("There is no such customer."))
        if (body.points is None) == (body.reward_id is None):
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


def _demand(customer_id: UUID) -> None:
    if customer_view(customer_id) is None:
        raise NotFound(_("There is no such customer."))


def _whose(body: Whose) -> UUID | None:
    """Return the customer meant; raise NotFound for an id nobody has."""
    if body.customer_id is not None:
        _demand(body.customer_id)
        return body.customer_id
    identity = body.identity()
    return find_customer(**identity) if identity else None


def _tier(standing: Standing | None) -> Document | None:
    if standing is None:
        return None
    return {
        "id": standing.tier_id,
        "name": standing.name,
        "next": standing.next_name,
        "needed_to_rise": standing.needed_to_rise_rial,
        "needed_to_stay": standing.needed_to_stay_rial,
        "window_ends_at": standing.window_ends_at,
    }


def _entry(row: LedgerEntry) -> Document:
    return {
        "id": row.id,
        "kind": row.kind,
        "points": row.points,
        "pending": row.pending_points,
        "at": row.at,
        "purchase_id": row.purchase_id,
        "redemption_id": row.redemption_id,
        "explanation": explain(row),
    }


def _redemption(row: Redemption, call: Call) -> Document:
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
        "balance": wallet_view(row.customer_id, call.now).balance_points,
    }
