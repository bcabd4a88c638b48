"""Programmes, wallets and the ledger for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from loyalty.models import (
    Correction,
    Coupon,
    CouponPool,
    CouponUse,
    CreditTerms,
    CustomerTier,
    EarningRule,
    ExpiryWarning,
    FundedPosting,
    GiftCard,
    GiftCardEntry,
    GiftCardIssue,
    GiftCardTopUp,
    GiftCardUse,
    LedgerEntry,
    LedgerSeal,
    Lot,
    LotFunding,
    LotWorth,
    MembershipPeriod,
    MembershipPlan,
    OwedDay,
    PaidMembership,
    PointsDay,
    PointsPosting,
    Program,
    Redemption,
    Referral,
    ReferralOffer,
    Reward,
    StampCard,
    StampReward,
    StoreCredit,
    Tier,
    TillRules,
    TillTransaction,
    Valuation,
    Wallet,
    WalletMerge,
)


@admin.register(Program)
class ProgramAdmin(TenantAdmin):
    """What each business promises."""

    list_display = ("name", "unit_value_rial", "expiry_months", "pending_days")


@admin.register(EarningRule)
class EarningRuleAdmin(TenantAdmin):
    """Rates, every version."""

    list_display = ("version", "points_num", "points_den", "is_active", "starts_at")
    list_filter = ("is_active",)


@admin.register(Tier)
class TierAdmin(TenantAdmin):
    """Tiers."""

    list_display = ("name", "threshold_rial", "multiplier_num", "multiplier_den")


@admin.register(Reward)
class RewardAdmin(TenantAdmin):
    """Rewards on offer and withdrawn."""

    list_display = ("name", "cost_points", "value_rial", "is_active")
    list_filter = ("is_active",)


@admin.register(WalletMerge)
class WalletMergeAdmin(TenantAdmin):
    """What merges of profiles brought into wallets."""

    list_display = ("merge_id", "brought_points", "joined_at", "parted_at", "settled_points")


@admin.register(Wallet)
class WalletAdmin(TenantAdmin):
    """Balances."""

    list_display = ("customer_id", "balance_points", "pending_points", "qualifying_rial")


@admin.register(CustomerTier)
class CustomerTierAdmin(TenantAdmin):
    """Customers above the lowest tier."""

    list_display = ("customer_id", "tier", "since", "granted_until")
    list_select_related = ("tier",)


@admin.register(Lot)
class LotAdmin(TenantAdmin):
    """Points granted together."""

    list_display = ("customer_id", "state", "earned_points", "remaining_points", "expires_at")
    list_filter = ("state", "origin")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(TenantAdmin):
    """Every movement of points."""

    list_display = ("at", "kind", "customer_id", "points", "pending_points")
    list_filter = ("kind",)


@admin.register(PointsDay)
class PointsDayAdmin(TenantAdmin):
    """Closed days in sums."""

    list_display = ("on", "earned_points", "spent_points", "expired_points", "spendable_points")


@admin.register(Redemption)
class RedemptionAdmin(TenantAdmin):
    """Points held and spent."""

    list_display = ("customer_id", "points", "state", "reserved_at", "expires_at")
    list_filter = ("state",)


@admin.register(MembershipPlan)
class MembershipPlanAdmin(TenantAdmin):
    """Paid memberships on offer and withdrawn."""

    list_display = ("name", "price_rial", "months", "multiplier_num", "is_offered")
    list_filter = ("is_offered",)


@admin.register(PaidMembership)
class PaidMembershipAdmin(TenantAdmin):
    """Who belongs, until when it is paid, what happens next."""

    list_display = ("customer_id", "plan", "state", "paid_until", "next_step_at")
    list_filter = ("state",)
    list_select_related = ("plan",)


@admin.register(MembershipPeriod)
class MembershipPeriodAdmin(TenantAdmin):
    """Every period and its price."""

    list_display = ("membership_id", "number", "starts_on", "ends_on", "price_rial", "state")
    list_filter = ("state",)


@admin.register(Correction)
class CorrectionAdmin(TenantAdmin):
    """Points corrected by hand, and who agreed."""

    list_display = ("customer_id", "points", "state", "asked_by", "asked_at", "decided_by")
    list_filter = ("state",)


@admin.register(LedgerSeal)
class LedgerSealAdmin(TenantAdmin):
    """The chain of the ledger."""

    list_display = ("number", "digest", "until_at", "sealed_at")


@admin.register(Valuation)
class ValuationAdmin(TenantAdmin):
    """How points were valued, and why."""

    list_display = ("since", "unit_value_rial", "spent_ppm", "share_steps", "by")


@admin.register(LotWorth)
class LotWorthAdmin(TenantAdmin):
    """What lots are owed for."""

    list_display = ("id", "sale_rial", "price_rial", "granted_points", "owed_rial")


@admin.register(PointsPosting)
class PointsPostingAdmin(TenantAdmin):
    """The books of points, posting by posting."""

    list_display = ("at", "kind", "points", "owed_rial", "sales_rial", "spent_rial")
    list_filter = ("kind",)


@admin.register(LotFunding)
class LotFundingAdmin(TenantAdmin):
    """How many points of a purchase somebody else pays for."""

    list_display = ("funder", "points", "of_points", "at")


@admin.register(FundedPosting)
class FundedPostingAdmin(TenantAdmin):
    """What of the postings is a funder's."""

    list_display = ("at", "funder", "kind", "points", "owed_rial")
    list_filter = ("kind",)


