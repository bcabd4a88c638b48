"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from payments.api.accounts import (
    ProviderAccountCredentials,
    ProviderAccountItem,
    ProviderAccounts,
    ProviderAccountSwitchOff,
    ProviderAccountSwitchOn,
    ProviderAccountTest,
    Providers,
)
from payments.api.alerts import Alerts
from payments.api.books import Journal, MonthlyStatement, Reconciliations, TrialBalance
from payments.api.carts import CartClosing, CartItem, CartPayment, Carts
from payments.api.covers import PaymentCoverItem, PaymentCovers, PaymentFinishing
from payments.api.credit import CreditCustomers, CreditEligibility, PaymentGrade
from payments.api.credit_terms import CreditTerms
from payments.api.debit_schedules import (
    DebitRuleSet,
    DebitScheduleEnd,
    DebitScheduleItem,
    DebitSchedulePause,
    DebitScheduleResumption,
    DebitSchedules,
)
from payments.api.debits import (
    DebitCancellation,
    DebitItem,
    Debits,
    MandateItem,
    MandateResumption,
    Mandates,
    MandateSuspension,
)
from payments.api.deposits import (
    DepositIgnoring,
    DepositItem,
    DepositResolution,
    DepositReturnEnd,
    DepositReturning,
    Deposits,
    DepositSplit,
)
from payments.api.health import PaymentHealthReport
from payments.api.identifiers import (
    BankAccounts,
    DepositIdentifierClosing,
    DepositIdentifierItem,
    DepositIdentifiers,
)
from payments.api.inquiries import Inquiries, InquiryItem, InquiryRuleSet
from payments.api.instalments import (
    Cashflow,
    InstalmentPayment,
    InstalmentPlanCancellation,
    InstalmentPlanItem,
    InstalmentPlans,
)
from payments.api.late_fees import LateFeePayment, LateFeeWaiving
from payments.api.links import (
    PaymentLinkClosing,
    PaymentLinkItem,
    PaymentLinks,
    UnfinishedCheckouts,
)
from payments.api.methods import PaymentMethodsReport
from payments.api.payments import PaymentCancellation, PaymentItem, PaymentReversal, Payments
from payments.api.quote_parts import QuoteParts
from payments.api.quotes import QuoteItem, QuotePayment, Quotes, QuoteWithdrawal
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
from payments.api.return_windows import ReturnWindows
from payments.api.sla import RefundSlaReport
from payments.api.statements import BankStatementItem, BankStatements

_DEPOSITS: list[URLPattern] = [
    path("deposits", Deposits.as_view(), name="api-deposits"),
    path("deposits/<uuid:deposit_id>", DepositItem.as_view(), name="api-deposit"),
    path(
        "deposits/<uuid:deposit_id>/resolve",
        DepositResolution.as_view(),
        name="api-deposit-resolve",
    ),
    path("deposits/<uuid:deposit_id>/split", DepositSplit.as_view(), name="api-deposit-split"),
    path(
        "deposits/<uuid:deposit_id>/return", DepositReturning.as_view(), name="api-deposit-return"
    ),
    path("deposits/<uuid:deposit_id>/ignore", DepositIgnoring.as_view(), name="api-deposit-ignore"),
    path(
        "deposit-returns/<uuid:deposit_return_id>/end",
        DepositReturnEnd.as_view(),
        name="api-deposit-return-end",
    ),
    path("deposit-identifiers", DepositIdentifiers.as_view(), name="api-identifiers"),
    path(
        "deposit-identifiers/<uuid:deposit_identifier_id>",
        DepositIdentifierItem.as_view(),
        name="api-identifier",
    ),
    path(
        "deposit-identifiers/<uuid:deposit_identifier_id>/close",
        DepositIdentifierClosing.as_view(),
        name="api-identifier-close",
    ),
    path("bank-accounts", BankAccounts.as_view(), name="api-bank-accounts"),
    path("bank-statements", BankStatements.as_view(), name="api-bank-statements"),
    path(
        "bank-statements/<uuid:statement_file_id>",
        BankStatementItem.as_view(),
        name="api-bank-statement",
    ),
]

_ACCOUNTS: list[URLPattern] = [
    path("providers", Providers.as_view(), name="api-providers"),
    path("provider-accounts", ProviderAccounts.as_view(), name="api-provider-accounts"),
    *(
        path(
            f"provider-accounts/<uuid:provider_account_id>{rest}",
            view.as_view(),
            name=f"api-provider-account{name}",
        )
        for rest, view, name in (
            ("", ProviderAccountItem, ""),
            ("/credentials", ProviderAccountCredentials, "-credentials"),
            ("/test", ProviderAccountTest, "-test"),
            ("/enable", ProviderAccountSwitchOn, "-enable"),
            ("/disable", ProviderAccountSwitchOff, "-disable"),
        )
    ),
]

