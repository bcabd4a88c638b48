"""Wallets and previews over HTTP."""

from typing import ClassVar
from uuid import UUID

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from loyalty.api.bodies import (
    Document,
    EntriesOut,
    PreviewIn,
    PreviewOut,
    WalletOut,
)
from loyalty.api.parts import rewards_document
from loyalty.api.rules import parts_document, sale_meant
from loyalty.api.whose import customer_meant, demand_customer
from loyalty.models import LedgerEntry
from loyalty.queries import (
    Standing,
    available_rewards,
    explain,
    ledger,
    preview,
    tier_of,
    wallet_view,
)
from loyalty.queries.memberships import Perks, perks_of


class CustomerWallet(Endpoint):
    """GET one customer's points."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": WalletOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return balance, next expiry, tier and rewards."""
        customer_id = demand_customer(customer_id)
        view = wallet_view(customer_id, call.now)
        expiry = {
            "points": view.next_expiry_points,
            "at": view.next_expiry_at,
            "kept_by_activity": view.kept_by_activity,
        }
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
                "membership": _membership(perks_of(customer_id, call.now)),
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
        customer_id = demand_customer(customer_id)
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
        customer_id = customer_meant(body)
        seen = preview(
            total_rial=body.total,
            eligible_rial=body.earns_rial,
            customer_id=customer_id,
            now=call.now,
            sale=sale_meant(body),
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
                "membership": _membership(seen.perks),
                "rewards": rewards_document(available_rewards(seen.balance_points)),
                "rules": parts_document(seen.parts),
            }
        )


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
        "in_grace": standing.in_grace,
    }


def _membership(perks: Perks | None) -> Document | None:
    if perks is None:
        return None
    return {
        "id": perks.membership_id,
        "plan": perks.plan,
        "multiplier": {"num": perks.num, "den": perks.den},
        "free_delivery": perks.free_delivery,
        "note": perks.note,
        "until": perks.until,
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
