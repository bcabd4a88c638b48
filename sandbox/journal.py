"""The event log: what was asked of the sandbox, what it answered, and which fault it acted out."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sandbox.faults import Fault
from sandbox.store import fact, remember

_TOLD: Final = "entries told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whom and what an event is about, as far as the sandbox could tell."""

    merchant_id: str | None = None
    authority: str | None = None
    amount_rial: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One exchange with the sandbox, or one thing the bank did by itself; `door`: whose product."""

    operation: str
    subject: Subject
    asked: Mapping[str, object]
    answered: Mapping[str, object]
    status: int | None = None
    fault: Fault | None = None
    door: str = ""


def record(db: sqlite3.Connection, happening: Happening, *, at: int) -> None:
    """Append one event; `at` is virtual time, the wall clock is noted beside it.

    What the ledger moved since the event before is this one's doing.
    """
    before = int(fact(db, _TOLD) or 0)
    until = int(db.execute("SELECT COALESCE(MAX(id), 0) AS id FROM entries").fetchone()["id"])
    if until != before:
        remember(db, _TOLD, str(until))
    db.execute(
        "INSERT INTO events (at, wall_at, operation, merchant_id, authority, fault, asked,"
        " answered, status, door, entries_after, entries_until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            at,
            datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
            happening.operation,
            happening.subject.merchant_id,
            happening.subject.authority,
            happening.fault.name if happening.fault else None,
            json.dumps(happening.asked, ensure_ascii=False),
            json.dumps(happening.answered, ensure_ascii=False),
            happening.status,
            happening.door,
            before,
            until,
        ),
    )
