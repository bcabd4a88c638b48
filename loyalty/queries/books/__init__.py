"""Reading the books of points."""

from loyalty.queries.books.bridge import (
    ACCOUNTS,
    Amounts,
    Bridge,
    Part,
    accounts_at,
    bridge,
    closings,
)
from loyalty.queries.books.postings import (
    PostingFilter,
    Waiting,
    latest_valuation,
    postings,
    valuations,
    waiting_entries,
)

__all__ = [
    "ACCOUNTS",
    "Amounts",
    "Bridge",
    "Part",
    "PostingFilter",
    "Waiting",
    "accounts_at",
    "bridge",
    "closings",
    "latest_valuation",
    "postings",
    "valuations",
    "waiting_entries",
]
