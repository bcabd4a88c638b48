"""Money on its way out of a merchant's balance: refunds and payouts, each a transfer of its own.

A transfer leaves at `leaves_at` and arrives at `arrives_at`, unless its fate says otherwise. The
money is in `transit` from the order until it arrives.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sandbox import ledger
from sandbox.faults import Meeting
from sandbox.scenario.due import fault_of

TRANSIT: Final = "transit"
_BOUNCE_SECONDS: Final = 24 * 3600


class Fate(StrEnum):
    """How a transfer will end. BOUNCE: it arrives and comes back a day later; HOLD: it waits."""

    ARRIVE = "arrive"
    FAIL = "fail"
    BOUNCE = "bounce"
    HOLD = "hold"


class TransferState(StrEnum):
    """Where a transfer stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    PAID = "PAID"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    RETURNED = "RETURNED"


# Nothing of these arrived, so the fee went home with the money.
GIVEN_BACK: Final = frozenset({TransferState.FAILED, TransferState.CANCELLED})
GONE: Final = GIVEN_BACK | {TransferState.RETURNED}
_FATES: Final = {
    "transfer_fails": Fate.FAIL,
    "transfer_bounces": Fate.BOUNCE,
    "transfer_held": Fate.HOLD,
}


class ShortOfMoneyError(Exception):
    """The merchant's balance does not cover the order and its fee."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """A checked order. `key` is the caller's own number, `destination` an account of the ledger."""

    psp: str
    merchant_id: str
    kind: str
    key: str
    destination: str
    parts_rial: tuple[int, ...]
    authority: str = ""
    fee_rial: int = 0
    leaves_after: int
    lasts: int
    notify_url: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """A transfer's row. Times are virtual seconds; `fee_rial` is this part's own."""

    id: int
    psp: str
    merchant_id: str
    kind: str
    key: str
    part: int
    authority: str
    amount_rial: int
    fee_rial: int
    destination: str
    state: TransferState
    fate: Fate
    notify_url: str
    extra: str
    created_at: int
    leaves_at: int
    arrives_at: int
    ended_at: int | None

    @property
    def kept_rial(self) -> int:
        """Return what the provider keeps for it: nothing of what never arrived."""
        return 0 if self.state in GIVEN_BACK else self.fee_rial

    @property
    def facts(self) -> dict[str, Any]:
        """Return what only the dialect knows of it."""
        return dict(json.loads(self.extra))


def split(amount_rial: int, most_rial: int) -> tuple[int, ...]:
    """Cut an amount into parts of at most so much, the rest last."""
    whole, rest = divmod(amount_rial, most_rial)
    return (most_rial,) * whole + ((rest,) if rest else ())


def order(db: sqlite3.Connection, asked: Ordered, *, now: int) -> list[Transfer]:
    """Take an order in; raise ShortOfMoneyError if the balance does not cover it.

    A fate ordered by a fault or a magic amount strikes the last part.
    """
    total = sum(asked.parts_rial) + asked.fee_rial
    if ledger.balance_rial(db, f"merchant:{asked.merchant_id}") < total:
        raise ShortOfMoneyError(asked.merchant_id)
    fate, last = _fate(db, asked), len(asked.parts_rial)
    made = [
        _insert(
            db,
            asked,
            part=(number, amount),
            fate=fate if number == last else Fate.ARRIVE,
            now=now,
        )
        for number, amount in enumerate(asked.parts_rial, start=1)
    ]
    for one in made:
        amounts = {
            f"merchant:{one.merchant_id}": -one.amount_rial - one.fee_rial,
            TRANSIT: one.amount_rial,
            ledger.FEES: one.fee_rial,
        }
        ledger.post(db, amounts, _occasion(one, f"{one.kind} ordered", now))
    return made


def cancel(db: sqlite3.Connection, transfer: Transfer, *, now: int) -> Transfer:
    """Take a transfer back that has not left; any other stays as it is."""
    if transfer.state is not TransferState.PENDING:
        return transfer
    return _give_back(db, transfer, TransferState.CANCELLED, TRANSIT, now)


def set_fate(db: sqlite3.Connection, number: int, fate: Fate) -> Transfer:
    """Change how a transfer will end; raise LookupError if there is none."""
    db.execute("UPDATE transfers SET fate = ? WHERE id = ?", (fate, number))
    return must_find(db, number)


def catch_up(db: sqlite3.Connection, *, now: int) -> None:
    """Do what was due by `now`, each at its own moment."""
    for _moved in moving(db, now=now):
        pass


def moving(db: sqlite3.Connection, *, now: int) -> Iterator[Transfer]:
    """Do what was due by `now` as the caller goes on; yield each as it moved."""
    for condition, moment, move in (
        (_LEAVING, now, _leave),
        (_ARRIVING, now, _arrive),
        (_BOUNCING, now - _BOUNCE_SECONDS, _bounce),
    ):
        for one in _due(db, condition, moment):
            yield move(db, one)


def with_key(db: sqlite3.Connection, psp: str, merchant_id: str, key: str) -> list[Transfer]:
    """Return the parts of a merchant's order, in order; [] if there is none."""
    return _select(db, "psp = ? AND merchant_id = ? AND key = ?", (psp, merchant_id, key))


def of_payment(db: sqlite3.Connection, authority: str) -> list[Transfer]:
    """Return every transfer that sends a payment's money back, oldest first."""
    return _select(db, "authority = ? AND kind = 'refund'", (authority,))


