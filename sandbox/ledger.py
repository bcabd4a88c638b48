"""The bank's truth: every account to the rial, in double entries that sum to zero.

Accounts: `world` (where opening balances come from), `card:…`, `pool` (paid, not yet confirmed),
`merchant:…`, `iban:…` (shares of a split payment, payouts), `transit` (left a merchant's balance
and not there yet) and `fees`.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

WORLD = "world"
POOL = "pool"
FEES = "fees"


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What a posting belongs to: the moment, and the payment if there is one."""

    at: int
    memo: str
    authority: str | None = None
    merchant_id: str | None = None


class UnbalancedError(ValueError):
    """The amounts of a posting do not sum to zero."""


def post(db: sqlite3.Connection, amounts_rial: Mapping[str, int], occasion: Occasion) -> None:
    """Write one transaction: signed rial per account. Zero amounts are left out."""
    if sum(amounts_rial.values()) != 0:
        raise UnbalancedError(dict(amounts_rial))
    row = db.execute("SELECT COALESCE(MAX(txn), 0) + 1 AS txn FROM entries").fetchone()
    db.executemany(
        "INSERT INTO entries (txn, at, account, amount_rial, authority, merchant_id, memo)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row["txn"],
                occasion.at,
                account,
                amount,
                occasion.authority,
                occasion.merchant_id,
                occasion.memo,
            )
            for account, amount in amounts_rial.items()
            if amount
        ],
    )


def undo(db: sqlite3.Connection, occasion: Occasion) -> None:
    """Give back everything a payment moved, to the accounts it came from."""
    rows = db.execute(
        "SELECT account, SUM(amount_rial) AS moved FROM entries WHERE authority = ?"
        " GROUP BY account",
        (occasion.authority,),
    )
    post(db, {row["account"]: -row["moved"] for row in rows}, occasion)


def balance_rial(db: sqlite3.Connection, account: str) -> int:
    """Return what an account holds."""
    row = db.execute(
        "SELECT COALESCE(SUM(amount_rial), 0) AS balance FROM entries WHERE account = ?",
        (account,),
    ).fetchone()
    return int(row["balance"])


def balances_rial(db: sqlite3.Connection) -> dict[str, int]:
    """Return every account that ever moved, and what it holds."""
    rows = db.execute(
        "SELECT account, SUM(amount_rial) AS balance FROM entries GROUP BY account ORDER BY account"
    )
    return {row["account"]: int(row["balance"]) for row in rows}
