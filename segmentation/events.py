"""What this app announces."""

from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, kw_only=True)
class OwnSegmentEntered(DomainEvent):
    """A customer came into a segment the business made itself."""

    name: ClassVar[str] = "segment.entered"

    own_segment_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class OwnSegmentLeft(DomainEvent):
    """A customer left a segment the business made itself."""

    name: ClassVar[str] = "segment.left"

    own_segment_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class NamedSegmentEntered(DomainEvent):
    """A customer came into a ready-made segment; not sent of what may be held against somebody."""

    name: ClassVar[str] = "named_segment.entered"

    segment: str
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class NamedSegmentLeft(DomainEvent):
    """A customer left a ready-made segment; not sent of what may be held against somebody."""

    name: ClassVar[str] = "named_segment.left"

    segment: str
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class RetentionDropped(DomainEvent):
    """A customer's retention score fell below the line; sent again only after it has risen."""

    name: ClassVar[str] = "retention.dropped"

    customer_id: UUID
    score: int
    line: int
    horizon_days: int
    basis: str
    as_of: date