urlpatterns: list[URLPattern] = [
    *_DEPOSITS,
    *_ACCOUNTS,
    path("alerts", Alerts.as_view(), name="api-alerts"),
    path("inquiries", Inquiries.as_view(), name="api-inquiries"),
    path("inquiries/rules", InquiryRuleSet.as_view(), name="api-inquiry-rules"),
    path("inquiries/<uuid:inquiry_id>", InquiryItem.as_view(), name="api-inquiry"),
    path("credit/terms", CreditTerms.as_view(), name="api-credit-terms"),
    path("credit/customers", CreditCustomers.as_view(), name="api-credit-customers"),
    path("credit/eligibility", CreditEligibility.as_view(), name="api-credit-eligibility"),
    path(
        "customers/<uuid:customer_id>/payment-grade",
        PaymentGrade.as_view(),
        name="api-payment-grade",
    ),
    path("instalment-plans", InstalmentPlans.as_view(), name="api-instalment-plans"),
    path(
        "instalment-plans/<uuid:instalment_plan_id>",
        InstalmentPlanItem.as_view(),
        name="api-instalment-plan",
    ),
    path(
        "instalment-plans/<uuid:instalment_plan_id>/cancel",
        InstalmentPlanCancellation.as_view(),
        name="api-instalment-plan-cancel",
    ),
    path(
        "instalments/<uuid:instalment_id>/payment",
        InstalmentPayment.as_view(),
        name="api-instalment-payment",
    ),
    path(
        "late-fees/<uuid:late_fee_id>/payment",
        LateFeePayment.as_view(),
        name="api-late-fee-payment",
    ),
    path(
        "late-fees/<uuid:late_fee_id>/waive",
        LateFeeWaiving.as_view(),
        name="api-late-fee-waive",
    ),
    path("reports/cashflow", Cashflow.as_view(), name="api-cashflow"),
    path("carts", Carts.as_view(), name="api-carts"),
    path("carts/<uuid:cart_id>", CartItem.as_view(), name="api-cart"),
    path("carts/<uuid:cart_id>/close", CartClosing.as_view(), name="api-cart-close"),
    path("carts/<uuid:cart_id>/payment", CartPayment.as_view(), name="api-cart-payment"),
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
    path("quotes", Quotes.as_view(), name="api-quotes"),
    path("quotes/<uuid:quote_id>", QuoteItem.as_view(), name="api-quote"),
    path("quotes/<uuid:quote_id>/withdraw", QuoteWithdrawal.as_view(), name="api-quote-withdraw"),
    path("quotes/<uuid:quote_id>/instalments", QuoteParts.as_view(), name="api-quote-parts"),
    path("quotes/<uuid:quote_id>/payment", QuotePayment.as_view(), name="api-quote-payment"),
    path("return-windows", ReturnWindows.as_view(), name="api-return-windows"),
    path("reports/checkouts", UnfinishedCheckouts.as_view(), name="api-checkouts"),
    path("reports/payment-methods", PaymentMethodsReport.as_view(), name="api-payment-methods"),
    path("reports/payments", PaymentHealthReport.as_view(), name="api-payment-health"),
    path("reports/trial-balance", TrialBalance.as_view(), name="api-trial-balance"),
    path("reports/journal", Journal.as_view(), name="api-journal"),
    path("reports/monthly-statement", MonthlyStatement.as_view(), name="api-monthly-statement"),
    path("reports/reconciliations", Reconciliations.as_view(), name="api-reconciliations"),
    path("mandates", Mandates.as_view(), name="api-mandates"),
    path("mandates/<uuid:mandate_id>", MandateItem.as_view(), name="api-mandate"),
    path(
        "mandates/<uuid:mandate_id>/suspend",
        MandateSuspension.as_view(),
        name="api-mandate-suspend",
    ),
    path(
        "mandates/<uuid:mandate_id>/resume",
        MandateResumption.as_view(),
        name="api-mandate-resume",
    ),
    path("debit-schedules", DebitSchedules.as_view(), name="api-debit-schedules"),
    *(
        path(
            f"debit-schedules/<uuid:debit_schedule_id>{rest}",
            view.as_view(),
            name=f"api-debit-schedule{name}",
        )
        for rest, view, name in (
            ("", DebitScheduleItem, ""),
            ("/pause", DebitSchedulePause, "-pause"),
            ("/resume", DebitScheduleResumption, "-resume"),
            ("/end", DebitScheduleEnd, "-end"),
        )
    ),
    path("debits", Debits.as_view(), name="api-debits"),
    path("debits/rules", DebitRuleSet.as_view(), name="api-debit-rules"),
    path("debits/<uuid:debit_id>", DebitItem.as_view(), name="api-debit"),
    path("debits/<uuid:debit_id>/cancel", DebitCancellation.as_view(), name="api-debit-cancel"),
    path("payments", Payments.as_view(), name="api-payments"),
    path("payments/<uuid:payment_id>", PaymentItem.as_view(), name="api-payment"),
    path(
        "payments/<uuid:payment_id>/cancel",
        PaymentCancellation.as_view(),
        name="api-payment-cancel",
    ),
    path("payments/<uuid:payment_id>/covers", PaymentCovers.as_view(), name="api-payment-covers"),
    path(
        "payments/<uuid:payment_id>/covers/<uuid:payment_cover_id>",
        PaymentCoverItem.as_view(),
        name="api-payment-cover",
    ),
    path(
        "payments/<uuid:payment_id>/finish", PaymentFinishing.as_view(), name="api-payment-finish"
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
