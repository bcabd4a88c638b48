"""Every table that names a customer follows a merge, or says here why it stays (R62)."""

from django.apps import apps
from django.db.models import ForeignKey

from customers.operations.people import merging
from payments.operations import joined

FOLLOWS = {
    "feedback.Response",
    "feedback.SurveyInvitation",
    "loyalty.BenefitGiven",
    "loyalty.Celebration",
    "loyalty.Correction",
    "loyalty.CouponUse",
    "loyalty.CustomerOccasion",
    "loyalty.Engagement",
    "loyalty.GiftCard",
    "loyalty.Goodwill",
    "loyalty.Happening",
    "loyalty.MilestoneReached",
    "loyalty.Lot",
    "loyalty.PaidMembership",
    "loyalty.Redemption",
    "loyalty.Referral",
    "loyalty.RulePresent",
    "loyalty.SharedGreeting",
    "loyalty.StampReward",
    "loyalty.StoreCredit",
}
STAYS = {
    "customers.Customer": "the merged profile points to its survivor",
    "customers.CustomerTotals": "counted anew",
    "customers.CustomerMerge": "is the merge",
    "customers.Erasure": "is about the profile it was asked for",
    "customers.MergeSuggestion": "is about the two",
    "customers.ProfileView": "append-only: whose page was looked at then",
    "customers.OneTimeCode": "of minutes; checked against the mobile of whoever the profile is now",
    "loyalty.ExpiryWarning": "append-only: what that profile was told; the survivor is told anew",
    "loyalty.ClubExit": "who left stays who left; of two, one who is in is enough to be in",
    "loyalty.Suspicion": "is about that profile's day; its page leads to the survivor",
    "loyalty.Wallet": "emptied, and leads to the survivor's",
    "loyalty.ReferralCode": "goes on leading to who passed it on: the survivor",
    "loyalty.CustomerTier": "the higher one is given to the survivor, and taken back",
    "loyalty.LedgerEntry": "append-only: both histories are kept",
    "loyalty.RulePoints": "append-only: told by its purchase",
    "loyalty.RuleMeter": "a share used stays used by whom it was",
    "segmentation.CustomerScore": "scored anew",
    "segmentation.CustomerFit": "reckoned anew every night; who was joined has none any more",
    "segmentation.CustomerOutlook": "foreseen anew every night",
    "segmentation.RetentionDrop": "forgotten; the night looks at the survivor's own score",
    "segmentation.SegmentTransition": "append-only",
    "segmentation.SegmentStay": "held against the rules anew; who was joined is in none any more",
    "segmentation.NamedStay": "ended for who was joined; the night holds the survivor anew",
    "segmentation.ActionItem": "is about that profile's day; its page leads to the survivor",
    "campaigns.CampaignMember": "append-only: arms stay as drawn (R51)",
}


def test_r62_every_table_that_names_a_customer_follows_or_says_why_not():
    customer = apps.get_model("customers.Customer")
    naming = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is customer
    }
    tables = [*merging._TABLES, *(table for table, _field in joined._TABLES)]
    moved = {model._meta.label for model in tables} | FOLLOWS
    assert naming == moved | set(STAYS)
