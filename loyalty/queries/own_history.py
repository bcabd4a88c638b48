"""Movements of points as a customer reads them: what ended together is one line."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, CharField, F, Max, Q, Sum, When
from django.db.models.functions import Cast

from loyalty.enums import EntryKind
from loyalty.models import LedgerEntry
from loyalty.queries.explain import explain
from loyalty.queries.wallets import ledger

HISTORY: Final = 20
# Spent from several lots, or given back to them, in one moment: one line.
SPENT: Final = (EntryKind.REDEEM, EntryKind.RELEASE)
# These move every lot of a wallet in one moment: each day of end makes one line, not each lot.
TOGETHER: Final = (EntryKind.LEFT, EntryKind.REJOIN, EntryKind.EXPIRE, *SPENT)
# Points that wait apart are the same points, waiting: no balance moves.
SILENT: Final = (EntryKind.PART,)

_ENDS_AT: Final = Case(When(kind__in=SPENT, then=None), default=F("lot__expires_at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One movement of points, in a sentence that can be computed again.

    `last_moment` is within the last good day of points that ended or came back together.
    """

    id: UUID
    at: datetime
    points: int
    waits: bool
    sentence: str
    last_moment: datetime | None = None


def moved(customer_id: UUID, *, limit: int, before: LedgerEntry | None = None) -> list[Moved]:
    """Return a customer's movements, newest first, those older than one when it is given.

    Two queries.
    """
    both = heapq.merge(
        _one_by_one(customer_id, limit, before),
        _together(customer_id, limit, before),
        key=lambda one: (one.at, one.id),
        reverse=True,
    )
    return list(both)[:limit]


def as_read(rows: Iterable[Moved]) -> list[Moved]:
    """Return movements as they are read: what ended in one moment by its days, soonest first."""

    def place(one: Moved) -> tuple[float, float]:
        day = one.last_moment.timestamp() if one.last_moment else float("inf")
        return -one.at.timestamp(), day

    return sorted(rows, key=place)


def _one_by_one(customer_id: UUID, limit: int, before: LedgerEntry | None) -> list[Moved]:
    rows = ledger(customer_id).exclude(kind__in=(*TOGETHER, *SILENT))
    if before is not None:
        rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.id))
    return [_line(row) for row in rows[:limit]]


def _together(customer_id: UUID, limit: int, before: LedgerEntry | None) -> list[Moved]:
    rows = (
        ledger(customer_id)
        .filter(kind__in=TOGETHER)
        .order_by()
        .values("kind", "at", ends_at=_ENDS_AT, spendable=~Q(points=0))
        .annotate(
            last=Max(Cast("id", CharField())),
            moved_points=Sum("points"),
            moved_pending=Sum("pending_points"),
        )
    )
    if before is not None:
        rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, last__lt=str(before.id)))
    found = rows.order_by("-at", "-last")[:limit]
    return [
        _line(
            LedgerEntry(
                id=UUID(row["last"]),
                kind=row["kind"],
                at=row["at"],
                points=row["moved_points"],
                pending_points=row["moved_pending"],
            ),
            row["ends_at"],
        )
        for row in found
    ]


def _line(row: LedgerEntry, ends_at: datetime | None = None) -> Moved:
    points = row.points or row.pending_points or row.contingent_points
    return Moved(
        id=row.id,
        at=row.at,
        points=points,
        waits=not row.points,
        sentence=explain(row),
        last_moment=ends_at and ends_at - timedelta(seconds=1),
    )
