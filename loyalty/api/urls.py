"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from loyalty.api.acquisitions import StaffAcquisitions
from loyalty.api.baskets import BasketReport
from loyalty.api.benefits import (
    BenefitClosing,
    BenefitGiving,
    Benefits,
    BenefitTakingBack,
    CustomerBenefits,
)
from loyalty.api.claims import PurchaseClaim, PurchaseClaimCodes
from loyalty.api.coupons import (
    CouponPreview,
    Coupons,
    CouponsWithdrawal,
    CouponUseItem,
    CouponUseRelease,
    CouponUses,
)
from loyalty.api.credit_urls import urlpatterns as of_credit
from loyalty.api.disputes import PurchaseDisputeDecision, PurchaseDisputes
from loyalty.api.engagements import (
    EngagementItem,
    EngagementRules,
    Engagements,
    EngagementTakingBack,
)
from loyalty.api.gift_cards import (
    GiftCardLookup,
    GiftCards,
    GiftCardsTaken,
    GiftCardUseItem,
    GiftCardUseRelease,
    GiftCardUses,
)
from loyalty.api.goodwill import Goodwill, GoodwillBudgetItem, GoodwillTakeBack
from loyalty.api.leaving import (
    CustomerClub,
    CustomerLeaving,
    CustomerRejoining,
    LeavingReport,
)
from loyalty.api.levels import Rewards, RewardWithdrawal, Tiers
from loyalty.api.memberships import (
    MembershipCancellation,
    MembershipItem,
    MembershipPause,
    MembershipPlans,
    MembershipPlanWithdrawal,
    MembershipResumption,
    Memberships,
)
from loyalty.api.milestones import CustomerMilestones, MilestoneClosing, Milestones
from loyalty.api.misuse import FraudReport
from loyalty.api.newcomers import AcquisitionMix
from loyalty.api.occasions import CustomerOccasions, OccasionRulesItem
from loyalty.api.onboarding import OnboardingReport
from loyalty.api.points_owed import PointsOwed, PointsPostings
from loyalty.api.policies import CurrentPolicy
from loyalty.api.pos.batch import PosBatch
from loyalty.api.pos.benefits import PosBenefit
from loyalty.api.pos.card import PosCustomerCard
from loyalty.api.pos.spending import PosCodes, PosRedemption
from loyalty.api.pos.verbs import (
    PosAccrual,
    PosDevice,
    PosInquiry,
    PosReversal,
    PosSearch,
)
from loyalty.api.presents import CustomerPresents
from loyalty.api.programme import Programme
from loyalty.api.redemptions import (
    RedemptionCommit,
    RedemptionItem,
    RedemptionRelease,
    Redemptions,
)
from loyalty.api.referrals import CustomerReferralCode, ReferralOfferItem, Referrals
from loyalty.api.replays import (
    LoyaltyRuleDraftDryRun,
    LoyaltyRuleDraftReplay,
    LoyaltyRuleReplayCancellation,
    LoyaltyRuleReplayItem,
)
from loyalty.api.return_cost import ReturnCostReport
from loyalty.api.rules import (
    LoyaltyRuleDraftDiscard,
    LoyaltyRuleDraftItem,
    LoyaltyRuleDraftPublication,
    LoyaltyRuleDrafts,
    LoyaltyRules,
    LoyaltyRuleVersions,
)
from loyalty.api.shared_days import SharedDayCancellation, SharedDays
from loyalty.api.stamps import CustomerStamps, StampCards, StampCardWithdrawal, StampReward
from loyalty.api.top_ups import GiftCardTopUpItem, GiftCardTopUps, GiftCardTopUpTaken
from loyalty.api.wallets import CustomerWallet, LoyaltyPreview, WalletEntries

