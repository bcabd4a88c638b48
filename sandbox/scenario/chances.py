"""Faults by chance: so many in a hundred, per door and merchant, repeatable under a seed.

Each merchant has a sequence of its own for every chance, so that nobody else's calls change what
it meets.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox.faults import Fault, Meeting
from sandbox.sequence import draw

WHOLE: Final = 10_000  # a hundred percent


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """A fault that befalls calls of a door ("" for all), operation ("*") and merchant (None).

    A door is a product, or the provider whose products begin with its name. `weight` is the
    chance in ten thousand.
    """

    fault: Fault
    weight: int
    door: str = ""
    operation: str = "*"
    merchant_id: str | None = None


def keep(db: sqlite3.Connection, chance: Chance) -> None:
    """Add a chance behind those there are."""
    db.execute(
        "INSERT INTO chances (door, operation, merchant_id, fault, seconds, code, weight)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            chance.door,
            chance.operation,
            chance.merchant_id.lower() if chance.merchant_id else None,
            chance.fault.name,
            chance.fault.seconds,
            chance.fault.code,
            chance.weight,
        ),
    )


def befalls(db: sqlite3.Connection, met: Meeting) -> Fault | None:
    """Return the fault that chance brings to a call, if any; every chance there is gets its try."""
    struck = [
        one
        for one in _all(db)
        if _concerns(one, met) and draw(db, _sequence(one, met)) % WHOLE < one.weight
    ]
    return struck[0].fault if struck else None


def told(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Return the chances there are, oldest first."""
    return [
        {
            "door": one.door,
            "on": one.operation,
            "merchant": one.merchant_id,
            "fault": one.fault.name,
            "percent": one.weight * 100 / WHOLE,
            "seconds": one.fault.seconds,
            "code": one.fault.code,
        }
        for one in _all(db)
    ]


def forget(db: sqlite3.Connection) -> None:
    """Drop every chance."""
    db.execute("DELETE FROM chances")


def _concerns(one: Chance, met: Meeting) -> bool:
    return (
        one.merchant_id in {None, (met.merchant_id or "").lower()}
        and (not one.door or f"{met.door}_".startswith(f"{one.door}_"))
        and met.is_called(one.operation)
        and met.suits(one.fault)
    )


def _sequence(one: Chance, met: Meeting) -> str:
    whose = (met.merchant_id or "").lower()
    return f"chance:{one.door}:{one.operation}:{one.fault.name}:{one.merchant_id}:{whose}"


def _all(db: sqlite3.Connection) -> list[Chance]:
    return [
        Chance(
            fault=Fault(name=row["fault"], seconds=row["seconds"], code=row["code"]),
            weight=row["weight"],
            door=row["door"],
            operation=row["operation"],
            merchant_id=row["merchant_id"],
        )
        for row in db.execute("SELECT * FROM chances ORDER BY id").fetchall()
    ]
