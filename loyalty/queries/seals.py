"""Entries as seals are made over them, and the whole ledger as a third party checks it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from loyalty.models import LedgerEntry, LedgerSeal
from loyalty.queries.chain import canonical

# No transaction that writes entries lives as long: what came late is looked for so far back.
_LATEST: Final = timedelta(days=2)
_UNSEALED: Final = """
WITH newest AS (
    SELECT until_at - %(latest)s AS since FROM loyalty_ledgerseal
    WHERE business_id = %(business)s ORDER BY number DESC LIMIT 1
)
SELECT e.id FROM loyalty_ledgerentry e
WHERE e.business_id = %(business)s
    AND (%(thorough)s OR e.at >= COALESCE((SELECT since FROM newest), '-infinity'))
    AND e.id NOT IN (
        SELECT unnest(s.entries) FROM loyalty_ledgerseal s
        WHERE s.business_id = %(business)s
            AND (%(thorough)s OR s.until_at >= (SELECT since FROM newest)))
ORDER BY e.at, e.id LIMIT %(limit)s
"""
_NUMBERS: Final = ("points", "pending_points", "contingent_points")


def last_seal() -> LedgerSeal | None:
    """Return the newest seal."""
    return LedgerSeal.objects.order_by("-number").first()


def unsealed(limit: int | None = None, *, thorough: bool = False) -> list[LedgerEntry]:
    """Return the entries no seal holds yet, oldest first.

    `thorough`: through the whole ledger, not the last days of it; a clock that once was ahead may
    have left entries behind.
    """
    values: dict[str, Any] = {
        "business": active_business_id(),
        "latest": _LATEST,
        "limit": limit,
        "thorough": thorough,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, values)
        return entries_in_order([row[0] for row in cursor.fetchall()])


def entry_document(entry: LedgerEntry) -> dict[str, Any]:
    """Return an entry in full, as it is exported and sealed."""
    named = {
        "id": entry.id,
        "business": entry.business_id,
        "customer": entry.customer_id,
        "lot": entry.lot_id,
        "purchase": entry.purchase_id,
        "redemption": entry.redemption_id,
    }
    return {
        **{name: None if value is None else str(value) for name, value in named.items()},
        **{name: getattr(entry, name) for name in _NUMBERS},
        "kind": str(entry.kind),
        "at": _moment(entry.at),
        "data": entry.data,
    }


def exported() -> Iterator[str]:
    """Yield the lines of the active business's ledger: a head, the seals, what is not sealed."""
    yield canonical({"ledger": str(active_business_id())})
    for seal in LedgerSeal.objects.order_by("number").iterator(chunk_size=50):
        yield canonical(_seal_document(seal))
    for entry in unsealed(thorough=True):
        yield canonical({"entry": entry_document(entry)})


def entries_in_order(ids: Sequence[UUID]) -> list[LedgerEntry]:
    """Return the entries of these ids in this order; those that are gone are left out."""
    rows = LedgerEntry.objects.in_bulk(ids)
    return [rows[one] for one in ids if one in rows]


def _seal_document(seal: LedgerSeal) -> dict[str, Any]:
    return {
        "seal": seal.number,
        "previous": seal.previous,
        "digest": seal.digest,
        "at": _moment(seal.sealed_at),
        "entries": [entry_document(entry) for entry in entries_in_order(seal.entries)],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