@admin.register(OwedDay)
class OwedDayAdmin(TenantAdmin):
    """Days of the books of points in sums."""

    list_display = ("on", "kind", "postings", "points", "owed_rial")
    list_filter = ("kind",)


@admin.register(GiftCardIssue)
class GiftCardIssueAdmin(TenantAdmin):
    """Gift cards made together."""

    list_display = ("name", "kind", "paid_by", "amount_rial", "count", "issued_at")
    list_filter = ("kind", "paid_by")


@admin.register(GiftCard)
class GiftCardAdmin(TenantAdmin):
    """Gift cards; codes are kept nowhere."""

    list_display = ("ends_with", "state", "balance_rial", "expires_at")
    list_filter = ("state",)


@admin.register(StoreCredit)
class StoreCreditAdmin(TenantAdmin):
    """How store credit was filled, and whose it is."""

    list_display = ("customer", "source", "amount_rial", "at", "by")
    list_filter = ("source",)


@admin.register(CreditTerms)
class CreditTermsAdmin(TenantAdmin):
    """Terms of store credit."""

    list_display = ("business", "is_on", "most_rial", "months")


@admin.register(GiftCardTopUp)
class GiftCardTopUpAdmin(TenantAdmin):
    """Money put on gift cards at the till."""

    list_display = ("at", "amount_rial", "paid_by", "card_id", "by", "taken_back_at")
    list_filter = ("paid_by",)


@admin.register(GiftCardUse)
class GiftCardUseAdmin(TenantAdmin):
    """Money held on gift cards, and spent."""

    list_display = ("card_id", "state", "amount_rial", "returned_rial", "purchase_id")
    list_filter = ("state",)


@admin.register(GiftCardEntry)
class GiftCardEntryAdmin(TenantAdmin):
    """Every movement of a gift card's money."""

    list_display = ("at", "kind", "amount_rial", "card_id")
    list_filter = ("kind",)


@admin.register(CouponPool)
class CouponPoolAdmin(TenantAdmin):
    """Coupons on offer and withdrawn."""

    list_display = ("name", "kind", "percent", "off_rial", "taken", "most_uses", "ends_at")
    list_filter = ("kind", "is_active")


@admin.register(Coupon)
class CouponAdmin(TenantAdmin):
    """Coupons with codes of their own, which are kept nowhere."""

    list_display = ("ends_with", "pool_id", "ends_at")


@admin.register(CouponUse)
class CouponUseAdmin(TenantAdmin):
    """Coupons held and spent."""

    list_display = ("reserved_at", "state", "discount_rial", "customer_id", "purchase_id")
    list_filter = ("state",)


@admin.register(StampCard)
class StampCardAdmin(TenantAdmin):
    """Stamp cards."""

    list_display = ("name", "needed", "category", "sku", "is_active", "starts_on")
    list_filter = ("is_active",)


@admin.register(StampReward)
class StampRewardAdmin(TenantAdmin):
    """Rewards of stamp cards somebody took."""

    list_display = ("taken_at", "card_id", "customer_id", "coupon_id")


@admin.register(TillTransaction)
class TillTransactionAdmin(TenantAdmin):
    """What devices did, newest first."""

    list_display = ("arrived_at", "number", "verb", "state", "total_rial", "is_late", "problem")
    list_filter = ("verb", "state", "is_late")
    ordering = ("-arrived_at",)


@admin.register(TillRules)
class TillRulesAdmin(TenantAdmin):
    """What businesses allow at their tills."""

    list_display = ("offline_points", "code_from_rial")


@admin.register(ReferralOffer)
class ReferralOfferAdmin(TenantAdmin):
    """Offers for recommending."""

    list_display = ("is_open", "referrer_points", "friend_points", "used_rial", "changed_at")


@admin.register(Referral)
class ReferralAdmin(TenantAdmin):
    """Who brought whom."""

    list_display = ("made_at", "state", "refusal", "referrer_id", "friend_id", "purchase_id")
    list_filter = ("state",)


@admin.register(ExpiryWarning)
class ExpiryWarningAdmin(TenantAdmin):
    """Who was warned of points that end."""

    list_display = ("customer_id", "points", "ends_at", "at", "sent")
    list_filter = ("sent",)
