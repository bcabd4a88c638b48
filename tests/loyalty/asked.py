"""The nightly check's questions, prepared: machines ask all of them after every step.

Word for word those of `broken`. Nearly all the time one takes on a few rows is its planning, under
row-level security; a connection keeps the plans.
"""

from datetime import datetime
from typing import Any, Final

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from loyalty.queries.books.rules import BOOK_RULES
from loyalty.queries.invariants import _RULES

_ASKED: Final = {
    sentence: Prepared(sql, business="uuid", now="timestamptz")
    for sentence, sql in (_RULES | BOOK_RULES).items()
}


def broken_now(now: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows that break each sentence about the active business's ledger."""
    values = {"business": active_business_id(), "now": now}
    found = {sentence: asked.rows(values) for sentence, asked in _ASKED.items()}
    return {sentence: rows for sentence, rows in found.items() if rows}
