"""A shop's own bank account at its branch: what came in and went out, told by statements alone.

It is the bank's story of this account. Nothing of ours reads it but the statements it hands out,
which overlap, come twice, and now and then come late.
"""

import base64
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from benchmarks.chaos.truth import GIVEN_BACK, HELD, Movement
from core.calendar import TEHRAN

TRANSFER: Final = "transfer to our own account"
CARD: Final = "card to card"
_HEADERS: Final = (
    "تاریخ", "ساعت", "شرح", "برداشت", "واریز", "شماره پیگیری", "شناسه واریز", "شبای واریز کننده",
    "مانده",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """Money that comes to the account; `kind` is what the run calls it, the bank does not say."""

    kind: str
    rial: int
    identifier: str = ""
    source_iban: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: str
    at: datetime
    rial: int
    balance_rial: int
    came: Came | None
    late: bool


@dataclass
class Branch:
    """One account. `balance_rial` is what it holds."""

    account_id: UUID
    balance_rial: int = 0
    _lines: list[_Line] = field(default_factory=list)
    _back: set[str] = field(default_factory=set)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def take(self, came: Came, *, late: bool = False) -> None:
        """Let money come in; `late`: only a whole statement tells of it."""
        with self._turn:
            self._write(came.rial, came, late=late)

    def send_back(self, number: str) -> str:
        """Send what came under a number back where it came from; return the bank's reference."""
        with self._turn:
            line = next(one for one in self._lines if one.number == number)
            assert number not in self._back, "a person was told to send the same money back twice"
            self._back.add(number)
            return self._write(-line.rial, None)

    def statement(self, last: int | None = None) -> dict[str, Any]:
        """Return the last lines, or without a number all, as a file the API takes."""
        with self._turn:
            lines = [one for one in self._lines if last is None or not one.late]
        shown = lines if last is None else lines[-last:]
        text = "\n".join([",".join(_HEADERS), *(",".join(_cells(one)) for one in shown)])
        return {
            "bank_account_id": str(self.account_id),
            "file_name": "statement.csv",
            "content": base64.b64encode(text.encode()).decode(),
            "unit": "rial",
            "sure": True,
        }

    def movements(self) -> list[Movement]:
        """Return everything that came in, and whether it is still here."""
        with self._turn:
            return [
                Movement(
                    line.number,
                    line.came.kind,
                    line.rial,
                    GIVEN_BACK if line.number in self._back else HELD,
                )
                for line in self._lines
                if line.came is not None
            ]

    def _write(self, rial: int, came: Came | None, *, late: bool = False) -> str:
        self.balance_rial += rial
        number = f"{self.account_id.hex[-6:]}{len(self._lines) + 1:07}"
        line = _Line(number, datetime.now(UTC), rial, self.balance_rial, came, late)
        self._lines.append(line)
        return number


def _cells(line: _Line) -> tuple[str, ...]:
    local = line.at.astimezone(TEHRAN)
    came = line.came
    return (
        local.date().isoformat(),
        f"{local:%H:%M:%S}",
        "واریز" if came else "برداشت",
        "" if came else str(-line.rial),
        str(line.rial) if came else "",
        line.number,
        came.identifier if came else "",
        came.source_iban if came else "",
        str(line.balance_rial),
    )
