"""The bank's side of direct debit: accounts by mobile, mandates, withdrawals, and their time.

An account opens with a hundred million rial when its owner first signs; pay days fill it. As
everywhere in the sandbox nothing runs by itself: whoever looks first lets the past happen.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jdatetime

from sandbox import ledger, people
from sandbox.clock import TEHRAN
from sandbox.journal import Happening, Subject, record

OPENING_RIAL: Final = 100_000_000
_DAY: Final = 24 * 3600
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMandate:
    """A mandate to be signed."""

    psp: str
    merchant: str
    token: str
    mobile: str
    bank: str
    callback_url: str
    max_rial: int
    month_count: int
    expires_at: int
    day_count: int | None = None
    national_code: str = ""


def account(mobile: str) -> str:
    """Return the ledger's name of an account."""
    return f"account:{mobile}"


def open_account(db: sqlite3.Connection, mobile: str, now: int) -> None:
    """Give a customer an account, once."""
    fresh = db.execute(
        "INSERT OR IGNORE INTO dd_accounts (mobile, paid_until) VALUES (?, ?)", (mobile, now)
    )
    if fresh.rowcount:
        _deposit(db, mobile, OPENING_RIAL, "opening balance", now)


def set_balance(db: sqlite3.Connection, mobile: str, rial: int, now: int) -> None:
    """Make an account hold exactly so much."""
    open_account(db, mobile, now)
    change = rial - ledger.balance_rial(db, account(mobile))
    if change:
        _deposit(db, mobile, change, "set by hand", now)


def set_pay_day(db: sqlite3.Connection, mobile: str, day: int, rial: int, now: int) -> None:
    """Let money come on a day of every Jalali month."""
    open_account(db, mobile, now)
    db.execute(
        "UPDATE dd_accounts SET pay_day = ?, pay_rial = ?, paid_until = ? WHERE mobile = ?",
        (day, rial, now, mobile),
    )


def ask_mandate(db: sqlite3.Connection, new: NewMandate, now: int) -> Row:
    """Take a mandate in, to be signed."""
    db.execute(
        "INSERT INTO dd_mandates (psp, merchant, token, mobile, bank, state, callback_url,"
        " max_rial, day_count, month_count, expires_at, made_at, national_code)"
        " VALUES (?, ?, ?, ?, ?, 'NEW', ?, ?, ?, ?, ?, ?, ?)",
        (
            new.psp,
            new.merchant,
            new.token,
            new.mobile,
            new.bank,
            new.callback_url,
            new.max_rial,
            new.day_count,
            new.month_count,
            new.expires_at,
            now,
            new.national_code,
        ),
    )
    return must_find(db, new.token)


def must_find(db: sqlite3.Connection, token: str) -> Row:
    """Return a mandate by its token; raise LookupError if there is none."""
    found = mandate_by(db, "token", token)
    if found is None:
        raise LookupError(token)
    return found


