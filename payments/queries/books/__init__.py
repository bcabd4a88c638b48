"""Reading the money journal and the reconciliations."""

from payments.queries.books.feeds import AccountFeed, account_feeds
from payments.queries.books.journal import (
    Balance,
    DayFlow,
    JournalFilter,
    day_flows,
    journal_rows,
    trial_balance,
)
from payments.queries.books.reconciled import (
    ReconciliationInfo,
    comparison_counts,
    reconciliation_by_id,
    reconciliation_lines,
    reconciliation_rows,
)
from payments.queries.books.statement import Statement, StatementRow, monthly_statement

__all__ = [
    "AccountFeed",
    "Balance",
    "DayFlow",
    "JournalFilter",
    "ReconciliationInfo",
    "Statement",
    "StatementRow",
    "account_feeds",
    "comparison_counts",
    "day_flows",
    "journal_rows",
    "monthly_statement",
    "reconciliation_by_id",
    "reconciliation_lines",
    "reconciliation_rows",
    "trial_balance",
]
