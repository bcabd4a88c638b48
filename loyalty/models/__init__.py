"""Tables of the programme, the wallets and the points ledger."""

from loyalty.models.benefit import Benefit, BenefitGiven
from loyalty.models.books import LotWorth, OwedDay, PointsPosting, Valuation
from loyalty.models.correction import Correction
from loyalty.models.coupon import Coupon, CouponPool, CouponUse
from loyalty.models.credit import CreditTerms, StoreCredit
from loyalty.models.days import PointsDay
from loyalty.models.engagement import Engagement, EngagementRule
from loyalty.models.funded import FundedPosting, LotFunding
from loyalty.models.gift import (
    GiftCard,
    GiftCardEntry,
    GiftCardIssue,
    GiftCardTopUp,
    GiftCardUse,
)
from loyalty.models.goodwill import Goodwill, GoodwillBudget, GoodwillMeter
from loyalty.models.happening import Happening
from loyalty.models.leaving import ClubExit
from loyalty.models.ledger import LedgerEntry, Lot
from loyalty.models.membership import MembershipPeriod, MembershipPlan, PaidMembership
from loyalty.models.milestone import Milestone, MilestoneReached
from loyalty.models.occasion import Celebration, CustomerOccasion, OccasionRules
from loyalty.models.policy import PolicyVersion
from loyalty.models.programme import EarningRule, Program, Reward, Tier
from loyalty.models.redemption import Redemption
from loyalty.models.referral import Referral, ReferralCode, ReferralOffer
from loyalty.models.rule_presents import RulePresent
from loyalty.models.rules import BonusRule, RuleDraft, RuleMeter, RulePoints, RuleReplay
from loyalty.models.seal import LedgerSeal
from loyalty.models.shared_day import SharedDay, SharedGreeting
from loyalty.models.stamp import StampCard, StampReward
from loyalty.models.suspicion import Suspicion, SuspicionJudgement, SuspicionLook
from loyalty.models.till import TillRules, TillTransaction
from loyalty.models.wallet import CustomerTier, Wallet, WalletMerge
from loyalty.models.warning import ExpiryWarning

__all__ = [
    "Benefit",
    "BenefitGiven",
    "BonusRule",
    "Celebration",
    "ClubExit",
    "Correction",
    "Coupon",
    "CouponPool",
    "CouponUse",
    "CreditTerms",
    "CustomerOccasion",
    "CustomerTier",
    "EarningRule",
    "Engagement",
    "EngagementRule",
    "ExpiryWarning",
    "FundedPosting",
    "GiftCard",
    "GiftCardEntry",
    "GiftCardIssue",
    "GiftCardTopUp",
    "GiftCardUse",
    "Goodwill",
    "GoodwillBudget",
    "GoodwillMeter",
    "Happening",
    "LedgerEntry",
    "LedgerSeal",
    "Lot",
    "LotFunding",
    "LotWorth",
    "MembershipPeriod",
    "MembershipPlan",
    "Milestone",
    "MilestoneReached",
    "OccasionRules",
    "OwedDay",
    "PaidMembership",
    "PointsDay",
    "PointsPosting",
    "PolicyVersion",
    "Program",
    "Redemption",
    "Referral",
    "ReferralCode",
    "ReferralOffer",
    "Reward",
    "RuleDraft",
    "RuleMeter",
    "RulePoints",
    "RulePresent",
    "RuleReplay",
    "SharedDay",
    "SharedGreeting",
    "StampCard",
    "StampReward",
    "StoreCredit",
    "Suspicion",
    "SuspicionJudgement",
    "SuspicionLook",
    "Tier",
    "TillRules",
    "TillTransaction",
    "Valuation",
    "Wallet",
    "WalletMerge",
]