def mandate_by(db: sqlite3.Connection, column: str, value: object) -> Row | None:
    """Return a mandate by a column of its own, or None."""
    row = db.execute(f"SELECT * FROM dd_mandates WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
    return None if row is None else dict(row)


def set_mandate(db: sqlite3.Connection, mandate_id: int, **changes: object) -> None:
    """Change columns of a mandate."""
    for column, value in changes.items():
        db.execute(f"UPDATE dd_mandates SET {column} = ? WHERE id = ?", (value, mandate_id))  # noqa: S608


def is_one_person(mandate: Row) -> bool:
    """Tell whether the bank finds the mandate's mobile and national code to be of one person.

    Only the made-up people are known to it; of strangers it believes what they say.
    """
    by_code = people.by_national_code(mandate["national_code"])
    by_mobile = next((one for one in people.PEOPLE if one.mobile == mandate["mobile"]), None)
    return not mandate["national_code"] or by_code is by_mobile


def sign(db: sqlite3.Connection, mandate: Row, now: int) -> None:
    """Note that the customer signed at the bank, which refuses what belongs to two people."""
    if not is_one_person(mandate):
        set_mandate(db, mandate["id"], state="REFUSED")
        return
    open_account(db, mandate["mobile"], now)
    set_mandate(db, mandate["id"], state="SIGNED", signed_at=now)


def debit_by(db: sqlite3.Connection, column: str, value: object) -> Row | None:
    """Return a debit by a column of its own, or None."""
    row = db.execute(f"SELECT * FROM dd_debits WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
    return None if row is None else dict(row)


def debits(db: sqlite3.Connection) -> list[Row]:
    """Return every debit, oldest first."""
    return [dict(row) for row in db.execute("SELECT * FROM dd_debits ORDER BY id").fetchall()]


def mandates(db: sqlite3.Connection) -> list[Row]:
    """Return every mandate, oldest first."""
    return [dict(row) for row in db.execute("SELECT * FROM dd_mandates ORDER BY id").fetchall()]


def order(
    db: sqlite3.Connection, mandate: Row, *, key: str, rial: int, most: int, notify: str, now: int
) -> Row:
    """Take a debit in, to be tried at once."""
    db.execute(
        "INSERT INTO dd_debits (psp, mandate, key, amount_rial, state, most_tries, notify_url,"
        " made_at, next_at) VALUES (?, ?, ?, ?, 'PENDING', ?, ?, ?, ?)",
        (mandate["psp"], mandate["id"], key, rial, most, notify, now, now),
    )
    found = debit_by(db, "key", key)
    if found is None:
        raise LookupError(key)
    return found


def done_in_month(db: sqlite3.Connection, mandate_id: int, now: int) -> int:
    """Count the debits of this Jalali month that took money."""
    return _done_since(db, mandate_id, _month_start(now))


def done_in_day(db: sqlite3.Connection, mandate_id: int, now: int) -> int:
    """Count the debits of this day of Tehran that took money."""
    return _done_since(db, mandate_id, _day_start(now))


def try_debit(db: sqlite3.Connection, debit: Row, now: int) -> Row:
    """Try to take the money once; whether it is tried again is the order's `most_tries`."""
    mandate = mandate_by(db, "id", debit["mandate"]) or {}
    error = _obstacle(db, mandate, debit["amount_rial"], now)
    tries = debit["tries"] + 1
    if not error:
        _move(db, mandate, debit["amount_rial"], "debit", now)
        _set_debit(db, debit["id"], state="DONE", error="", tries=tries, next_at=None, done_at=now)
    elif tries >= debit["most_tries"] or error == "03":
        _set_debit(db, debit["id"], state="FAILED", error=error, tries=tries, next_at=None)
    else:
        _set_debit(db, debit["id"], state="INIT", error=error, tries=tries, next_at=now + _DAY)
    return debit_by(db, "id", debit["id"]) or debit


def cancel(db: sqlite3.Connection, debit: Row) -> None:
    """Take a debit back that has not happened."""
    _set_debit(db, debit["id"], state="CANCELED", next_at=None)


def give_back(db: sqlite3.Connection, debit: Row, now: int) -> None:
    """Send the money of a debit that was done back to its account."""
    mandate = mandate_by(db, "id", debit["mandate"]) or {}
    _move(db, mandate, -debit["amount_rial"], "debit refund", now)
    _set_debit(db, debit["id"], state="REFUND", next_at=None)


def catch_up(db: sqlite3.Connection, now: int) -> list[Row]:
    """Do what was due by `now`: pay days first, then tries; return the debits that moved."""
    _pay_days(db, now)
    moved: list[Row] = []
    while True:
        row = db.execute(
            "SELECT * FROM dd_debits WHERE next_at <= ? ORDER BY next_at, id LIMIT 1", (now,)
        ).fetchone()
        if row is None:
            return moved
        tried = try_debit(db, dict(row), row["next_at"])
        _note(db, tried, row["next_at"])
        moved.append(tried)


def _note(db: sqlite3.Connection, tried: Row, at: int) -> None:
    mandate = mandate_by(db, "id", tried["mandate"]) or {}
    happening = Happening(
        operation="debit",
        subject=Subject(merchant_id=mandate.get("merchant"), authority=tried["key"]),
        asked={"amount_rial": tried["amount_rial"]},
        answered={"state": tried["state"], "error": tried["error"]},
        door=tried["psp"],
    )
    record(db, happening, at=at)


def _obstacle(db: sqlite3.Connection, mandate: Row, rial: int, now: int) -> str:
    if mandate.get("state") != "ACTIVE" or now >= mandate["expires_at"]:
        return "03"
    if _is_used_up(db, mandate, rial, now):
        return "04"
    return "01" if ledger.balance_rial(db, account(mandate["mobile"])) < rial else ""


def _is_used_up(db: sqlite3.Connection, mandate: Row, rial: int, now: int) -> bool:
    a_day = mandate["day_count"]
    return (
        rial > mandate["max_rial"]
        or done_in_month(db, mandate["id"], now) >= mandate["month_count"]
        or (a_day is not None and done_in_day(db, mandate["id"], now) >= a_day)
    )


def _move(db: sqlite3.Connection, mandate: Row, rial: int, memo: str, now: int) -> None:
    amounts = {account(mandate["mobile"]): -rial, f"merchant:{mandate['merchant']}": rial}
    occasion = ledger.Occasion(at=now, memo=memo, merchant_id=mandate["merchant"])
    ledger.post(db, amounts, occasion)


def _deposit(db: sqlite3.Connection, mobile: str, rial: int, memo: str, now: int) -> None:
    amounts = {ledger.WORLD: -rial, account(mobile): rial}
    ledger.post(db, amounts, ledger.Occasion(at=now, memo=memo))


def _pay_days(db: sqlite3.Connection, now: int) -> None:
    rows = db.execute("SELECT * FROM dd_accounts WHERE pay_day IS NOT NULL").fetchall()
    for row in rows:
        for moment in range(_day_start(row["paid_until"]) + _DAY, now + 1, _DAY):
            if _jalali(moment).day == row["pay_day"]:
                _deposit(db, row["mobile"], row["pay_rial"], "pay day", moment)
                paid = {"mobile": row["mobile"], "amount_rial": row["pay_rial"]}
                happening = Happening(
                    operation="pay-day", subject=Subject(), asked=paid, answered={}
                )
                record(db, happening, at=moment)
        db.execute(
            "UPDATE dd_accounts SET paid_until = ? WHERE mobile = ?",
            (max(now, row["paid_until"]), row["mobile"]),
        )


def _set_debit(db: sqlite3.Connection, debit_id: int, **changes: object) -> None:
    for column, value in changes.items():
        db.execute(f"UPDATE dd_debits SET {column} = ? WHERE id = ?", (value, debit_id))  # noqa: S608


def _done_since(db: sqlite3.Connection, mandate_id: int, moment: int) -> int:
    row = db.execute(
        "SELECT COUNT(*) AS n FROM dd_debits WHERE mandate = ? AND done_at >= ?",
        (mandate_id, moment),
    ).fetchone()
    return int(row["n"])


def _jalali(moment: int) -> jdatetime.date:
    return jdatetime.date.fromgregorian(date=datetime.fromtimestamp(moment, tz=TEHRAN).date())


def _day_start(moment: int) -> int:
    local = datetime.fromtimestamp(moment, tz=TEHRAN)
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def _month_start(moment: int) -> int:
    return _day_start(moment) - (int(_jalali(moment).day) - 1) * _DAY
