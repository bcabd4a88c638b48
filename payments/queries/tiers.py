"""Which tier customers hold; told by the app above that keeps tiers (C074)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class TierReader(Protocol):
    """What days to return ask about tiers of the active business."""

    def names(self) -> Sequence[tuple[UUID, str]]:
        """Return the tiers with their names, lowest first. One query."""

    def held(self, customer_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """Return the tiers customers hold now; who is in none is left out. One query."""


@dataclass(slots=True)
class _Told:
    reader: TierReader | None = None


_TOLD = _Told()


def register_tiers(reader: TierReader) -> None:
    """Have tiers told; until then nobody has one."""
    _TOLD.reader = reader


def tier_names() -> Sequence[tuple[UUID, str]]:
    """Return the tiers a business has, lowest first."""
    return _TOLD.reader.names() if _TOLD.reader is not None else ()


def tiers_held(customer_ids: Collection[UUID | None]) -> Mapping[UUID, UUID]:
    """Return the tiers customers hold now. Nothing is asked for nobody."""
    known = {one for one in customer_ids if one is not None}
    return _TOLD.reader.held(known) if _TOLD.reader is not None and known else {}
