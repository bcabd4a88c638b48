"""Scripts: the next calls and payments of some merchants, in order, and what each of them meets.

The first step left of a script waits for a call it fits; others pass it by. A step without a
fault lets its call through untouched, whatever else was ordered.
"""

import json
import sqlite3
from dataclasses import dataclass

from sandbox.faults import Fault, Meeting


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step: for an operation ("*" for any), so many times."""

    operation: str
    fault: Fault | None
    times: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """Steps in order, for these merchants together; without any, for everybody."""

    title: str
    merchants: tuple[str, ...]
    steps: tuple[Step, ...]


def keep(db: sqlite3.Connection, script: Script) -> None:
    """Add a script behind those there are."""
    cursor = db.execute(
        "INSERT INTO scripts (title, merchants) VALUES (?, ?)",
        (script.title, json.dumps([one.lower() for one in script.merchants])),
    )
    db.executemany(
        "INSERT INTO steps (script, operation, fault, seconds, code, remaining)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                cursor.lastrowid,
                step.operation,
                step.fault.name if step.fault else None,
                step.fault.seconds if step.fault else None,
                step.fault.code if step.fault else None,
                step.times,
            )
            for step in script.steps
        ],
    )


def take(db: sqlite3.Connection, met: Meeting) -> Step | None:
    """Take the step a call has come to: the head of a script that fits it, oldest script first."""
    for row in db.execute(_HEADS).fetchall():
        fault = _fault(row)
        if _concerns(row, met) and met.is_called(row["operation"]) and met.suits(fault):
            db.execute("UPDATE steps SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
            return Step(operation=row["operation"], fault=fault)
    return None


def waiting(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Return the scripts that have steps left, each with those, in order."""
    told: dict[int, dict[str, object]] = {}
    left: dict[int, list[dict[str, object]]] = {}
    for row in db.execute(_LEFT).fetchall():
        steps = left.setdefault(row["script"], [])
        told[row["script"]] = {
            "title": row["title"],
            "merchants": json.loads(row["merchants"]),
            "steps": steps,
        }
        steps.append(
            {
                "on": row["operation"],
                "fault": row["fault"],
                "times": row["remaining"],
                "seconds": row["seconds"],
                "code": row["code"],
            }
        )
    return list(told.values())


def forget(db: sqlite3.Connection) -> None:
    """Drop every script."""
    db.execute("DELETE FROM steps")
    db.execute("DELETE FROM scripts")


def _concerns(row: sqlite3.Row, met: Meeting) -> bool:
    merchants = json.loads(row["merchants"])
    return not merchants or (met.merchant_id or "").lower() in merchants


def _fault(row: sqlite3.Row) -> Fault | None:
    if row["fault"] is None:
        return None
    return Fault(name=row["fault"], seconds=row["seconds"], code=row["code"])


_LEFT = (
    "SELECT steps.*, scripts.title, scripts.merchants FROM steps"
    " JOIN scripts ON scripts.id = steps.script WHERE steps.remaining > 0 ORDER BY steps.id"
)
_HEADS = (
    "SELECT steps.*, scripts.merchants FROM steps JOIN scripts ON scripts.id = steps.script"
    " WHERE steps.id IN (SELECT MIN(id) FROM steps WHERE remaining > 0 GROUP BY script)"
    " ORDER BY steps.script"
)
