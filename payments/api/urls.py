"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from payments.api.books import Journal, MonthlyStatement, Reconciliations, TrialBalance
from payments.api.debits import (
    DebitCancellation,
    DebitItem,
    Debits,
    MandateItem,
    Mandates,
)
from payments.api.links import (
    PaymentLinkClosing,
    PaymentLinkItem,
    PaymentLinks,
    UnfinishedCheckouts,
)
from payments.api.payments import PaymentCancellation, PaymentItem, PaymentReversal, Payments
from payments.api.refunds import (
    PaymentRefunds,
    Payouts,
    RefundDestination,
    RefundPaidAgain,
    RefundPreviews,
    TransferApproval,
    TransferCancellation,
    TransferItem,
    TransferRejection,
    TransferRetry,
    Transfers,
)
from payments.api.sla import RefundSlaReport

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
    path("mandates", Mandates.as_view(), name="api-mandates"),
    path("mandates/<uuid:mandate_id>", MandateItem.as_view(), name="api-mandate"),
    path("debits", Debits.as_view(), name="api-debits"),
    path("debits/<uuid:debit_id>", DebitItem.as_view(), name="api-debit"),
    path("debits/<uuid:debit_id>/cancel", DebitCancellation.as_view(), name="api-debit-cancel"),
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
    path(
        "payments/<uuid:payment_id>/refunds/preview",
        RefundPreviews.as_view(),
        name="api-refund-preview",
    ),
    path(
        "payments/<uuid:payment_id>/refunds",
        PaymentRefunds.as_view(),
        name="api-payment-refunds",
    ),
    path("refunds", Transfers.as_view(), name="api-refunds"),
    path("payouts", Payouts.as_view(), name="api-payouts"),
    path("reports/refund-sla", RefundSlaReport.as_view(), name="api-refund-sla"),
    *(
        path(f"{place}/<uuid:transfer_id>{rest}", view.as_view(), name=f"api-{place[:-1]}{name}")
        for place in ("refunds", "payouts")
        for rest, view, name in (
            ("", TransferItem, ""),
            ("/approve", TransferApproval, "-approve"),
            ("/reject", TransferRejection, "-reject"),
            ("/cancel", TransferCancellation, "-cancel"),
            ("/retry", TransferRetry, "-retry"),
            ("/verify-destination", RefundDestination, "-verify-destination"),
        )
    ),
    path(
        "refunds/<uuid:transfer_id>/pay-again",
        RefundPaidAgain.as_view(),
        name="api-refund-pay-again",
    ),
]
