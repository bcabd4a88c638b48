"""The bank's statement of the shop's account, written line by line as money comes and goes."""

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.calendar import TEHRAN, jalali
from dashboard.management.demo.rails.play import Buyer

_HEADERS: Final = (
    "تاریخ", "ساعت", "شرح", "برداشت (ریال)", "واریز (ریال)", "شماره پیگیری", "شناسه واریز",
    "شبا مبدا", "نام واریز کننده",
)  # fmt: skip
TRANSFER: Final = "انتقال پایا"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the bank's statement."""

    at: datetime
    rial: int
    text: str
    digits: str = ""
    iban: str = ""
    name: str = ""
    reference: str = ""


@dataclass(slots=True)
class Sheet:
    """The statement the bank is writing, until the shop takes it in."""

    rows: list[_Row] = field(default_factory=list)
    said: int = 4_417_000

    def add(
        self, at: datetime, rial: int, digits: str = "", *, buyer: Buyer | None = None,
        text: str = TRANSFER, iban: str = "",
    ) -> None:  # fmt: skip
        """Write a line; money that left is negative."""
        self.said += 13
        name = buyer.name if buyer else ""
        self.rows.append(_Row(at, rial, text, digits, iban, name, str(self.said)))

    def take(self) -> bytes:
        """Return the file and begin a new one."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_HEADERS)
        writer.writerows(_cells(row) for row in sorted(self.rows, key=lambda row: row.at))
        self.rows = []
        return text.getvalue().encode()


def _cells(row: _Row) -> tuple[str, ...]:
    local = row.at.astimezone(TEHRAN)
    day = jalali(local.date())
    came, left = (str(row.rial), "") if row.rial > 0 else ("", str(-row.rial))
    return (
        f"{day.year}/{day.month:02}/{day.day:02}",
        f"{local:%H:%M}",
        row.text,
        left,
        came,
        row.reference,
        row.digits,
        row.iban,
        row.name,
    )
