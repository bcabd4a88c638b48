"""What the tables of loyalty hold of a person (rule R59).

The ledger's own entries are sealed and never change: what they say is refused at the door when it
names the person (`customers.operations.demand_nameless`).
"""

from core.tenancy.personal import Facts, by, declare
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

_THEIRS = by("customer_id")
_PROGRAMME = {
    Program: Facts(ours=("name",)),
    EarningRule: Facts(ours=("benefit_note", "published_by")),
    BonusRule: Facts(ours=("name", "conditions", "group", "funder", "present")),
    RuleDraft: Facts(ours=("document", "changed_by")),
    RuleReplay: Facts(ours=("document", "report", "created_by", "place", "kept")),
    Tier: Facts(ours=("name",)),
    Reward: Facts(ours=("name",)),
    StampCard: Facts(ours=("name", "category", "sku", "made_by")),
    MembershipPlan: Facts(ours=("name", "note")),
    CouponPool: Facts(ours=("name", "code", "category", "channel", "group", "made_by")),
    Coupon: Facts(ours=("code_hmac", "ends_with")),
    LedgerSeal: Facts(ours=("entries", "previous", "digest")),
    Valuation: Facts(ours=("curve", "reason", "by")),
    PointsDay: Facts(),
    PolicyVersion: Facts(ours=("document",)),
    OwedDay: Facts(),
    PointsPosting: Facts(),
    FundedPosting: Facts(ours=("funder",)),
    LotFunding: Facts(of=by("lot__customer_id"), ours=("funder",), told=("points", "at")),
    LotWorth: Facts(of=by("lot__customer_id"), told=("granted_points", "owed_rial")),
}
_WALLET = {
    Wallet: Facts(
        of=by("id"),
        told=("balance_points", "pending_points", "negative_cap_points", "active_on"),
    ),
    ExpiryWarning: Facts(of=_THEIRS, told=("points", "ends_at", "at", "sent")),
    WalletMerge: Facts(ours=("tiers",)),
    ClubExit: Facts(
        of=_THEIRS,
        ours=("noted_by",),
        told=("left_at", "points", "pending_points", "worth_rial", "back_at", "restored_points"),
    ),
    CustomerTier: Facts(of=_THEIRS, theirs=("reason",), ours=("before",), told=("tier", "since")),
    Lot: Facts(
        of=_THEIRS,
        ours=("part_lines",),
        told=("origin", "state", "earned_points", "remaining_points", "earned_at", "expires_at"),
    ),
    LedgerEntry: Facts(
        of=_THEIRS,
        ours=("data",),
        told=("kind", "points", "pending_points", "at", "data"),
    ),
    Correction: Facts(
        of=_THEIRS,
        theirs=("reason",),
        filled=("reason",),
        ours=("asked_by", "decided_by"),
        told=("points", "state", "asked_at"),
    ),
    Redemption: Facts(of=_THEIRS, told=("state", "points", "value_rial", "reserved_at")),
    RuleMeter: Facts(of=_THEIRS, told=("since", "used")),
    RulePoints: Facts(of=_THEIRS, told=("points", "amount_rial", "at")),
}
_GIVEN = {
    CouponUse: Facts(of=_THEIRS, told=("state", "basket_rial", "discount_rial", "reserved_at")),
    StampReward: Facts(of=_THEIRS, told=("card", "taken_at")),
    RulePresent: Facts(
        of=_THEIRS,
        ours=("facts", "undone"),
        told=("effect", "number", "state", "worth_rial", "at"),
    ),
    PaidMembership: Facts(of=_THEIRS, told=("plan", "state", "paid_until")),
    MembershipPeriod: Facts(
        of=by("membership__customer_id"), told=("starts_on", "ends_on", "price_rial", "state")
    ),
    # A gift card belongs to whoever holds its code; one made for somebody names them.
    GiftCard: Facts(
        of=_THEIRS,
        free=("reason",),
        ours=("code_hmac", "ends_with"),
        told=("state", "balance_rial", "expires_at"),
    ),
    GiftCardIssue: Facts(ours=("name", "issued_by")),
    GiftCardUse: Facts(
        of=by("purchase__customer_id"), told=("state", "amount_rial", "reserved_at")
    ),
    GiftCardEntry: Facts(),
    GiftCardTopUp: Facts(ours=("external_id", "by")),
    CreditTerms: Facts(),
    # Whose store credit it is; its movements are the card's. The number is the shop's own.
    StoreCredit: Facts(
        of=_THEIRS,
        theirs=("reason",),
        filled=("reason",),
        ours=("external_id", "by"),
        told=("source", "amount_rial", "at"),
    ),
    ReferralOffer: Facts(),
    GoodwillBudget: Facts(),
    OccasionRules: Facts(ours=("text",)),
    CustomerOccasion: Facts(
        of=_THEIRS, theirs=("title",), told=("kind", "month", "day", "told_at"), goes=True
    ),
    Celebration: Facts(of=_THEIRS, told=("kind", "year", "points", "at")),
    SharedDay: Facts(ours=("title", "source", "text")),
    SharedGreeting: Facts(of=_THEIRS, ours=("title",), told=("kind", "year", "points", "at")),
    Milestone: Facts(ours=("text", "badge")),
    MilestoneReached: Facts(of=_THEIRS, told=("kind", "number", "on", "points", "at")),
    Benefit: Facts(ours=("name",)),
    BenefitGiven: Facts(
        of=_THEIRS,
        ours=("by", "taken_back_by"),
        told=("benefit", "number", "at", "taken_back_at"),
    ),
    EngagementRule: Facts(),
    # The shop's own number for it; one that names the person is refused at the door.
    Engagement: Facts(
        of=_THEIRS, ours=("reference",), told=("kind", "points", "at", "taken_back_at")
    ),
    Happening: Facts(
        of=_THEIRS,
        ours=("reference", "facts"),
        told=("kind", "points", "at", "taken_back_at"),
    ),
    GoodwillMeter: Facts(),
    Goodwill: Facts(
        of=_THEIRS,
        theirs=("reason",),
        filled=("reason",),
        ours=("giver_name", "name", "taken_back_by"),
        told=("kind", "name", "points", "worth_rial", "at", "taken_back_at"),
    ),
    # A code leads to the customer who passes it on, and goes with them.
    ReferralCode: Facts(of=_THEIRS, ours=("code",), told=("code", "made_at")),
    Referral: Facts(
        of=by("friend_id"), told=("source", "state", "refusal", "friend_points", "made_at")
    ),
}
_TILL = {
    # A device's questions lead to no sale: what it was told of somebody is looked for.
    TillTransaction: Facts(
        of=by("purchase__customer_id", "redemption__customer_id", "store_credit__customer_id"),
        free=("answer", "why", "dealt_note"),
        ours=(
            "number",
            "said",
            "reverses",
            "allowance",
            "credit_uses",
            "problem",
            "notes",
            "dealt_by",
        ),
        told=("verb", "state", "total_rial", "happened_at"),
    ),
    TillRules: Facts(),
}

_SIGNS = {
    SuspicionLook: Facts(ours=("usual",)),
    Suspicion: Facts(of=_THEIRS, told=("rule", "state", "on", "count", "found_at")),
    SuspicionJudgement: Facts(
        of=by("suspicion__customer_id"),
        free=("reason",),
        ours=("by",),
        told=("verdict", "at"),
    ),
}

declare(_PROGRAMME | _WALLET | _GIVEN | _TILL | _SIGNS)
