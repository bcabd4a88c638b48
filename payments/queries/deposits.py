"""Reading deposits, identifiers, bank accounts and statements, and how to pay by transfer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from payments.enums import PaymentState
from payments.enums.deposits import WAITING, IdentifierState, SignatureState
from payments.models import (
    AmountSignature,
    BankAccount,
    BankHoliday,
    Deposit,
    DepositAllocation,
    DepositIdentifier,
    DepositReturn,
    Payment,
    StatementError,
    StatementFile,
)
from payments.queries.rails import Way, closed_days, ways_for


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a payment may be paid by transfer: where to, with which identifier, here by when."""

    iban: str
    owner: str
    bank: str
    digits: str
    ways: list[Way]
    lent: AmountSignature | None = None


@dataclass(frozen=True, slots=True)
class DepositDetail:
    """A deposit with its row, its parts and its returns."""

    deposit: Deposit
    parts: list[DepositAllocation]
    returns: list[DepositReturn]


def bank_accounts(*, active: bool = False) -> QuerySet[BankAccount]:
    """Return the business's bank accounts, oldest first."""
    rows = BankAccount.objects.select_related("provider_account").order_by("created_at", "id")
    return rows.filter(is_active=True) if active else rows


def receiving_accounts() -> QuerySet[BankAccount]:
    """Return the accounts a transfer can reach: active, with an IBAN or at an active provider."""
    reached = ~Q(iban="") | Q(provider_account__is_active=True)
    return bank_accounts(active=True).filter(reached)


def deposit_rows(*, state: str = "", reason: str = "") -> QuerySet[Deposit]:
    """Return deposits with row, account and identifier; `open` are those that wait for a person."""
    rows = Deposit.objects.select_related("row", "account", "identifier")
    if state == "open":
        rows = rows.filter(state__in=WAITING)
    elif state:
        rows = rows.filter(state=state)
    return rows.filter(reason=reason) if reason else rows


def deposit_detail(deposit_id: UUID) -> DepositDetail | None:
    """Return one deposit with all that belongs to it, or None."""
    deposit = deposit_rows().filter(id=deposit_id).first()
    if deposit is None:
        return None
    parts = DepositAllocation.objects.select_related("payment").filter(deposit=deposit)
    returns = DepositReturn.objects.filter(deposit=deposit)
    return DepositDetail(
        deposit, list(parts.order_by("created_at")), list(returns.order_by("ordered_at"))
    )


def waiting_sum() -> tuple[int, int]:
    """Return how many deposits wait for a person, and their sum."""
    rows = Deposit.objects.filter(state__in=WAITING)
    found = rows.aggregate(n=Count("id"), total=Sum("amount_rial"))
    return found["n"], found["total"] or 0


def identifier_rows(
    *, state: str = "", customer_id: UUID | None = None
) -> QuerySet[DepositIdentifier]:
    """Return identifiers with their owners; the caller orders and pages."""
    rows = DepositIdentifier.objects.select_related("account", "customer", "payment")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(customer_id=customer_id) if customer_id else rows


def identifier_by_id(identifier_id: UUID) -> DepositIdentifier | None:
    """Return one identifier, or None."""
    return identifier_rows().filter(id=identifier_id).first()


def identifiers_of(customer_id: UUID) -> list[DepositIdentifier]:
    """Return a customer's permanent identifiers that may be shown."""
    rows = identifier_rows(state=IdentifierState.ACTIVE, customer_id=customer_id)
    return list(rows.filter(payment=None).order_by("created_at"))


def open_payments(ids: Iterable[str]) -> list[Payment]:
    """Return those of some payments that still wait for money."""
    rows = Payment.objects.filter(id__in=list(ids), state=PaymentState.CREATED)
    return list(rows.order_by("-created_at"))


def awaits_transfer(payment: Payment) -> bool:
    """Tell whether a payment's buyer was given an identifier, so that money may be on its way."""
    given = (IdentifierState.PENDING, IdentifierState.ACTIVE)
    return DepositIdentifier.objects.filter(payment=payment, state__in=given).exists()


def transfer_of(payment: Payment, now: datetime) -> Transfer | None:
    """Return how a payment is paid by transfer once it has an identifier, or None."""
    named = (
        DepositIdentifier.objects.filter(payment=payment, state=IdentifierState.ACTIVE)
        .select_related("account")
        .first()
    )
    if named is None:
        return None
    lent = (
        AmountSignature.objects.filter(
            payment=payment, state=SignatureState.OPEN, expires_at__gt=now
        )
        .select_related("account")
        .first()
    )
    return Transfer(
        iban=named.iban or named.account.iban,
        owner=named.owner or named.account.owner,
        bank=named.bank or named.account.bank,
        digits=named.digits,
        ways=ways_for(payment.amount_rial, now, closed_days()),
        lent=lent,
    )


def holidays() -> QuerySet[BankHoliday]:
    """Return the business's own corrections of the bank calendar."""
    return BankHoliday.objects.order_by("-day")


def statements(*, state: str = "") -> QuerySet[StatementFile]:
    """Return statement files, newest first; those of a state where one is asked for."""
    rows = StatementFile.objects.select_related("account").order_by("-created_at")
    return rows.filter(state=state) if state else rows


def statement_by_id(statement_file_id: UUID) -> StatementFile | None:
    """Return one statement file, or None."""
    return statements().filter(id=statement_file_id).first()


def statement_errors(statement_file_id: UUID) -> QuerySet[StatementError]:
    """Return the refused lines of a statement, in the order of the file."""
    return StatementError.objects.filter(statement_id=statement_file_id).order_by("line")
