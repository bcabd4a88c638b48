"""The books: what is where, the journal behind it, months, and reports of providers."""

from dashboard.web.books.month import month
from dashboard.web.books.overview import books, journal, journal_csv
from dashboard.web.books.reconciling import (
    reconciliation,
    reconciliations,
    resolve_difference,
)

__all__ = [
    "books",
    "journal",
    "journal_csv",
    "month",
    "reconciliation",
    "reconciliations",
    "resolve_difference",
]
