"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from payments.api.books import Journal, MonthlyStatement, Reconciliations, TrialBalance
from payments.api.payments import PaymentCancellation, PaymentItem, PaymentReversal, Payments

urlpatterns: list[URLPattern] = [
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
