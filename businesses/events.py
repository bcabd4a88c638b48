"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class BusinessCreated(DomainEvent):
    """A business (or its test twin) came into being; other apps lay out their defaults."""

    name: ClassVar[str] = "business.created"

    business_id: UUID
    vertical: str
    is_test: bool
