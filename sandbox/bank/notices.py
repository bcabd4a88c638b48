"""Messages from a provider's server to a shop's: written with what happened, sent after it.

Nothing is sent in the background. `deliver` sends what is due; the bank page and the control call
it once their own work is committed. A message is tried once and its end is kept.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

_TIMEOUT: Final = httpx.Timeout(5.0, connect=0.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A message to a shop: JSON, or an HTML form's encoding."""

    url: str
    fields: Mapping[str, object]
    form: bool = False
    psp: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due, with its number."""

    id: int
    notice: Notice


def queue(db: sqlite3.Connection, notice: Notice, *, now: int) -> None:
    """Write a message down, due now."""
    db.execute(
        "INSERT INTO notices (due_at, url, fields, form, psp, authority) VALUES (?, ?, ?, ?, ?, ?)",
        (
            now,
            notice.url,
            json.dumps(notice.fields, ensure_ascii=False),
            int(notice.form),
            notice.psp,
            notice.authority,
        ),
    )


def take_due(db: sqlite3.Connection, *, now: int) -> list[Waiting]:
    """Return the messages to send now, marking each as tried."""
    rows = db.execute(
        "SELECT * FROM notices WHERE tried_at IS NULL AND due_at <= ? ORDER BY id", (now,)
    ).fetchall()
    db.execute("UPDATE notices SET tried_at = ? WHERE tried_at IS NULL AND due_at <= ?", (now, now))
    return [Waiting(row["id"], _notice(row)) for row in rows]


def send(notice: Notice) -> int | None:
    """Send one message with no transaction open; return the HTTP status, None if none came."""
    try:
        if notice.form:
            told = {name: str(value) for name, value in notice.fields.items()}
            answer = httpx.post(notice.url, data=told, timeout=_TIMEOUT)
        else:
            answer = httpx.post(notice.url, json=dict(notice.fields), timeout=_TIMEOUT)
    except httpx.HTTPError:
        return None
    return answer.status_code


def note_end(db: sqlite3.Connection, number: int, status: int | None) -> None:
    """Keep how a message ended; 0: nobody answered."""
    db.execute("UPDATE notices SET status = ? WHERE id = ?", (status or 0, number))


def told(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Return every message, oldest first."""
    rows = db.execute("SELECT * FROM notices ORDER BY id").fetchall()
    return [dict(row) | {"fields": json.loads(row["fields"])} for row in rows]


def _notice(row: sqlite3.Row) -> Notice:
    return Notice(
        url=row["url"],
        fields=json.loads(row["fields"]),
        form=bool(row["form"]),
        psp=row["psp"],
        authority=row["authority"],
    )
