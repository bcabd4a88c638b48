"""Reading points, tiers and rewards."""

from loyalty.queries.due import businesses_with_due_work
from loyalty.queries.explain import explain
from loyalty.queries.offers import (
    Preview,
    RewardOffer,
    available_rewards,
    offered_rewards,
    offers_for,
    preview,
    redemption_by_id,
    redemptions_of,
)
from loyalty.queries.programme import (
    Terms,
    active_rule,
    program,
    rewards,
    rule_history,
    terms,
    tiers,
)
from loyalty.queries.standing import Standing, members_by_tier, tier_of
from loyalty.queries.sums import (
    Movements,
    Owed,
    expiring_points,
    liability_rial,
    points_moved,
    points_owed,
)
from loyalty.queries.wallets import (
    Balance,
    PurchasePoints,
    WalletView,
    balances,
    ledger,
    live_lots,
    points_for_purchases,
    wallet_view,
)

__all__ = [
    "Balance",
    "Movements",
    "Owed",
    "Preview",
    "PurchasePoints",
    "RewardOffer",
    "Standing",
    "Terms",
    "WalletView",
    "active_rule",
    "available_rewards",
    "balances",
    "businesses_with_due_work",
    "expiring_points",
    "explain",
    "ledger",
    "liability_rial",
    "live_lots",
    "members_by_tier",
    "offered_rewards",
    "offers_for",
    "points_for_purchases",
    "points_moved",
    "points_owed",
    "preview",
    "program",
    "redemption_by_id",
    "redemptions_of",
    "rewards",
    "rule_history",
    "terms",
    "tier_of",
    "tiers",
    "wallet_view",
]
