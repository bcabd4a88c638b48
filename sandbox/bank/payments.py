"""Payments as the bank sees them."""

import json
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sandbox import sequence

RIAL_PER_UNIT: Final = {"IRR": 1, "IRT": 10}


class State(StrEnum):
    """Where a payment stands. RETURNED: the bank gave the money back by itself."""

    IN_BANK = "IN_BANK"
    PAID = "PAID"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    REVERSED = "REVERSED"
    RETURNED = "RETURNED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A checked request for a payment. Wages are rial per IBAN."""

    merchant_id: str
    wire_amount: int
    currency: str
    callback_url: str
    description: str
    referer: str = ""
    order_id: str | None = None
    mobile: str | None = None
    allowed_card: str | None = None
    auto_verify: bool | None = None
    wages_rial: tuple[tuple[str, int], ...] = ()
    lifetime: int
    psp: str = "zarinpal"
    extra: str = "{}"

    @property
    def amount_rial(self) -> int:
        """Return the amount in rial, whatever unit it was asked in."""
        return self.wire_amount * RIAL_PER_UNIT[self.currency]


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """A payment's row. Times are virtual seconds.

    `psp` is whose dialect opened it, `extra` the JSON of what only that dialect knows.
    """

    authority: str
    merchant_id: str
    state: State
    reason: str | None
    amount_rial: int
    charged_rial: int | None
    wire_amount: int
    currency: str
    fee_rial: int
    callback_url: str
    description: str
    referer: str
    order_id: str | None
    mobile: str | None
    allowed_card: str | None
    auto_verify: int | None
    wages: str
    ref_id: int | None
    card_pan: str | None
    card_hash: str | None
    created_at: int
    expires_at: int
    paid_at: int | None
    verified_at: int | None
    ended_at: int | None
    psp: str
    extra: str

    @property
    def due_rial(self) -> int:
        """Return what was really charged, or what is to be."""
        return self.asked_rial if self.charged_rial is None else self.charged_rial

    @property
    def wage_rial(self) -> int:
        """Return what the provider keeps of it."""
        return self.payer_wage_rial or fee_rial(self.due_rial)

    @property
    def payer_wage_rial(self) -> int:
        """Return what the buyer pays on top, where the buyer bears the provider's wage."""
        return int(self.facts.get("payer_wage_rial", 0))

    @property
    def asked_rial(self) -> int:
        """Return what the card is asked for."""
        return self.amount_rial + self.payer_wage_rial

    @property
    def was_paid(self) -> bool:
        """Tell whether the card was charged, whatever became of the money afterwards."""
        return self.paid_at is not None

    @property
    def facts(self) -> dict[str, Any]:
        """Return what only the payment's own dialect knows of it."""
        return dict(json.loads(self.extra))


def fee_rial(amount_rial: int) -> int:
    """Return the made-up tariff: one in a hundred, at most 40,000 rial."""
    return min(amount_rial // 100, 40_000)


def open_payment(db: sqlite3.Connection, asked: Asked, *, now: int, authority: str = "") -> Payment:
    """Open a payment; its token is the dialect's own, or a fresh authority."""
    authority = authority or sequence.new_authority(db)
    db.execute(
        "INSERT INTO payments (authority, merchant_id, state, amount_rial, wire_amount, currency,"
        " fee_rial, callback_url, description, referer, order_id, mobile, allowed_card,"
        " auto_verify, wages, created_at, expires_at, psp, extra)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            authority,
            asked.merchant_id,
            State.IN_BANK,
            asked.amount_rial,
            asked.wire_amount,
            asked.currency,
            fee_rial(asked.amount_rial),
            asked.callback_url,
            asked.description,
            asked.referer,
            asked.order_id,
            asked.mobile,
            asked.allowed_card,
            asked.auto_verify,
            json.dumps(asked.wages_rial),
            now,
            now + asked.lifetime,
            asked.psp,
            asked.extra,
        ),
    )
    return must_find(db, authority)


def find(db: sqlite3.Connection, authority: str) -> Payment | None:
    """Return the payment of an authority, if there is one."""
    row = db.execute("SELECT * FROM payments WHERE authority = ?", (authority,)).fetchone()
    return None if row is None else from_row(row)


def must_find(db: sqlite3.Connection, authority: str) -> Payment:
    """Return a payment known to exist; raise LookupError if it does not."""
    payment = find(db, authority)
    if payment is None:
        raise LookupError(authority)
    return payment


def note_facts(db: sqlite3.Connection, payment: Payment, **facts: object) -> Payment:
    """Add to what only the payment's own dialect knows of it."""
    extra = json.dumps({**payment.facts, **facts})
    db.execute("UPDATE payments SET extra = ? WHERE authority = ?", (extra, payment.authority))
    return must_find(db, payment.authority)


def from_row(row: sqlite3.Row) -> Payment:
    """Build a payment from its row."""
    return Payment(**dict(row) | {"state": State(row["state"])})
