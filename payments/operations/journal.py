"""Posting to the money journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.tenancy import operation
from payments.enums import BookAccount
from payments.models import MoneyEntry
from payments.operations.rows import RowMaker

_ENTRIES: Final = RowMaker(MoneyEntry)

Place = tuple[BookAccount, str]


class Unbalanced(ValueError):
    """The lines of a posting do not sum to zero."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """One fact for the books: signed rial by (account, party), debits positive."""

    kind: str
    source_id: UUID
    lines: Mapping[Place, int]


@operation
def post_money(*, kind: str, source_id: UUID, lines: Mapping[Place, int], now: datetime) -> None:
    """Post one fact; zero lines are left out.

    Posting the same (kind, source) again raises IntegrityError: the caller's own guard, a row
    lock or a state, must have seen it. Raises Unbalanced.
    """
    _ENTRIES.make(_entries([Posting(kind=kind, source_id=source_id, lines=lines)], now))


def post_many(postings: Sequence[Posting], *, now: datetime) -> None:
    """Post many facts in one statement, sent by the end of the transaction. Raises Unbalanced."""
    _ENTRIES.leave(_entries(postings, now))


def _entries(postings: Sequence[Posting], now: datetime) -> list[dict[str, Any]]:
    for posting in postings:
        if sum(posting.lines.values()) != 0:
            raise Unbalanced(f"{posting.kind} {posting.source_id}: {dict(posting.lines)}")
    return [
        {
            "kind": posting.kind,
            "source_id": posting.source_id,
            "account": account,
            "party": party,
            "amount_rial": amount,
            "at": now,
        }
        for posting in postings
        for (account, party), amount in posting.lines.items()
        if amount
    ]