def of_merchant(db: sqlite3.Connection, psp: str, merchant_id: str, kind: str) -> list[Transfer]:
    """Return a merchant's transfers of a kind, oldest first."""
    return _select(db, "psp = ? AND merchant_id = ? AND kind = ?", (psp, merchant_id, kind))


def all_transfers(db: sqlite3.Connection) -> list[Transfer]:
    """Return every transfer, oldest first."""
    return _select(db, "1 = 1", ())


def refunded_rial(db: sqlite3.Connection, authority: str) -> int:
    """Return how much of a payment went back or is on its way."""
    return sum(one.amount_rial for one in of_payment(db, authority) if one.state not in GONE)


def card_account(db: sqlite3.Connection, authority: str) -> str:
    """Return the account of the card that paid; raise LookupError if none did."""
    row = db.execute(
        "SELECT account FROM entries WHERE authority = ? AND account LIKE 'card:%' LIMIT 1",
        (authority,),
    ).fetchone()
    if row is None:
        raise LookupError(authority)
    return str(row["account"])


def must_find(db: sqlite3.Connection, number: int) -> Transfer:
    """Return a transfer by its number; raise LookupError if there is none."""
    found = _select(db, "id = ?", (number,))
    if not found:
        raise LookupError(number)
    return found[0]


def _leave(db: sqlite3.Connection, one: Transfer) -> Transfer:
    return _move(db, one, TransferState.SENT)


def _arrive(db: sqlite3.Connection, one: Transfer) -> Transfer:
    if one.fate is Fate.FAIL:
        return _give_back(db, one, TransferState.FAILED, TRANSIT, one.arrives_at)
    amounts = {TRANSIT: -one.amount_rial, one.destination: one.amount_rial}
    ledger.post(db, amounts, _occasion(one, f"{one.kind} paid", one.arrives_at))
    return _move(db, one, TransferState.PAID, one.arrives_at)


def _bounce(db: sqlite3.Connection, one: Transfer) -> Transfer:
    at = one.arrives_at + _BOUNCE_SECONDS
    return _give_back(db, one, TransferState.RETURNED, one.destination, at)


def _give_back(
    db: sqlite3.Connection, one: Transfer, state: TransferState, source: str, now: int
) -> Transfer:
    """The money goes home; a fee stays with the provider only once the money had arrived."""
    fee = one.fee_rial if state in GIVEN_BACK else 0
    amounts = {
        source: -one.amount_rial,
        ledger.FEES: -fee,
        f"merchant:{one.merchant_id}": one.amount_rial + fee,
    }
    ledger.post(db, amounts, _occasion(one, f"{one.kind} {state.lower()}", now))
    return _move(db, one, state, now)


def _move(
    db: sqlite3.Connection, one: Transfer, state: TransferState, ended_at: int | None = None
) -> Transfer:
    db.execute(
        "UPDATE transfers SET state = ?, ended_at = ? WHERE id = ?", (state, ended_at, one.id)
    )
    return must_find(db, one.id)


def _insert(
    db: sqlite3.Connection, asked: Ordered, *, part: tuple[int, int], fate: Fate, now: int
) -> Transfer:
    number, amount = part
    leaves_at = now + asked.leaves_after
    cursor = db.execute(
        "INSERT INTO transfers (psp, merchant_id, kind, key, part, authority, amount_rial,"
        " fee_rial, destination, state, fate, notify_url, extra, created_at, leaves_at,"
        " arrives_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            asked.psp,
            asked.merchant_id,
            asked.kind,
            asked.key,
            number,
            asked.authority,
            amount,
            asked.fee_rial if number == 1 else 0,
            asked.destination,
            TransferState.PENDING,
            fate,
            asked.notify_url,
            json.dumps(asked.facts, ensure_ascii=False),
            now,
            leaves_at,
            leaves_at + asked.lasts,
        ),
    )
    return must_find(db, int(cursor.lastrowid or 0))


def _fate(db: sqlite3.Connection, asked: Ordered) -> Fate:
    met = Meeting(
        names=("transfer",),
        door=asked.psp,
        merchant_id=asked.merchant_id,
        authority=asked.authority or None,
        amount_rial=sum(asked.parts_rial),
        subject=asked.key,
    )
    fault = fault_of(db, met)
    return Fate.ARRIVE if fault is None else _FATES.get(fault.name, Fate.ARRIVE)


def _occasion(one: Transfer, memo: str, now: int) -> ledger.Occasion:
    """Transfers post without the payment's authority: undoing a payment never undoes them."""
    return ledger.Occasion(at=now, memo=memo, merchant_id=one.merchant_id)


def _due(db: sqlite3.Connection, condition: str, moment: int) -> list[Transfer]:
    return _select(db, condition, (moment,))


def _select(db: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> list[Transfer]:
    rows = db.execute(
        f"SELECT * FROM transfers WHERE {condition} ORDER BY id",  # noqa: S608 - fixed texts
        values,
    ).fetchall()
    return [_from_row(row) for row in rows]


def _from_row(row: sqlite3.Row) -> Transfer:
    told = dict(row)
    return Transfer(**told | {"state": TransferState(told["state"]), "fate": Fate(told["fate"])})


_LEAVING: Final = "state = 'PENDING' AND fate <> 'hold' AND leaves_at <= ?"
_ARRIVING: Final = "state = 'SENT' AND arrives_at <= ?"
_BOUNCING: Final = "state = 'PAID' AND fate = 'bounce' AND arrives_at <= ?"
