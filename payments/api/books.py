"""The books over HTTP, read-only."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day, read_month
from core.errors import Problem
from payments.enums.books import BookAccount, Comparison
from payments.models import MoneyEntry, Reconciliation
from payments.queries.books import (
    JournalFilter,
    comparison_counts,
    journal_rows,
    monthly_statement,
    reconciliation_rows,
    trial_balance,
)


class BalanceOut(BaseModel):
    """One account; amounts in rial, `balance` is debit less credit."""

    account: str
    party: str
    party_name: str
    debit: int
    credit: int
    balance: int


class TrialBalanceOut(BaseModel):
    """Every account. The balances sum to zero."""

    data: list[BalanceOut]


class EntryOut(BaseModel):
    """One line of a posting; a debit is positive, in rial."""

    id: UUID
    kind: str
    source_id: UUID
    account: str
    party: str
    amount: int
    at: AwareDatetime


class EntriesOut(BaseModel):
    """A page of entries, newest first."""

    data: list[EntryOut]
    next_cursor: str | None


class StatementRowOut(BaseModel):
    """One account over the month, in rial: opening + debit - credit = closing."""

    account: str
    party_name: str
    opening: int
    debit: int
    credit: int
    closing: int


class StatementOut(BaseModel):
    """A Jalali month; `until` is the first day after it."""

    since: date
    until: date
    rows: list[StatementRowOut]


class ReconciliationOut(BaseModel):
    """A day of a gateway held against its report; amounts in rial, numbers of lines by result."""

    id: UUID
    day: date
    provider: str
    ours: int
    theirs: int
    fees: int
    settled: int
    matched: int
    missing: int
    extra: int
    amount_diff: int
    unresolved: int


class ReconciliationsOut(BaseModel):
    """A page of days, newest first."""

    data: list[ReconciliationOut]
    next_cursor: str | None


class TrialBalance(Endpoint):
    """GET what every account of the books holds."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"until": "an instant (ISO 8601), exclusive; now unless told"}
    answer: ClassVar = {"GET": TrialBalanceOut}

    def get(self, call: Call) -> Reply:
        """Return the trial balance."""
        rows = [
            BalanceOut(
                account=one.account,
                party=one.party,
                party_name=one.party_name,
                debit=one.debit_rial,
                credit=one.credit_rial,
                balance=one.balance_rial,
            )
            for one in trial_balance(until=_instant(call.query.get("until", "")))
        ]
        return Reply(TrialBalanceOut(data=rows).model_dump())


class Journal(Endpoint):
    """GET the entries of the books."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {
        "account": "an account of the books",
        "since": "an instant (ISO 8601)",
        "until": "an instant, exclusive",
        **FILTERS,
    }
    answer: ClassVar = {"GET": EntriesOut}

    def get(self, call: Call) -> Reply:
        """List entries, newest first."""
        account = call.query.get("account", "")
        if account and account not in BookAccount.values:
            raise Problem("invalid_account", _("This value is not one of the choices."))
        wanted = JournalFilter(
            account=account,
            since=_instant(call.query.get("since", "")),
            until=_instant(call.query.get("until", "")),
        )
        found = page(
            journal_rows(wanted),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_entry(row) for row in found.rows]
        return Reply(EntriesOut(data=rows, next_cursor=found.next_cursor).model_dump())


class MonthlyStatement(Endpoint):
    """GET the statement of a Jalali month."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"month": "a Jalali month like 1405-09; this month unless told"}
    answer: ClassVar = {"GET": StatementOut}

    def get(self, call: Call) -> Reply:
        """Return what each account held, what came, what went, what it holds."""
        zone = business_by_id(call.business_id).timezone
        day = _month(call.query.get("month", "")) or business_day(call.now, zone)
        statement = monthly_statement(day, zone=zone)
        rows = [
            StatementRowOut(
                account=row.account,
                party_name=row.party_name,
                opening=row.opening_rial,
                debit=row.debit_rial,
                credit=row.credit_rial,
                closing=row.closing_rial,
            )
            for row in statement.rows
        ]
        told = StatementOut(since=statement.since, until=statement.until, rows=rows)
        return Reply(told.model_dump())


class Reconciliations(Endpoint):
    """GET the days held against providers' reports."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {**FILTERS}
    answer: ClassVar = {"GET": ReconciliationsOut}

    def get(self, call: Call) -> Reply:
        """List reconciled days, newest first."""
        found = page(
            reconciliation_rows(),
            by="day",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        counts = comparison_counts([row.id for row in found.rows])
        rows = [_reconciliation(row, *counts[row.id]) for row in found.rows]
        return Reply(ReconciliationsOut(data=rows, next_cursor=found.next_cursor).model_dump())


def _entry(row: MoneyEntry) -> EntryOut:
    return EntryOut(
        id=row.id,
        kind=row.kind,
        source_id=row.source_id,
        account=row.account,
        party=row.party,
        amount=row.amount_rial,
        at=row.at,
    )


def _reconciliation(
    row: Reconciliation, counts: dict[Comparison, int], unresolved: int
) -> ReconciliationOut:
    return ReconciliationOut(
        id=row.id,
        day=row.day,
        provider=row.account.provider,
        ours=row.ours_rial,
        theirs=row.theirs_rial,
        fees=row.fee_rial,
        settled=row.settled_rial,
        matched=counts.get(Comparison.MATCHED, 0),
        missing=counts.get(Comparison.MISSING, 0),
        extra=counts.get(Comparison.EXTRA, 0),
        amount_diff=counts.get(Comparison.AMOUNT_DIFF, 0),
        unresolved=unresolved,
    )


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_instant() from error
    if moment.tzinfo is None:
        raise _no_instant()
    return moment


def _no_instant() -> Problem:
    return Problem("invalid_instant", _("Write an instant with its zone, like 2026-11-22T10:00Z."))


def _month(text: str) -> date | None:
    if not text:
        return None
    first = read_month(text)
    if first is None:
        raise Problem("invalid_month", _("Write a Jalali month like 1405-09."))
    return first
