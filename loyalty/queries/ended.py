"""What of a lot ended with nobody having it: its date passed, or its owner left the club."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import BigIntegerField, F, Q, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from loyalty.enums import EntryKind
from loyalty.models import LedgerEntry

_ENDS: Final = (EntryKind.EXPIRE, EntryKind.LEFT, EntryKind.REJOIN)


def ended_unused(lot_id: UUID, owners: Collection[UUID | None]) -> int:
    """Return the points of a lot that ended unused and were not counted as taken back since."""
    return ended_unused_of([lot_id], owners).get(lot_id, 0)


def ended_unused_of(lot_ids: Collection[UUID], owners: Collection[UUID | None]) -> dict[UUID, int]:
    """Return it for many lots, in one query; `owners` are whose entries may tell of them."""
    own = LedgerEntry.objects.filter(
        customer__in=owners, lot__in=lot_ids, kind__in=[*_ENDS, EntryKind.CLAWBACK]
    )
    rows = own.values("lot").annotate(
        moved=Sum(F("points") + F("pending_points"), filter=Q(kind__in=_ENDS), default=0),
        counted=Sum(
            Cast(KT("data__lapsed"), BigIntegerField()),
            filter=Q(kind=EntryKind.CLAWBACK),
            default=0,
        ),
    )
    return {row["lot"]: -int(row["moved"]) - int(row["counted"]) for row in rows}
