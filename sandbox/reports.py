"""What the sandbox can tell about itself: rows of its log, ledger, payments and messages."""

import json
import re
import sqlite3
from dataclasses import asdict, dataclass
from typing import Final

from sandbox import clock, ledger
from sandbox.bank.payments import Payment, from_row
from sandbox.sms.centre import Message
from sandbox.wire import Json

LINK: Final = re.compile(r"https?://[^\s<>\"»]+[^\s<>\"».,،؛!؟?)]")
NO_END: Final = 2**62
_TIMES: Final = ("created_at", "expires_at", "paid_at", "verified_at", "ended_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which rows: after an id, of one merchant, of one authority; None means all.

    Of events also: before an id, and only those with a fault or those that moved money.
    """

    since: int = 0
    before: int = NO_END
    only: str = ""
    merchant_id: str | None = None
    authority: str | None = None
    limit: int = 1000

    @property
    def is_older(self) -> bool:
        """Tell whether the newest are left out."""
        return self.before < NO_END

    def values(self) -> tuple[int, str | None, str | None, str | None, str | None, int]:
        """Return the values of a query's `WHERE id > ? AND …` in order."""
        return (
            self.since,
            self.merchant_id,
            self.merchant_id,
            self.authority,
            self.authority,
            self.limit,
        )


def events(db: sqlite3.Connection, wanted: Filter, *, newest_first: bool = False) -> list[Json]:
    """Return events of the log, each with what it moved."""
    rows = db.execute(
        _NEWEST_EVENTS if newest_first else _EVENTS,
        (wanted.before, wanted.only, wanted.only, *wanted.values()),
    ).fetchall()
    return [_event(row, _moved(db, row)) for row in rows]


def shops(db: sqlite3.Connection) -> list[Json]:
    """Return the merchants the log knows, with their doors and how much is told of each."""
    rows = db.execute(
        "SELECT MIN(merchant_id) AS merchant, GROUP_CONCAT(DISTINCT door) AS doors,"
        " COUNT(*) AS events FROM events WHERE merchant_id IS NOT NULL"
        " GROUP BY merchant_id COLLATE NOCASE ORDER BY MAX(id) DESC LIMIT 200"
    ).fetchall()
    return [dict(row) | {"doors": sorted(filter(None, row["doors"].split(",")))} for row in rows]


def entries(db: sqlite3.Connection, wanted: Filter, *, newest_first: bool = False) -> list[Json]:
    """Return ledger entries, signed rial per account."""
    rows = db.execute(_NEWEST_ENTRIES if newest_first else _ENTRIES, wanted.values()).fetchall()
    return [dict(row) | {"at": clock.iso(row["at"]), "at_seconds": row["at"]} for row in rows]


def payments(db: sqlite3.Connection, wanted: Filter) -> list[Json]:
    """Return payments as the bank knows them, newest first; `id` is the row's age."""
    rows = db.execute(_PAYMENTS, wanted.values()).fetchall()
    return [payment(from_row(row)) for row in rows]


def payment(found: Payment) -> Json:
    """Return one payment with readable times and its charged amount."""
    told = asdict(found) | {name: clock.iso(getattr(found, name)) for name in _TIMES}
    return told | {"wages": json.loads(found.wages)}


def whole_ledger(db: sqlite3.Connection, wanted: Filter) -> Json:
    """Return every balance and the entries asked for; `total_rial` must be zero."""
    accounts = ledger.balances_rial(db)
    total = sum(accounts.values())
    return {
        "balanced": total == 0,
        "total_rial": total,
        "accounts": accounts,
        "entries": entries(db, wanted),
    }


def message(found: Message, now: int) -> Json:
    """Return one SMS with its status now and the links in its text."""
    return {
        "message_id": found.message_id,
        "api_key": found.api_key,
        "sender": found.sender,
        "receptor": found.receptor,
        "message": found.body,
        "local_id": found.local_id,
        "parts": found.parts,
        "cost_rial": found.cost_rial,
        "status": found.status(now),
        "status_text": found.status_text(now),
        "sent_at": clock.iso(found.sent_at),
        "due_at": clock.iso(found.due_at),
        "links": LINK.findall(found.body),
    }


def _event(row: sqlite3.Row, moved: list[Json]) -> Json:
    told = {name: row[name] for name in row.keys() if not name.startswith("entries_")}  # noqa: SIM118
    return told | {
        "at": clock.iso(row["at"]),
        "at_seconds": row["at"],
        "asked": json.loads(row["asked"]),
        "answered": json.loads(row["answered"]),
        "moved": moved,
    }


def _moved(db: sqlite3.Connection, row: sqlite3.Row) -> list[Json]:
    if row["entries_after"] == row["entries_until"]:
        return []
    lines = db.execute(
        "SELECT id, account, amount_rial, memo FROM entries WHERE id > ? AND id <= ? ORDER BY id",
        (row["entries_after"], row["entries_until"]),
    )
    return [dict(line) for line in lines]


_SOME_EVENTS: Final = (
    "SELECT * FROM events WHERE id < ? AND (? <> 'faults' OR fault IS NOT NULL)"
    " AND (? <> 'money' OR entries_until > entries_after) AND id > ?"
    " AND (? IS NULL OR merchant_id = ? COLLATE NOCASE) AND (? IS NULL OR authority = ?)"
)
_EVENTS: Final = f"{_SOME_EVENTS} ORDER BY id LIMIT ?"
_NEWEST_EVENTS: Final = f"{_SOME_EVENTS} ORDER BY id DESC LIMIT ?"
_ENTRIES: Final = (
    "SELECT * FROM entries WHERE id > ? AND (? IS NULL OR merchant_id = ?)"
    " AND (? IS NULL OR authority = ?) ORDER BY id LIMIT ?"
)
_NEWEST_ENTRIES: Final = (
    "SELECT * FROM entries WHERE id > ? AND (? IS NULL OR merchant_id = ?)"
    " AND (? IS NULL OR authority = ?) ORDER BY id DESC LIMIT ?"
)
_PAYMENTS: Final = (
    "SELECT * FROM payments WHERE rowid > ? AND (? IS NULL OR merchant_id = ?)"
    " AND (? IS NULL OR authority = ?) ORDER BY rowid DESC LIMIT ?"
)
