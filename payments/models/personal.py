"""What the tables of payments hold of a person (rule R59).

A payment names its payer by what the shop told of them, by its debtor, by the sale it became or by
the price it was promised at; tries, wire messages, refunds and bank lines are theirs through it.
"""

from typing import Any

from django.db.models import Q, QuerySet

from core.tenancy.personal import Facts, Whom, Whose, at, by, declare, everybodys
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

_THEIRS = by("customer_id")
_PAID = ("debtor_id", "purchase__customer_id", "quote__customer_id")
_HEARD = ("last_outcome", "last_code")


def through(path: str) -> Whose:
    """Own the rows whose payment, at the end of `path`, is the person's."""
    return by(*(f"{path}__{end}" for end in _PAID))


def _deposits(whom: Whom) -> "QuerySet[Any, Any]":
    given = DepositAllocation.objects.filter(through("payment")(whom)).values("deposit_id")
    return Deposit.objects.filter(Q(identifier__customer_id__in=whom.ids) | Q(id__in=given))


def _their_deposits(whom: Whom) -> Q:
    return Q(id__in=_deposits(whom).values("id"))


def _in_their_deposits(whom: Whom) -> Q:
    return Q(deposit_id__in=_deposits(whom).values("id"))


def _their_bank_rows(whom: Whom) -> Q:
    return Q(id__in=_deposits(whom).values("row_id"))


def _somebodys_bank_rows(_whom: Whom) -> Q:
    """Find the rows that paid for somebody we know: on another's, the name is a namesake's."""
    nobody = dict.fromkeys(f"payment__{end}" for end in _PAID)
    paid = DepositAllocation.objects.exclude(**nobody).values("deposit_id")
    held = Deposit.objects.filter(Q(identifier__customer_id__isnull=False) | Q(id__in=paid))
    return Q(id__in=held.values("row_id"))


def _asked_for_them(whom: Whom) -> Q:
    mandates = Mandate.objects.filter(customer_id__in=whom.ids).values("id")
    transfers = Transfer.objects.filter(through("payment")(whom)).values("id")
    return Q(about_id__in=mandates) | Q(about_id__in=transfers)


def _their_calls(whom: Whom) -> Q:
    mandates = Mandate.objects.filter(customer_id__in=whom.ids).values("id")
    tries = DebitAttempt.objects.filter(debit__customer_id__in=whom.ids).values("id")
    about = Q(about_id__in=mandates) | Q(about_id__in=tries)
    return through("attempt__payment")(whom) | about


def _left_behind(whom: Whom) -> Q:
    return through("payment")(whom) | at("cart__mobile")(whom)


