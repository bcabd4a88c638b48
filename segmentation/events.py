"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SegmentChanged(DomainEvent):
    """A purchase or return moved one customer to another segment (not sent by nightly runs)."""

    name: ClassVar[str] = "segment.changed"

    customer_id: UUID
    before: str
    after: str
