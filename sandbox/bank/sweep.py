"""What the bank does by itself as time passes: sessions expire, unverified money goes home.

There is no background thread: whoever looks, first lets the past happen. That keeps the sandbox
exact under its virtual clock.
"""

import sqlite3
from collections.abc import Callable
from typing import Final

from sandbox.bank import contradictions
from sandbox.bank.merchants import Merchant, Policy, merchant
from sandbox.bank.moves import expire, give_back, policy_of
from sandbox.bank.payments import Payment, State, from_row
from sandbox.journal import Happening, Subject, record

_EXPIRED: Final = "SELECT * FROM payments WHERE state = 'IN_BANK' AND expires_at <= ?"
_PAID: Final = "SELECT * FROM payments WHERE state = 'PAID' AND paid_at <= ?"

Window = Callable[[Payment], int]


def catch_up(db: sqlite3.Connection, *, now: int, window_of: Window) -> None:
    """Do everything that was due by `now`, each at its own moment."""
    for payment in _rows(db, _EXPIRED, now):
        _note(db, expire(db, payment, now=payment.expires_at), "expire")
    for payment in _rows(db, _PAID, now):
        settings = merchant(db, payment.merchant_id)
        window = settings.window_seconds or window_of(payment)
        _return_if_due(db, payment, settings, (payment.paid_at or now) + window, now)
    for payment in contradictions.catch_up(db, now):
        _note(db, payment, "contradiction")


def _return_if_due(
    db: sqlite3.Connection, payment: Payment, settings: Merchant, due_at: int, now: int
) -> None:
    if policy_of(payment, settings) is Policy.AUTO_RETURN and due_at <= now:
        returned = give_back(db, payment, state=State.RETURNED, memo="auto return", now=due_at)
        _note(db, returned, "auto_return")


def _rows(db: sqlite3.Connection, query: str, now: int) -> list[Payment]:
    return [from_row(row) for row in db.execute(query, (now,)).fetchall()]


def _note(db: sqlite3.Connection, payment: Payment, operation: str) -> None:
    subject = Subject(merchant_id=payment.merchant_id, authority=payment.authority)
    answered = {"state": payment.state, "amount_rial": payment.due_rial}
    happening = Happening(
        operation=operation, subject=subject, asked={}, answered=answered, door=payment.psp
    )
    made_good = payment.state is State.VERIFIED
    record(db, happening, at=(payment.verified_at if made_good else payment.ended_at) or 0)