_PAYING = {
    Payment: Facts(
        of=by(*_PAID),
        theirs=("customer_hint",),
        free=("description", "return_url"),
        ours=(
            "external_id",
            "lines",
            "branch_code",
            "employee_code",
            "fingerprint",
            "pay_token",
            "offered",
        ),
        told=("external_id", "amount_rial", "state", "method", "description", "created_at"),
    ),
    PaymentCover: Facts(
        of=through("payment"),
        ours=("label", "off_lines"),
        told=("kind", "amount_rial", "state", "held_at"),
    ),
    PaymentAttempt: Facts(
        of=through("payment"),
        theirs=("masked_pan",),
        free=("callback_references", "last_message"),
        ours=(
            "callback_token",
            "authority",
            "bank_address",
            "route",
            "provider_ref",
            "wire_unit",
            "adapter_version",
            *_HEARD,
        ),
        told=("state", "started_at"),
    ),
    ProviderCall: Facts(
        of=_their_calls,
        free=("message", "asked", "answered"),
        ours=("operation", "outcome", "code"),
    ),
    Reversal: Facts(
        of=through("payment"),
        free=("last_message",),
        ours=("requested_by", *_HEARD),
        told=("amount_rial", "state", "requested_at"),
    ),
    OrphanCapture: Facts(of=through("attempt__payment"), told=("amount_rial", "state", "found_at")),
    Quote: Facts(
        of=_THEIRS,
        theirs=("mobile",),
        free=("title",),
        ours=("lines", "branch_code", "employee_code", "token", "created_by", "withdrawn_by"),
        told=("title", "amount_rial", "valid_to"),
    ),
    PaymentLink: Facts(ours=("title", "branch_code", "employee_code", "token", "created_by")),
    CheckoutPolicy: Facts(),
    CheckoutRecovery: Facts(of=_left_behind, told=("arm",)),
    Cart: Facts(
        of=at("mobile", "customer_hint__email"),
        theirs=("mobile", "customer_hint"),
        free=("title", "resume_url", "return_url"),
        ours=("external_id", "lines"),
        told=("external_id", "amount_rial", "title", "created_at"),
    ),
}
_REFUNDS = {
    Transfer: Facts(
        of=through("payment"),
        theirs=("receiver", "receiver_hint"),
        free=("note", "last_message"),
        ours=("external_id", "fingerprint", "lines", "match", "requested_by", "reference", *_HEARD),
        told=("kind", "amount_rial", "state", "reason", "requested_at", "paid_at"),
    ),
    TransferDecision: Facts(free=("note",), ours=("by",)),
    TransferPart: Facts(free=("note",), ours=("reference", "state")),
    RefundPolicy: Facts(),
    ReturnWindow: Facts(ours=("category",)),
}
_DEPOSITS = {
    BankRow: Facts(
        of=_their_bank_rows,
        who=_somebodys_bank_rows,
        theirs=("source_iban", "source_name", "description", "raw"),
        ours=("fingerprint", "bank_reference", "provider_reference", "identifier"),
        told=("amount_rial", "at"),
    ),
    Deposit: Facts(
        of=_their_deposits,
        theirs=("hints",),
        free=("last_message",),
        ours=("resolved_by", *_HEARD),
        told=("amount_rial", "state", "at"),
    ),
    DepositAllocation: Facts(
        of=through("payment"), ours=("by",), told=("amount_rial", "state", "created_at")
    ),
    DepositIdentifier: Facts(
        of=_THEIRS,
        theirs=("sources",),
        ours=("digits", "iban", "owner", "bank", "reason", "callback_token"),
        told=("digits", "state", "created_at"),
    ),
    DepositReturn: Facts(
        of=_in_their_deposits,
        theirs=("to_iban", "note"),
        ours=("ordered_by", "done_by", "bank_reference"),
        told=("amount_rial", "state", "ordered_at"),
    ),
    AmountSignature: Facts(of=through("payment"), told=("amount_rial", "created_at")),
    BankAccount: Facts(
        ours=(
            "title",
            "iban",
            "owner",
            "bank",
            "card",
            "prefix",
            "feed_cursor",
        )
    ),
    BankHoliday: Facts(ours=("name",)),
    StatementFile: Facts(
        free=("last_error",),
        ours=("file_name", "file_path", "file_digest", "mapping", "report", "created_by"),
    ),
    StatementError: Facts(free=("message", "raw"), ours=("code",)),
}
_DEBITS = {
    Mandate: Facts(
        of=_THEIRS,
        theirs=("mobile", "name", "national_code", "secret"),
        who=everybodys,
        free=("purpose", "return_url", "end_reason", "last_message"),
        ours=(
            "bank",
            "bank_code",
            "bank_name",
            "authority",
            "mandate_ref",
            "public_token",
            "callback_token",
            *_HEARD,
        ),
        told=("bank_name", "purpose", "state", "requested_at", "ended_at"),
    ),
    Debit: Facts(
        of=_THEIRS,
        free=("description", "last_message"),
        ours=("external_id", "source_kind", "last_code"),
        told=("external_id", "description", "amount_rial", "state", "due_at"),
    ),
    DebitAttempt: Facts(
        of=by("debit__customer_id"),
        free=("last_message",),
        ours=("key", "authority", "reference", "adapter_version", *_HEARD),
        told=("amount_rial", "state", "started_at"),
    ),
    DebitSchedule: Facts(
        of=by("mandate__customer_id"),
        free=("description",),
        ours=("source_kind",),
        told=("description", "amount_rial", "state", "first_on"),
    ),
    DebitPolicy: Facts(ours=("reminders",)),
    BankLimit: Facts(ours=("bank", "code", "name", "source")),
    InstalmentPlan: Facts(
        of=_THEIRS,
        free=("title",),
        ours=("external_id", "fingerprint", "token", "created_by"),
        told=("external_id", "title", "credit_rial", "paid_rial", "state", "created_at"),
    ),
    Instalment: Facts(
        of=by("plan__customer_id"), told=("number", "due_on", "amount_rial", "state", "paid_on")
    ),
    LateFee: Facts(
        of=by("instalment__plan__customer_id"),
        ours=("waived_by",),
        told=("amount_rial", "state", "charged_at"),
    ),
    CreditPolicy: Facts(),
}
_BESIDE = {
    ProviderAccount: Facts(
        ours=(
            "credentials",
            "hint",
            "title",
            "families",
            "base_url",
            "failure",
            "test_outcome",
        )
    ),
    Inquiry: Facts(
        of=_asked_for_them,
        theirs=("hint", "found", "note"),
        ours=("request_hash", "asked_by", "outcome", "reason", "match"),
        told=("kind", "purpose", "basis", "asked_at", "outcome"),
    ),
    InquiryPolicy: Facts(),
    Alert: Facts(free=("detail",), ours=("resolved_by",)),
    MoneyEntry: Facts(ours=("kind", "party")),
    Reconciliation: Facts(ours=("file_name", "compared_by")),
    ReconciliationLine: Facts(free=("note",), ours=("reference", "resolved_by")),
    ReportFetch: Facts(free=("last_message",), ours=("last_code",)),
}

declare(_PAYING | _REFUNDS | _DEPOSITS | _DEBITS | _BESIDE)
