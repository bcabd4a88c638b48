"""The sandbox's memory: one SQLite file in WAL mode, one short transaction per unit of work."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from weakref import finalize

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS merchants (
    merchant_id TEXT PRIMARY KEY COLLATE NOCASE, policy TEXT, window_seconds INTEGER,
    verify_unit TEXT, refusal INTEGER, callback_domain TEXT,
    reverse_allowed INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS payments (
    authority TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
    amount_rial INTEGER NOT NULL, charged_rial INTEGER, wire_amount INTEGER NOT NULL,
    currency TEXT NOT NULL, fee_rial INTEGER NOT NULL, callback_url TEXT NOT NULL,
    description TEXT NOT NULL, referer TEXT NOT NULL, order_id TEXT, mobile TEXT,
    allowed_card TEXT, auto_verify INTEGER, wages TEXT NOT NULL, ref_id INTEGER, card_pan TEXT,
    card_hash TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    paid_at INTEGER, verified_at INTEGER, ended_at INTEGER,
    psp TEXT NOT NULL DEFAULT 'zarinpal', extra TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS payments_by_state ON payments (state, paid_at);
CREATE INDEX IF NOT EXISTS payments_by_merchant ON payments (merchant_id, state);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, txn INTEGER NOT NULL, at INTEGER NOT NULL, account TEXT NOT NULL,
    amount_rial INTEGER NOT NULL, authority TEXT, merchant_id TEXT, memo TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_txn ON entries (txn);
CREATE INDEX IF NOT EXISTS entries_by_account ON entries (account, amount_rial);
CREATE INDEX IF NOT EXISTS entries_by_authority ON entries (authority, account, amount_rial);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, wall_at TEXT NOT NULL, operation TEXT NOT NULL,
    merchant_id TEXT, authority TEXT, fault TEXT, asked TEXT NOT NULL, answered TEXT NOT NULL,
    status INTEGER
);
CREATE INDEX IF NOT EXISTS events_by_authority ON events (authority, id);
CREATE INDEX IF NOT EXISTS events_by_merchant ON events (merchant_id, id);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, operation TEXT NOT NULL, fault TEXT NOT NULL, merchant_id TEXT,
    authority TEXT, remaining INTEGER NOT NULL, seconds REAL, code INTEGER,
    percent INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS scripts (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, merchants TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS steps (
    id INTEGER PRIMARY KEY, script INTEGER NOT NULL, operation TEXT NOT NULL, fault TEXT,
    seconds REAL, code INTEGER, remaining INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS chances (
    id INTEGER PRIMARY KEY, door TEXT NOT NULL, operation TEXT NOT NULL, merchant_id TEXT,
    fault TEXT NOT NULL, seconds REAL, code INTEGER, weight INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS contradictions (
    id INTEGER PRIMARY KEY, authority TEXT NOT NULL, what TEXT NOT NULL, card TEXT NOT NULL,
    due_at INTEGER NOT NULL, done_at INTEGER
);
CREATE TABLE IF NOT EXISTS spells (
    subject TEXT NOT NULL, operation TEXT NOT NULL, uses INTEGER NOT NULL,
    PRIMARY KEY (subject, operation)
);
CREATE TABLE IF NOT EXISTS messages (
    message_id INTEGER PRIMARY KEY, api_key TEXT NOT NULL, sender TEXT NOT NULL,
    receptor TEXT NOT NULL, body TEXT NOT NULL, local_id TEXT, cost_rial INTEGER NOT NULL,
    parts INTEGER NOT NULL, fate INTEGER NOT NULL, sent_at INTEGER NOT NULL, due_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_by_local_id ON messages (api_key, local_id);
CREATE TABLE IF NOT EXISTS transfers (
    id INTEGER PRIMARY KEY, psp TEXT NOT NULL, merchant_id TEXT NOT NULL, kind TEXT NOT NULL,
    key TEXT NOT NULL, part INTEGER NOT NULL, authority TEXT NOT NULL,
    amount_rial INTEGER NOT NULL, fee_rial INTEGER NOT NULL, destination TEXT NOT NULL,
    state TEXT NOT NULL, fate TEXT NOT NULL, notify_url TEXT NOT NULL, extra TEXT NOT NULL,
    created_at INTEGER NOT NULL, leaves_at INTEGER NOT NULL, arrives_at INTEGER NOT NULL,
    ended_at INTEGER
);
CREATE INDEX IF NOT EXISTS transfers_by_state ON transfers (state, arrives_at);
CREATE INDEX IF NOT EXISTS transfers_by_key ON transfers (psp, merchant_id, key);
CREATE INDEX IF NOT EXISTS transfers_by_payment ON transfers (authority);
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, url TEXT NOT NULL, fields TEXT NOT NULL,
    form INTEGER NOT NULL, psp TEXT NOT NULL, authority TEXT NOT NULL, tried_at INTEGER,
    status INTEGER
);
CREATE TABLE IF NOT EXISTS dd_accounts (
    mobile TEXT PRIMARY KEY, pay_day INTEGER, pay_rial INTEGER NOT NULL DEFAULT 0,
    paid_until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS dd_mandates (
    id INTEGER PRIMARY KEY, psp TEXT NOT NULL, merchant TEXT NOT NULL, token TEXT NOT NULL UNIQUE,
    mobile TEXT NOT NULL, bank TEXT NOT NULL, state TEXT NOT NULL, secret TEXT UNIQUE,
    callback_url TEXT NOT NULL, max_rial INTEGER NOT NULL, day_count INTEGER,
    month_count INTEGER NOT NULL, expires_at INTEGER NOT NULL, made_at INTEGER NOT NULL,
    signed_at INTEGER);
CREATE TABLE IF NOT EXISTS dd_debits (
    id INTEGER PRIMARY KEY, psp TEXT NOT NULL, mandate INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,
    amount_rial INTEGER NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0, most_tries INTEGER NOT NULL, notify_url TEXT NOT NULL,
    made_at INTEGER NOT NULL, next_at INTEGER, done_at INTEGER);
CREATE TABLE IF NOT EXISTS pip_ids (
    pay_id TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, reference TEXT NOT NULL,
    name TEXT NOT NULL, mobile TEXT NOT NULL, ibans TEXT NOT NULL, callback_url TEXT NOT NULL,
    status TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (merchant_id, reference)
);
CREATE TABLE IF NOT EXISTS pip_deposits (
    reference TEXT PRIMARY KEY, pay_id TEXT NOT NULL, merchant_id TEXT NOT NULL,
    amount_rial INTEGER NOT NULL, source_iban TEXT NOT NULL, rail TEXT NOT NULL,
    bank_reference TEXT NOT NULL, status TEXT NOT NULL, sent_at INTEGER NOT NULL,
    arrives_at INTEGER NOT NULL, ends_at INTEGER NOT NULL
);
"""
# Columns that came after a state file may have been made.
_ADDED: Final = (
    ("dd_mandates", "national_code", "TEXT NOT NULL DEFAULT ''"),
    ("events", "door", "TEXT NOT NULL DEFAULT ''"),
    ("events", "entries_after", "INTEGER NOT NULL DEFAULT 0"),
    ("events", "entries_until", "INTEGER NOT NULL DEFAULT 0"),
)
_BUSY_SECONDS: Final = 30.0


class Store:
    """Opens short transactions on the state file; safe to share between threads.

    One connection stays open and idle: whoever closes the last one waits for the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        idle = self._connect()
        finalize(self, idle.close)
        idle.execute("PRAGMA journal_mode = WAL")
        idle.executescript(_SCHEMA)
        for table, column, kind in _ADDED:
            known = idle.execute(f"PRAGMA table_info({table})").fetchall()
            if column not in {row["name"] for row in known}:
                idle.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    @contextmanager
    def work(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that commits at the end, or leaves no trace if the block raises.

        The write lock is taken at once, so units of work run one after another.
        """
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        return db


def fact(db: sqlite3.Connection, name: str) -> str | None:
    """Return a remembered value, if there is one."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def remember(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a value under a name, replacing the one before."""
    db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))


def forget_everything(db: sqlite3.Connection) -> None:
    """Empty every table, the clock and the seed included."""
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for table in tables:
        if not table["name"].startswith("sqlite_"):
            db.execute(f"DELETE FROM {table['name']}")  # noqa: S608 - our own tables
