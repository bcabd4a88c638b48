"""Addresses of store credit."""

from django.urls import path

from loyalty.api.credit import (
    CreditEntries,
    CreditHolds,
    CreditOwed,
    CreditTakenBack,
    CreditTermsItem,
    CreditUse,
    CreditUseRelease,
    CustomerCredit,
    ReturnToCredit,
)

urlpatterns = [
    path("store-credit-terms", CreditTermsItem.as_view(), name="api-store-credit-terms"),
    path(
        "customers/<uuid:customer_id>/store-credit",
        CustomerCredit.as_view(),
        name="api-store-credit",
    ),
    path(
        "customers/<uuid:customer_id>/store-credit/entries",
        CreditEntries.as_view(),
        name="api-store-credit-entries",
    ),
    path(
        "store-credit/<uuid:store_credit_id>/take-back",
        CreditTakenBack.as_view(),
        name="api-store-credit-taken",
    ),
    path(
        "purchases/<uuid:purchase_id>/returns/store-credit",
        ReturnToCredit.as_view(),
        name="api-return-to-credit",
    ),
    path("store-credit-holds", CreditHolds.as_view(), name="api-store-credit-holds"),
    path(
        "store-credit-holds/<uuid:gift_card_use_id>",
        CreditUse.as_view(),
        name="api-store-credit-hold",
    ),
    path(
        "store-credit-holds/<uuid:gift_card_use_id>/release",
        CreditUseRelease.as_view(),
        name="api-store-credit-release",
    ),
    path("reports/store-credit", CreditOwed.as_view(), name="api-store-credit-owed"),
]
