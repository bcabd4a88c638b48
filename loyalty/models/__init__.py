"""Tables of the programme, the wallets and the points ledger."""

from loyalty.models.days import PointsDay
from loyalty.models.ledger import LedgerEntry, Lot
from loyalty.models.membership import MembershipPeriod, MembershipPlan, PaidMembership
from loyalty.models.programme import EarningRule, Program, Reward, Tier
from loyalty.models.redemption import Redemption
from loyalty.models.wallet import CustomerTier, Wallet

__all__ = [
    "CustomerTier",
    "EarningRule",
    "LedgerEntry",
    "Lot",
    "MembershipPeriod",
    "MembershipPlan",
    "PaidMembership",
    "PointsDay",
    "Program",
    "Redemption",
    "Reward",
    "Tier",
    "Wallet",
]