urlpatterns: list[URLPattern] = [
    path("shared-days", SharedDays.as_view(), name="api-shared-days"),
    path(
        "shared-days/<uuid:shared_day_id>/cancel",
        SharedDayCancellation.as_view(),
        name="api-shared-day-cancel",
    ),
    path("customers/<uuid:customer_id>/wallet", CustomerWallet.as_view(), name="api-wallet"),
    path(
        "customers/<uuid:customer_id>/wallet/entries",
        WalletEntries.as_view(),
        name="api-wallet-entries",
    ),
    path("customers/<uuid:customer_id>/club", CustomerClub.as_view(), name="api-club"),
    path(
        "customers/<uuid:customer_id>/club/leave",
        CustomerLeaving.as_view(),
        name="api-club-leave",
    ),
    path(
        "customers/<uuid:customer_id>/club/rejoin",
        CustomerRejoining.as_view(),
        name="api-club-rejoin",
    ),
    path(
        "staff/<uuid:employee_id>/acquisitions",
        StaffAcquisitions.as_view(),
        name="api-staff-acquisitions",
    ),
    path("engagement-rules", EngagementRules.as_view(), name="api-engagement-rules"),
    path("engagements", Engagements.as_view(), name="api-engagements"),
    path(
        "engagements/<uuid:engagement_id>",
        EngagementItem.as_view(),
        name="api-engagement",
    ),
    path(
        "engagements/<uuid:engagement_id>/take-back",
        EngagementTakingBack.as_view(),
        name="api-engagement-take-back",
    ),
    path("benefits", Benefits.as_view(), name="api-benefits"),
    path(
        "benefits/<uuid:benefit_id>/close",
        BenefitClosing.as_view(),
        name="api-benefit-close",
    ),
    path(
        "benefits/given/<uuid:benefit_given_id>/take-back",
        BenefitTakingBack.as_view(),
        name="api-benefit-take-back",
    ),
    path(
        "customers/<uuid:customer_id>/benefits",
        CustomerBenefits.as_view(),
        name="api-customer-benefits",
    ),
    path(
        "customers/<uuid:customer_id>/benefits/<uuid:benefit_id>/give",
        BenefitGiving.as_view(),
        name="api-benefit-give",
    ),
    path("milestones", Milestones.as_view(), name="api-milestones"),
    path(
        "milestones/<uuid:milestone_id>/close",
        MilestoneClosing.as_view(),
        name="api-milestone-close",
    ),
    path(
        "customers/<uuid:customer_id>/milestones",
        CustomerMilestones.as_view(),
        name="api-customer-milestones",
    ),
    path("policies/current", CurrentPolicy.as_view(), name="api-policy"),
    path("reports/leaving", LeavingReport.as_view(), name="api-leaving"),
    path("reports/acquisition-mix", AcquisitionMix.as_view(), name="api-acquisition-mix"),
    path("reports/onboarding", OnboardingReport.as_view(), name="api-onboarding"),
    path("reports/basket", BasketReport.as_view(), name="api-basket"),
    path("reports/return-cost", ReturnCostReport.as_view(), name="api-return-cost"),
    path("reports/points-owed", PointsOwed.as_view(), name="api-points-owed"),
    path("reports/points-owed/postings", PointsPostings.as_view(), name="api-points-postings"),
    path("tiers", Tiers.as_view(), name="api-tiers"),
    path("rewards", Rewards.as_view(), name="api-rewards"),
    path(
        "rewards/<uuid:reward_id>/withdraw",
        RewardWithdrawal.as_view(),
        name="api-reward-withdrawal",
    ),
    path("loyalty/preview", LoyaltyPreview.as_view(), name="api-loyalty-preview"),
    path("loyalty/programme", Programme.as_view(), name="api-programme"),
    path("loyalty/rules", LoyaltyRules.as_view(), name="api-rules"),
    path("loyalty/rule-versions", LoyaltyRuleVersions.as_view(), name="api-rule-versions"),
    path("loyalty/rule-drafts", LoyaltyRuleDrafts.as_view(), name="api-rule-drafts"),
    path(
        "loyalty/rule-drafts/<uuid:rule_draft_id>",
        LoyaltyRuleDraftItem.as_view(),
        name="api-rule-draft",
    ),
    path(
        "loyalty/rule-drafts/<uuid:rule_draft_id>/publish",
        LoyaltyRuleDraftPublication.as_view(),
        name="api-rule-draft-publish",
    ),
    path(
        "loyalty/rule-drafts/<uuid:rule_draft_id>/discard",
        LoyaltyRuleDraftDiscard.as_view(),
        name="api-rule-draft-discard",
    ),
    path(
        "loyalty/rule-drafts/<uuid:rule_draft_id>/dry-run",
        LoyaltyRuleDraftDryRun.as_view(),
        name="api-rule-draft-dry-run",
    ),
    path(
        "loyalty/rule-drafts/<uuid:rule_draft_id>/replay",
        LoyaltyRuleDraftReplay.as_view(),
        name="api-rule-draft-replay",
    ),
    path(
        "loyalty/rule-replays/<uuid:rule_replay_id>",
        LoyaltyRuleReplayItem.as_view(),
        name="api-rule-replay",
    ),
    path(
        "loyalty/rule-replays/<uuid:rule_replay_id>/cancel",
        LoyaltyRuleReplayCancellation.as_view(),
        name="api-rule-replay-cancel",
    ),
    path("redemptions", Redemptions.as_view(), name="api-redemptions"),
    path("redemptions/<uuid:redemption_id>", RedemptionItem.as_view(), name="api-redemption"),
    path(
        "redemptions/<uuid:redemption_id>/commit",
        RedemptionCommit.as_view(),
        name="api-redemption-commit",
    ),
    path(
        "redemptions/<uuid:redemption_id>/release",
        RedemptionRelease.as_view(),
        name="api-redemption-release",
    ),
    path("stamp-cards", StampCards.as_view(), name="api-stamp-cards"),
    path(
        "stamp-cards/<uuid:stamp_card_id>/withdraw",
        StampCardWithdrawal.as_view(),
        name="api-stamp-card-withdrawal",
    ),
    path("customers/<uuid:customer_id>/stamps", CustomerStamps.as_view(), name="api-stamps"),
    path("customers/<uuid:customer_id>/presents", CustomerPresents.as_view(), name="api-presents"),
    path(
        "customers/<uuid:customer_id>/stamps/<uuid:stamp_card_id>/reward",
        StampReward.as_view(),
        name="api-stamp-reward",
    ),
    path("occasion-rules", OccasionRulesItem.as_view(), name="api-occasion-rules"),
    path(
        "customers/<uuid:customer_id>/occasions",
        CustomerOccasions.as_view(),
        name="api-occasions",
    ),
    path("goodwill", Goodwill.as_view(), name="api-goodwill"),
    path(
        "goodwill/<uuid:goodwill_id>/take-back",
        GoodwillTakeBack.as_view(),
        name="api-goodwill-take-back",
    ),
    path("goodwill-budget", GoodwillBudgetItem.as_view(), name="api-goodwill-budget"),
    path("referral-offer", ReferralOfferItem.as_view(), name="api-referral-offer"),
    path("referrals", Referrals.as_view(), name="api-referrals"),
    path(
        "customers/<uuid:customer_id>/referral-code",
        CustomerReferralCode.as_view(),
        name="api-referral-code",
    ),
    path("coupons", Coupons.as_view(), name="api-coupons"),
    path("coupons/preview", CouponPreview.as_view(), name="api-coupon-preview"),
    path(
        "coupons/<uuid:coupon_pool_id>/withdraw",
        CouponsWithdrawal.as_view(),
        name="api-coupons-withdrawal",
    ),
    path("coupon-uses", CouponUses.as_view(), name="api-coupon-uses"),
    path("coupon-uses/<uuid:coupon_use_id>", CouponUseItem.as_view(), name="api-coupon-use"),
    path(
        "coupon-uses/<uuid:coupon_use_id>/release",
        CouponUseRelease.as_view(),
        name="api-coupon-use-release",
    ),
    path("gift-cards", GiftCards.as_view(), name="api-gift-cards"),
    path("gift-cards/lookup", GiftCardLookup.as_view(), name="api-gift-card-lookup"),
    path(
        "gift-cards/<uuid:gift_card_issue_id>/take-back",
        GiftCardsTaken.as_view(),
        name="api-gift-cards-taken",
    ),
    path("gift-card-top-ups", GiftCardTopUps.as_view(), name="api-gift-card-top-ups"),
    path(
        "gift-card-top-ups/<uuid:gift_card_top_up_id>",
        GiftCardTopUpItem.as_view(),
        name="api-gift-card-top-up",
    ),
    path(
        "gift-card-top-ups/<uuid:gift_card_top_up_id>/take-back",
        GiftCardTopUpTaken.as_view(),
        name="api-gift-card-top-up-taken",
    ),
    path("gift-card-uses", GiftCardUses.as_view(), name="api-gift-card-uses"),
    path(
        "gift-card-uses/<uuid:gift_card_use_id>",
        GiftCardUseItem.as_view(),
        name="api-gift-card-use",
    ),
    path(
        "gift-card-uses/<uuid:gift_card_use_id>/release",
        GiftCardUseRelease.as_view(),
        name="api-gift-card-use-release",
    ),
    path("membership-plans", MembershipPlans.as_view(), name="api-membership-plans"),
    path(
        "membership-plans/<uuid:membership_plan_id>/withdraw",
        MembershipPlanWithdrawal.as_view(),
        name="api-membership-plan-withdrawal",
    ),
    path("memberships", Memberships.as_view(), name="api-memberships"),
    path("memberships/<uuid:paid_membership_id>", MembershipItem.as_view(), name="api-membership"),
    path(
        "memberships/<uuid:paid_membership_id>/pause",
        MembershipPause.as_view(),
        name="api-membership-pause",
    ),
    path(
        "memberships/<uuid:paid_membership_id>/resume",
        MembershipResumption.as_view(),
        name="api-membership-resumption",
    ),
    path(
        "memberships/<uuid:paid_membership_id>/cancel",
        MembershipCancellation.as_view(),
        name="api-membership-cancellation",
    ),
    path("purchase-disputes", PurchaseDisputes.as_view(), name="api-purchase-disputes"),
    path(
        "purchase-disputes/<uuid:purchase_dispute_id>/decide",
        PurchaseDisputeDecision.as_view(),
        name="api-purchase-dispute-decide",
    ),
    path("reports/fraud", FraudReport.as_view(), name="api-fraud-report"),
    path("pos/device", PosDevice.as_view(), name="api-pos-device"),
    path("purchases/<uuid:purchase_id>/claim", PurchaseClaim.as_view(), name="api-claim"),
    path(
        "purchases/<uuid:purchase_id>/claim-codes",
        PurchaseClaimCodes.as_view(),
        name="api-claim-codes",
    ),
    path("pos/benefits", PosBenefit.as_view(), name="api-pos-benefits"),
    path("pos/customer-card", PosCustomerCard.as_view(), name="api-pos-customer-card"),
    path("pos/search", PosSearch.as_view(), name="api-pos-search"),
    path("pos/inquire", PosInquiry.as_view(), name="api-pos-inquire"),
    path("pos/accrue", PosAccrual.as_view(), name="api-pos-accrue"),
    path("pos/codes", PosCodes.as_view(), name="api-pos-codes"),
    path("pos/redeem", PosRedemption.as_view(), name="api-pos-redeem"),
    path("pos/reverse", PosReversal.as_view(), name="api-pos-reverse"),
    path("pos/batch", PosBatch.as_view(), name="api-pos-batch"),
    *of_credit,
]
