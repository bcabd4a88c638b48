"""Identifiers and deposits as the provider and its bank know them, each move with its posting.

Accounts: `iban:…` of payers, `held:pip` (came in, not yet decided) and `merchant:…`.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox import ledger, sequence
from sandbox.bank import notices
from sandbox.bank.notices import Notice
from sandbox.journal import Happening, Subject, record

HELD: Final = "held:pip"
ON_THE_WAY: Final = "IN_PROGRESS"
WAITING: Final = "WAITING_FOR_MERCHANT_VERIFY"
DONE: Final = "SUCCESSFUL"
BACK: Final = "FAILED"
_WINDOW_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A transfer somebody makes: `delay` is how long its rail takes."""

    pay_id: str
    amount_rial: int
    source_iban: str
    rail: str
    delay: int
    window: int = _WINDOW_SECONDS


def register(db: sqlite3.Connection, merchant_id: str, asked: dict[str, object], now: int) -> str:
    """Issue an identifier of fifteen digits, not yet verified; return it."""
    pay_id = str(100_000_000_000_000 + sequence.draw(db, "pip id") % 900_000_000_000_000)
    db.execute(
        "INSERT INTO pip_ids VALUES (?, ?, ?, ?, ?, ?, ?, 'WAITING_FOR_VERIFICATION', ?)",
        (
            pay_id,
            merchant_id,
            asked["merchantReferenceNumber"],
            asked["userFullName"],
            asked["userMobile"],
            json.dumps(asked["userIbans"]),
            asked["callbackUrl"],
            now,
        ),
    )
    return pay_id


def identifier(db: sqlite3.Connection, merchant_id: str, reference: str) -> sqlite3.Row | None:
    """Return an identifier by the merchant's reference, if there is one."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM pip_ids WHERE merchant_id = ? AND reference = ?", (merchant_id, reference)
    ).fetchone()
    return row


def verified(db: sqlite3.Connection, pay_id: str) -> None:
    """The bank has registered an identifier."""
    db.execute("UPDATE pip_ids SET status = 'VERIFIED' WHERE pay_id = ?", (pay_id,))


def send(db: sqlite3.Connection, sent: Sent, now: int) -> str | None:
    """Let money leave a payer's account; None when nobody has the identifier: it stays there."""
    known = db.execute("SELECT * FROM pip_ids WHERE pay_id = ?", (sent.pay_id,)).fetchone()
    if known is None:
        return None
    reference = f"PIP{sequence.draw(db, 'pip deposit') % 10**12:012}"
    bank_reference = str(sequence.new_reference(db))
    arrives = now + sent.delay
    db.execute(
        "INSERT INTO pip_deposits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            reference,
            sent.pay_id,
            known["merchant_id"],
            sent.amount_rial,
            sent.source_iban,
            sent.rail,
            bank_reference,
            ON_THE_WAY,
            now,
            arrives,
            arrives + sent.window,
        ),
    )
    _post(db, f"iban:{sent.source_iban}", HELD, sent.amount_rial, now, known["merchant_id"])
    _note(db, _rows(db, "reference = ?", reference)[0], now)
    catch_up(db, now)
    return reference


def catch_up(db: sqlite3.Connection, now: int) -> None:
    """Do what was due: arrivals, refusals of unregistered accounts, returns of the unconfirmed."""
    for row in _rows(db, "status = ? AND arrives_at <= ?", ON_THE_WAY, now):
        known = db.execute("SELECT * FROM pip_ids WHERE pay_id = ?", (row["pay_id"],)).fetchone()
        ibans = json.loads(known["ibans"])
        if ibans and row["source_iban"] not in ibans:
            give_back(db, row, now)
        else:
            _move(db, row, WAITING, known["callback_url"], now)
        _note(db, row, now)
    for row in _rows(db, "status = ? AND ends_at <= ?", WAITING, now):
        give_back(db, row, now)
        _note(db, row, now)


def take(db: sqlite3.Connection, row: sqlite3.Row, now: int) -> None:
    """Give the money to the merchant."""
    _post(db, HELD, f"merchant:{row['merchant_id']}", row["amount_rial"], now, row["merchant_id"])
    _move(db, row, DONE, "", now)


def give_back(db: sqlite3.Connection, row: sqlite3.Row, now: int) -> None:
    """Send the money back to the account it came from."""
    _post(db, HELD, f"iban:{row['source_iban']}", row["amount_rial"], now, row["merchant_id"])
    _move(db, row, BACK, "", now)


def deposit(db: sqlite3.Connection, merchant_id: str, reference: str) -> sqlite3.Row | None:
    """Return a merchant's deposit, if there is one."""
    found = _rows(db, "merchant_id = ? AND reference = ?", merchant_id, reference)
    return found[0] if found else None


def listed(
    db: sqlite3.Connection, merchant_id: str, *, status: str = "", since: int = 0, until: int = 0
) -> list[sqlite3.Row]:
    """Return a merchant's deposits, oldest first."""
    if status:
        return _rows(db, "merchant_id = ? AND status = ?", merchant_id, status)
    return _rows(db, "merchant_id = ? AND sent_at >= ? AND sent_at < ?", merchant_id, since, until)


def everything(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Return every deposit as the bank knows it."""
    return [dict(row) for row in _rows(db, "1 = 1")]


def _note(db: sqlite3.Connection, row: sqlite3.Row, now: int) -> None:
    told = _rows(db, "reference = ?", row["reference"])[0]
    happening = Happening(
        operation="deposit",
        subject=Subject(merchant_id=row["merchant_id"], authority=row["reference"]),
        asked={"identifier": row["pay_id"], "source": row["source_iban"], "rail": row["rail"]},
        answered={"status": told["status"], "amount_rial": row["amount_rial"]},
        door="jibit_pip",
    )
    record(db, happening, at=now)


def _rows(db: sqlite3.Connection, where: str, *values: object) -> list[sqlite3.Row]:
    sql = f"SELECT * FROM pip_deposits WHERE {where} ORDER BY sent_at, rowid"  # noqa: S608
    return db.execute(sql, values).fetchall()


def _move(db: sqlite3.Connection, row: sqlite3.Row, status: str, url: str, now: int) -> None:
    db.execute("UPDATE pip_deposits SET status = ? WHERE reference = ?", (status, row["reference"]))
    if url:
        fields = {"status": status, "externalReferenceNumber": row["reference"]}
        notices.queue(db, Notice(url=url, fields=fields, psp="jibit_pip"), now=now)


def _post(  # noqa: PLR0917 - one posting
    db: sqlite3.Connection, source: str, target: str, amount: int, now: int, merchant_id: str
) -> None:
    occasion = ledger.Occasion(at=now, memo="deposit", merchant_id=merchant_id)
    ledger.post(db, {source: -amount, target: amount}, occasion)
