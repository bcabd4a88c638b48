"""Everything that changes a programme or moves a point."""

from loyalty.operations.adjust import (
    adjust_points,
    ask_correction,
    ask_write_off,
    decide_correction,
)
from loyalty.operations.check import check_ledger
from loyalty.operations.claim import claim_lots
from loyalty.operations.claw_back import take_back, take_back_early
from loyalty.operations.days import close_days
from loyalty.operations.earn import Sale, post_earnings
from loyalty.operations.instalments import earn_instalment, take_back_instalment
from loyalty.operations.lay_out import lay_out_programme
from loyalty.operations.levels import (
    TierPlan,
    offer_reward,
    update_tiers,
    withdraw_reward,
)
from loyalty.operations.merging import join_wallets, part_wallets
from loyalty.operations.part_lots import part_purchases
from loyalty.operations.programme import update_program, update_rule
from loyalty.operations.redeem import commit_redemption, release_redemption, reserve_redemption
from loyalty.operations.seal import seal_ledger
from loyalty.operations.standing import close_windows, grant_tier
from loyalty.operations.sweep import (
    activate_due,
    expire_due,
    release_overdue_holds,
    sweep_business,
)
from loyalty.queries.returned import Returned

__all__ = [
    "Returned",
    "Sale",
    "TierPlan",
    "activate_due",
    "adjust_points",
    "ask_correction",
    "ask_write_off",
    "check_ledger",
    "claim_lots",
    "close_days",
    "close_windows",
    "commit_redemption",
    "decide_correction",
    "earn_instalment",
    "expire_due",
    "grant_tier",
    "join_wallets",
    "lay_out_programme",
    "offer_reward",
    "part_purchases",
    "part_wallets",
    "post_earnings",
    "release_overdue_holds",
    "release_redemption",
    "reserve_redemption",
    "seal_ledger",
    "sweep_business",
    "take_back",
    "take_back_early",
    "take_back_instalment",
    "update_program",
    "update_rule",
    "update_tiers",
    "withdraw_reward",
]
