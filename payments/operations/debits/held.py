"""Rows of a debit and its try from the intent to the settlement, read again only when changed.

A row version is the id of the transaction that wrote it: while it is the one we committed, and the
row is locked, what we hold in memory is what the table says.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from core.tenancy import active_business_id
from core.tenancy.models import TenantModel
from core.tenancy.prepared import Prepared
from payments.enums.debits import TryState
from payments.models import Debit, DebitAttempt

_NEVER: Final = ""

M = TypeVar("M", bound=TenantModel)


def _locked(name: str, table: str) -> str:
    return f"""
{name} AS MATERIALIZED (
    SELECT r.id, r.xmin::text <> said.version AS changed
    FROM unnest(%({name})s::uuid[], %({name}_versions)s::text[]) AS said (id, version)
    JOIN {table} r ON r.business_id = (SELECT %(business)s::uuid) AND r.id = said.id
    ORDER BY r.id FOR UPDATE OF r
)"""  # noqa: S608 - the names of our own tables


# Locks debits, then their tries, each in the order everybody locks them; names those that changed.
_LOCK: Final = Prepared(
    f"""
WITH {_locked("debits", Debit._meta.db_table)}, {_locked("tries", DebitAttempt._meta.db_table)}
SELECT id, true FROM debits WHERE changed UNION ALL SELECT id, false FROM tries WHERE changed
""",  # noqa: S608 - the names of our own tables
    business="uuid",
    debits="uuid[]",
    debits_versions="text[]",
    tries="uuid[]",
    tries_versions="text[]",
)


@dataclass(slots=True)
class Kept:
    """A debit and its try in memory, with the versions our last commit gave their rows."""

    debit: Debit
    attempt: DebitAttempt
    debit_version: str = _NEVER
    attempt_version: str = _NEVER

    def opened(self, authority: str, version: str, now: datetime) -> None:
        """Follow the row of the try to where its session was kept."""
        self.attempt.authority = authority
        self.attempt.state, self.attempt.sent_at = TryState.SENT, now
        self.attempt_version = version

    def forget(self) -> None:
        """Trust the objects no more: whoever settles changes them, and may have to begin again."""
        self.debit_version = self.attempt_version = _NEVER


def hold(
    ids: Sequence[tuple[UUID, UUID, Kept | None]],
) -> tuple[dict[UUID, Debit], dict[UUID, DebitAttempt]]:
    """Lock debits and their tries and return them as they stand, by their ids."""
    debits: dict[UUID, tuple[Debit | None, str]] = {}
    tries: dict[UUID, tuple[DebitAttempt | None, str]] = {}
    for debit_id, attempt_id, kept in ids:
        debits[debit_id] = (kept.debit, kept.debit_version) if kept else (None, _NEVER)
        tries[attempt_id] = (kept.attempt, kept.attempt_version) if kept else (None, _NEVER)
        if kept:
            kept.forget()
    values: dict[str, Any] = {
        "business": active_business_id(),
        "debits": list(debits),
        "debits_versions": [version for _row, version in debits.values()],
        "tries": list(tries),
        "tries_versions": [version for _row, version in tries.values()],
    }
    changed = _LOCK.rows(values)
    return (
        _held(Debit, debits, [row_id for row_id, is_debit in changed if is_debit]),
        _held(DebitAttempt, tries, [row_id for row_id, is_debit in changed if not is_debit]),
    )


def _held(
    model: type[M], known: Mapping[UUID, tuple[M | None, str]], changed: Collection[UUID]
) -> dict[UUID, M]:
    held = {row_id: row for row_id, (row, _version) in known.items() if row is not None}
    if changed:
        held |= model.objects.in_bulk(changed)
    return held
