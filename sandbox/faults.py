"""Everything that can go wrong on the wire, by name, and the queue of what was ordered.

A fault is ordered over /control/faults, stands in a scenario (`scenario/`) or is called by a magic
amount or receptor. `executes` tells whether the bank's truth changes although the caller can't see
it.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox.sequence import draw


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A fault's name, whether the operation is carried out, and what a person should know.

    `place` is what it can happen to: a call on the "wire", the buyer's "pay" or a "transfer".
    """

    name: str
    executes: bool
    meaning: str
    place: str = "wire"


_CARRIED_OUT: Final = {
    "timeout_done": "انجام می‌شود، ولی اتصال بی‌پاسخ قطع می‌شود",
    "html_500_done": "انجام می‌شود، ولی صفحهٔ خطای ۵۰۰ می‌آید",
    "bad_json": "انجام می‌شود، ولی پاسخ ناقص و نخواندنی است",
    "late_answer": "انجام می‌شود و پاسخ درست است، ولی دیر می‌رسد",
    "slow_body": "پاسخ درست است، ولی تکه‌تکه و کند می‌رسد",
    "data_list": "data به‌جای شیء، فهرست است",
    "int_as_string": "عددها در پاسخ رشته‌اند",
    "persian_digits": "عددها در پاسخ رشته‌ای با رقم فارسی‌اند",
    "missing_field": "شمارهٔ پیگیری در پاسخ نیست",
    "wrong_content_type": "JSON درست با نوع محتوای text/html",
    "fresh_twice": "هر تأیید دوباره هم «تازه» (۱۰۰) پاسخ می‌گیرد",
    "success_reversed": "تأیید درست است، ولی یک ساعت بعد بانک پول را پس می‌گیرد",
}
_WHEN_PAYING: Final = {
    "amount_tenfold": "بانک ده برابر مبلغ برداشت می‌کند؛ تأیید پذیرفته نمی‌شود",
    "amount_part": "بانک فقط نصف مبلغ را برداشت می‌کند؛ تأیید پذیرفته نمی‌شود",
    "callback_lost": "پول برداشت می‌شود، ولی خریدار به فروشگاه برنمی‌گردد",
    "money_returned": "پول برداشت و همان‌جا پس داده می‌شود؛ بازگشت موفق می‌نماید",
    "pay_declined": "بانک پرداخت را نمی‌پذیرد",
    "failed_made_good": "ناموفق اعلام می‌شود، ولی یک ساعت بعد بانک آن را دستی موفق می‌کند",
}
_ON_THE_WAY: Final = {
    "transfer_fails": "بخش آخر انتقال نمی‌رسد و پولش به کیف فروشگاه برمی‌گردد",
    "transfer_bounces": "بخش آخر انتقال می‌رسد و یک روز بعد برمی‌گردد",
    "transfer_held": "بخش آخر انتقال راه نمی‌افتد تا لغو شود",
}
_NOT_CARRIED_OUT: Final = {
    "timeout_not_done": "پیش از انجام، اتصال بی‌پاسخ قطع می‌شود",
    "html_500": "انجام نمی‌شود و صفحهٔ خطای ۵۰۰ می‌آید",
    "error": "کد خطای سفارشی درگاه، بدون انجام",
    "error_200": "بدنهٔ خطا با وضعیت ۲۰۰، بدون انجام",
    "http_429": "زیاده‌روی در درخواست: وضعیت ۴۲۹",
}
KINDS: Final = {
    name: Kind(name=name, executes=executes, meaning=meaning, place=place)
    for place, executes, meanings in (
        ("wire", True, _CARRIED_OUT),
        ("wire", False, _NOT_CARRIED_OUT),
        ("pay", True, _WHEN_PAYING),
        ("transfer", True, _ON_THE_WAY),
    )
    for name, meaning in meanings.items()
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One fault to act out now; `code` is for `error*`, `seconds` overrides the usual wait.

    The wait of a contradiction (`success_reversed`, `failed_made_good`) is virtual.
    """

    name: str
    seconds: float | None = None
    code: int | None = None

    @property
    def executes(self) -> bool:
        """Tell whether the operation is carried out all the same."""
        return KINDS[self.name].executes


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A call, as far as it decides which fault it meets.

    `names` are the dialect's own word and the kind it is of; `door` is whose product it came to,
    `subject` what a magic amount counts its uses by.
    """

    names: tuple[str, ...]
    door: str = ""
    merchant_id: str | None = None
    authority: str | None = None
    amount_rial: int | None = None
    subject: str = ""

    def is_called(self, operation: str) -> bool:
        """Tell whether an order for this operation means this call."""
        return operation == "*" or operation in self.names

    def suits(self, fault: "Fault | None") -> bool:
        """Tell whether a fault can happen here at all; none can anywhere."""
        return fault is None or KINDS[fault.name].place == place_of(self.names)


def place_of(names: tuple[str, ...]) -> str:
    """Return which faults a call of these names can meet."""
    return names[0] if names[0] in {"pay", "transfer"} else "wire"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A fault to come: for one operation ("*" for all), optionally one merchant or authority.

    It happens `times` times, each with a chance of `percent` in a hundred.
    """

    operation: str
    fault: Fault
    merchant_id: str | None = None
    authority: str | None = None
    times: int = 1
    percent: int = 100


def enqueue(db: sqlite3.Connection, order: Order) -> int:
    """Add an order to the queue; return its number."""
    cursor = db.execute(
        "INSERT INTO faults (operation, fault, merchant_id, authority, remaining, seconds, code,"
        " percent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.operation,
            order.fault.name,
            order.merchant_id,
            order.authority,
            order.times,
            order.fault.seconds,
            order.fault.code,
            order.percent,
        ),
    )
    return int(cursor.lastrowid or 0)


def take(db: sqlite3.Connection, met: Meeting) -> Fault | None:
    """Take the oldest ordered fault that fits this call, if its chance comes up."""
    rows = db.execute(
        "SELECT * FROM faults WHERE remaining > 0 AND (merchant_id IS NULL OR merchant_id = ?)"
        " AND (authority IS NULL OR authority = ?) ORDER BY id",
        (met.merchant_id, met.authority),
    ).fetchall()
    for row in rows:
        fault = Fault(name=row["fault"], seconds=row["seconds"], code=row["code"])
        if met.is_called(row["operation"]) and met.suits(fault):
            return _struck(db, row, fault)
    return None


def _struck(db: sqlite3.Connection, row: sqlite3.Row, fault: Fault) -> Fault | None:
    if draw(db, "chance") % 100 >= row["percent"]:
        return None
    db.execute("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    return fault


def waiting(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Return the orders still to come, oldest first."""
    rows = db.execute("SELECT * FROM faults WHERE remaining > 0 ORDER BY id").fetchall()
    return [dict(row) for row in rows]


def forget(db: sqlite3.Connection) -> None:
    """Drop every order still to come."""
    db.execute("DELETE FROM faults")
