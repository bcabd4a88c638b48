"""What customers are foreseen to buy in a year; told by the app above that foresees it (C029)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import Expression, Subquery


class WorthReader(Protocol):
    """What the limit of credit asks about foreseen worth, in rial."""

    def of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Return the worth of customers; of whom nothing is foreseen is left out. One query."""

    def column(self, customer: str) -> Expression | Subquery:
        """Return the same for a row whose column names its customer, in the database's words."""


@dataclass(slots=True)
class _Told:
    reader: WorthReader | None = None


_TOLD = _Told()


def register_worth(reader: WorthReader) -> None:
    """Have foreseen worth told; until then nothing is foreseen of anybody."""
    _TOLD.reader = reader


def worths_of(customer_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return what customers are foreseen to buy in a year."""
    return _TOLD.reader.of(customer_ids) if _TOLD.reader is not None else {}


def worth_column(customer: str) -> Expression | Subquery | None:
    """Return it as a column, or None while nobody foresees anything."""
    return _TOLD.reader.column(customer) if _TOLD.reader is not None else None
