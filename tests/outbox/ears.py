"""An event and a subscriber that exist only in these tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings

from outbox.events import DomainEvent

LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Happened(DomainEvent):
    name: ClassVar[str] = "test.happened"

    thing_id: UUID | None = None
    count: int = 0


@dataclass
class Ear:
    """A subscriber that remembers what it heard and can be told to fail."""

    heard: list[Any] = field(default_factory=list)
    then: Callable[[Any], object] = lambda _event: None

    def __call__(self, event, *, now):
        self.heard.append(event)
        self.then(event)


def fail(_event):
    """Do what a broken subscriber does."""
    raise LookupError("broken on purpose")
