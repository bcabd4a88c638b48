"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MessageSent(DomainEvent):
    """The provider accepted a message; `ref_kind` and `ref_id` say what it was about."""

    name: ClassVar[str] = "message.sent"

    message_id: UUID
    purpose: str
    ref_kind: str
    ref_id: UUID | None
    cost_rial: int


@dataclass(frozen=True, kw_only=True)
class MessageFailed(DomainEvent):
    """A message will not arrive: refused, blocked, expired, or not sent on purpose."""

    name: ClassVar[str] = "message.failed"

    message_id: UUID
    purpose: str
    ref_kind: str
    ref_id: UUID | None
    state: str
    reason: str
