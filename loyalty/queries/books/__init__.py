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
from loyalty.queries.books.expected import (
    Cohort,
    Expectation,
    allowance_now,
    cohorts,
    expectation_of,
    not_expected,
    still_owed,
)
from loyalty.queries.books.funders import FundersBridge, bridges_by_funder, funded_postings
from loyalty.queries.books.history import WHOLE, Curve, History, Lack, spending_history
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
    "WHOLE",
    "Amounts",
    "Bridge",
    "Cohort",
    "Curve",
    "Expectation",
    "FundersBridge",
    "History",
    "Lack",
    "Part",
    "PostingFilter",
    "Waiting",
    "accounts_at",
    "allowance_now",
    "bridge",
    "bridges_by_funder",
    "closings",
    "cohorts",
    "expectation_of",
    "funded_postings",
    "latest_valuation",
    "not_expected",
    "postings",
    "spending_history",
    "still_owed",
    "valuations",
    "waiting_entries",
]
