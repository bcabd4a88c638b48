"""Subscribers for a worker that will be killed: each leaves a mark, the slow one is hit midway.

Loaded by the test and, through Celery's `--include`, by the worker process.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from businesses.operations import record_audit
from core.tenancy import acting_for
from outbox.events import DomainEvent, Recorded
from outbox.subscriptions import subscribe

ACTION = "test.struck"
SLOW_S = 0.6


@dataclass(frozen=True, kw_only=True)
class Struck(DomainEvent):
    name: ClassVar[str] = "test.struck"

    number: int


def _begun(subscriber: str, event_id: UUID) -> int:
    """Count the beginnings of this delivery in a file beside the database."""
    marks = Path(os.environ["KILLABLE_DIR"]) / f"{subscriber}-{event_id}"
    with marks.open("a") as file:
        file.write(".")
    return len(marks.read_text())


def _effect(subscriber, event, now):
    """Write a row that nothing but the outbox keeps from being written twice."""
    record_audit(action=ACTION, subject=f"{subscriber} {event.id}", data={}, actor=None, now=now)


@subscribe(Struck, name="test.quick")
def quick(event: Recorded[Struck], *, now) -> None:
    """Write at once."""
    _effect("quick", event, now)


@subscribe(Struck, name="test.slow")
def slow(event: Recorded[Struck], *, now) -> None:
    """Write, then linger in the open transaction."""
    _begun("slow", event.id)
    _effect("slow", event, now)
    time.sleep(SLOW_S)


@subscribe(Struck, name="test.flaky")
def flaky(event: Recorded[Struck], *, now) -> None:
    """Write and fail the first time."""
    _effect("flaky", event, now)
    if _begun("flaky", event.id) == 1:
        raise LookupError("fails once on purpose")


@subscribe(Struck, name="test.wire", unscoped=True)
def wire(event: Recorded[Struck], *, now) -> None:
    """Linger outside a transaction, as a wire call does, then write idempotently."""
    _begun("wire", event.id)
    time.sleep(SLOW_S / 2)
    with acting_for(event.business_id):
        _effect("wire", event, now)


SUBSCRIBERS = ("quick", "slow", "flaky", "wire")
