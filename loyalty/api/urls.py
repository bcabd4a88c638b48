"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from loyalty.api.redemptions import (
    RedemptionCommit,
    RedemptionItem,
    RedemptionRelease,
    Redemptions,
)
from loyalty.api.wallets import CustomerWallet, LoyaltyPreview, Rewards, Tiers, WalletEntries

urlpatterns: list[URLPattern] = [
    path("customers/<uuid:customer_id>/wallet", CustomerWallet.as_view(), name="api-wallet"),
    path(
        "customers/<uuid:customer_id>/wallet/entries",
        WalletEntries.as_view(),
        name="api-wallet-entries",
    ),
    path("tiers", Tiers.as_view(), name="api-tiers"),
    path("rewards", Rewards.as_view(), name="api-rewards"),
    path("loyalty/preview", LoyaltyPreview.as_view(), name="api-loyalty-preview"),
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
]
