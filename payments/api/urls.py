"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from payments.api.books import Journal, MonthlyStatement, Reconciliations, TrialBalance
from payments.api.links import (
    PaymentLinkClosing,
    PaymentLinkItem,
    PaymentLinks,
    UnfinishedCheckouts,
)
from payments.api.payments import PaymentCancellation, PaymentItem, PaymentReversal, Payments

urlpatterns: list[URLPattern] = [
    path("payment-links", PaymentLinks.as_view(), name="api-payment-links"),
    path(
        "payment-links/<uuid:payment_link_id>",
        PaymentLinkItem.as_view(),
        name="api-payment-link",
    ),
    path(
        "payment-links/<uuid:payment_link_id>/close",
        PaymentLinkClosing.as_view(),
        name="api-payment-link-close",
    ),
    path("reports/checkouts", UnfinishedCheckouts.as_view(), name="api-checkouts"),
    path("reports/trial-balance", TrialBalance.as_view(), name="api-trial-balance"),
    path("reports/journal", Journal.as_view(), name="api-journal"),
    path("reports/monthly-statement", MonthlyStatement.as_view(), name="api-monthly-statement"),
    path("reports/reconciliations", Reconciliations.as_view(), name="api-reconciliations"),
    path("payments", Payments.as_view(), name="api-payments"),
    path("payments/<uuid:payment_id>", PaymentItem.as_view(), name="api-payment"),
    path(
        "payments/<uuid:payment_id>/cancel",
        PaymentCancellation.as_view(),
        name="api-payment-cancel",
    ),
    path(
        "payments/<uuid:payment_id>/reverse",
        PaymentReversal.as_view(),
        name="api-payment-reverse",
    ),
]
