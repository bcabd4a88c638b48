"""Messages: taken in, kept, and asked about."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox.magic import magic_number
from sandbox.sequence import next_message_id
from sandbox.sms.fates import FATES, STATUS_TEXTS, USUAL, status_at

PRICE_RIAL: Final = 1_850
_OPENING_CREDIT_RIAL: Final = 1_000_000_000
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
_GSM_LENGTHS: Final = (160, 153)
_UNICODE_LENGTHS: Final = (70, 67)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message to one receptor. Times are virtual seconds."""

    message_id: int
    api_key: str
    sender: str
    receptor: str
    body: str
    local_id: str | None
    cost_rial: int
    parts: int
    fate: int
    sent_at: int
    due_at: int

    def status(self, now: int) -> int:
        """Return the dialect's status number at `now`."""
        fate = FATES.get(self.fate, USUAL)
        return status_at(fate, sent_at=self.sent_at, due_at=self.due_at, now=now)

    def status_text(self, now: int) -> str:
        """Return the status in Persian."""
        return STATUS_TEXTS[self.status(now)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A checked request to send one text to one receptor."""

    api_key: str
    sender: str
    receptor: str
    body: str
    local_id: str | None
    due_at: int

    @property
    def cost_rial(self) -> int:
        """Return the made-up price."""
        return parts(self.body) * PRICE_RIAL


def parts(body: str) -> int:
    """Return how many SMS parts a text takes: 160/153 Latin, 70/67 Unicode."""
    single, joined = _GSM_LENGTHS if set(body) <= _GSM else _UNICODE_LENGTHS
    return 1 if len(body) <= single else -(-len(body) // joined)


def credit_rial(db: sqlite3.Connection, api_key: str) -> int:
    """Return what is left of an account's credit."""
    row = db.execute(
        "SELECT COALESCE(SUM(cost_rial), 0) AS spent FROM messages WHERE api_key = ?", (api_key,)
    ).fetchone()
    return _OPENING_CREDIT_RIAL - int(row["spent"])


def accept(db: sqlite3.Connection, letter: Letter, *, now: int) -> Message:
    """Take a message in; it travels on as the clock goes."""
    message = Message(
        message_id=next_message_id(db),
        api_key=letter.api_key,
        sender=letter.sender,
        receptor=letter.receptor,
        body=letter.body,
        local_id=letter.local_id,
        cost_rial=letter.cost_rial,
        parts=parts(letter.body),
        fate=magic_number(letter.receptor),
        sent_at=now,
        due_at=letter.due_at,
    )
    db.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.message_id,
            message.api_key,
            message.sender,
            message.receptor,
            message.body,
            message.local_id,
            message.cost_rial,
            message.parts,
            message.fate,
            message.sent_at,
            message.due_at,
        ),
    )
    return message


def by_id(db: sqlite3.Connection, api_key: str, message_id: int) -> Message | None:
    """Return one of an account's messages."""
    row = db.execute(
        "SELECT * FROM messages WHERE api_key = ? AND message_id = ?", (api_key, message_id)
    ).fetchone()
    return None if row is None else Message(**dict(row))


def by_local_id(db: sqlite3.Connection, api_key: str, local_id: str) -> Message | None:
    """Return the newest of an account's messages with this id of the sender's own."""
    row = db.execute(
        "SELECT * FROM messages WHERE api_key = ? AND local_id = ?"
        " ORDER BY message_id DESC LIMIT 1",
        (api_key, local_id),
    ).fetchone()
    return None if row is None else Message(**dict(row))


def newest(
    db: sqlite3.Connection, *, receptor: str | None = None, since: int = 0, limit: int = 200
) -> list[Message]:
    """Return messages, newest first, optionally of one receptor or after a message id."""
    rows = db.execute(
        "SELECT * FROM messages WHERE (? IS NULL OR receptor = ?) AND message_id > ?"
        " ORDER BY message_id DESC LIMIT ?",
        (receptor, receptor, since, limit),
    ).fetchall()
    return [Message(**dict(row)) for row in rows]
