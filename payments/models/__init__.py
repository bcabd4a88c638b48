"""Tables of payments, their tries and everything said on the wire."""

from payments.models.account import ProviderAccount
from payments.models.alert import Alert
from payments.models.attempt import PaymentAttempt
from payments.models.bank import BankAccount, BankHoliday, BankRow
from payments.models.books import MoneyEntry
from payments.models.carts import Cart
from payments.models.covers import PaymentCover
from payments.models.debit import Debit, DebitAttempt
from payments.models.debit_schedule import DebitPolicy, DebitSchedule
from payments.models.deposits import (
    AmountSignature,
    Deposit,
    DepositAllocation,
    DepositIdentifier,
    DepositReturn,
)
from payments.models.inquiry import Inquiry, InquiryPolicy
from payments.models.instalments import CreditPolicy, Instalment, InstalmentPlan, LateFee
from payments.models.links import CheckoutPolicy, CheckoutRecovery, PaymentLink
from payments.models.mandate import BankLimit, Mandate
from payments.models.payment import Payment
from payments.models.quotes import Quote
from payments.models.reconciliation import Reconciliation, ReconciliationLine, ReportFetch
from payments.models.returning import ReturnWindow
from payments.models.statement import StatementError, StatementFile
from payments.models.trail import OrphanCapture, ProviderCall, Reversal
from payments.models.transfer import RefundPolicy, Transfer, TransferDecision, TransferPart

__all__ = [
    "Alert",
    "AmountSignature",
    "BankAccount",
    "BankHoliday",
    "BankLimit",
    "BankRow",
    "Cart",
    "CheckoutPolicy",
    "CheckoutRecovery",
    "CreditPolicy",
    "Debit",
    "DebitAttempt",
    "DebitPolicy",
    "DebitSchedule",
    "Deposit",
    "DepositAllocation",
    "DepositIdentifier",
    "DepositReturn",
    "Inquiry",
    "InquiryPolicy",
    "Instalment",
    "InstalmentPlan",
    "LateFee",
    "Mandate",
    "MoneyEntry",
    "OrphanCapture",
    "Payment",
    "PaymentAttempt",
    "PaymentCover",
    "PaymentLink",
    "ProviderAccount",
    "ProviderCall",
    "Quote",
    "Reconciliation",
    "ReconciliationLine",
    "RefundPolicy",
    "ReportFetch",
    "ReturnWindow",
    "Reversal",
    "StatementError",
    "StatementFile",
    "Transfer",
    "TransferDecision",
    "TransferPart",
]
