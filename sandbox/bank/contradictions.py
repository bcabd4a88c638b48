"""A bank that changes its word: a success taken back, a failure made good by hand, hours later."""

import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from sandbox.bank import moves, transfers
from sandbox.bank.cards import card_called
from sandbox.bank.payments import Payment, State, must_find, note_facts

USUAL_SECONDS: Final = 3600
_MANUALLY: Final = "MANUALLY_SUCCESS"


class Word(StrEnum):
    """What the bank will say instead."""

    REVERSED = "reversed"
    PAID = "paid"


def plan(
    db: sqlite3.Connection, authority: str, what: Word, *, due_at: int, card: str = "success"
) -> None:
    """Let a payment's bank change its word at a moment; a failure is made good with `card`."""
    db.execute(
        "INSERT INTO contradictions (authority, what, card, due_at) VALUES (?, ?, ?, ?)",
        (authority, what, card, due_at),
    )


def catch_up(db: sqlite3.Connection, now: int) -> Iterator[Payment]:
    """Change what was due by `now`; yield each payment as it changed.

    What is no longer a success cannot be taken back, nor what was paid otherwise made good.
    """
    rows = db.execute(
        "SELECT * FROM contradictions WHERE done_at IS NULL AND due_at <= ? ORDER BY due_at, id",
        (now,),
    ).fetchall()
    db.execute(
        "UPDATE contradictions SET done_at = due_at WHERE done_at IS NULL AND due_at <= ?", (now,)
    )
    for row in rows:
        payment = _change(db, row)
        if payment is not None:
            yield payment


def _change(db: sqlite3.Connection, row: sqlite3.Row) -> Payment | None:
    payment = must_find(db, row["authority"])
    if row["what"] == Word.REVERSED:
        return _take_back(db, payment, row["due_at"])
    return _make_good(db, payment, row)


def _take_back(db: sqlite3.Connection, payment: Payment, at: int) -> Payment | None:
    if payment.state is not State.VERIFIED or transfers.of_payment(db, payment.authority):
        return None
    back = moves.give_back(db, payment, state=State.REVERSED, memo="contradiction", now=at)
    return note_facts(db, back, contradiction=True)


def _make_good(db: sqlite3.Connection, payment: Payment, row: sqlite3.Row) -> Payment | None:
    card = card_called(row["card"])
    if payment.state is not State.FAILED or card is None:
        return None
    good = moves.make_good(db, payment, card, now=row["due_at"])
    return note_facts(db, good, contradiction=True, state=_MANUALLY)
