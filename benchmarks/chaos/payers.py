"""People who pay at their bank: they are given digits, transfer, and sometimes do it wrong."""

import time
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from benchmarks.chaos.branch import TRANSFER, Came
from benchmarks.chaos.buyers import Seen
from benchmarks.chaos.plan import Manner, Wire
from benchmarks.chaos.rails import STEP_RIAL
from benchmarks.chaos.receivers import iban_of
from benchmarks.chaos.shops import Shop

_PATIENCE: Final = 90
_PAUSE_S: Final = 1.0
_SLOW_S: Final = 4 * 3600
_DIGITS: Final = "0123456789"
_ASIDE: Final = frozenset(
    {Manner.UNDER_FIRST, Manner.OVER_FIRST, Manner.STRANGE_FIRST, Manner.MISTYPED_FIRST}
)


@dataclass
class Payer:
    """One payer; `identifier_id` is known once the shop's program has asked for digits.

    The money goes to the provider's bank, or to the branch of a shop with an account of its own.
    """

    wire: Wire
    shop: Shop
    bank: httpx.Client
    seen: Seen
    identifier_id: str = field(default="")

    def ask(self) -> None:
        """Be asked for money, and let the shop's program ask for an identifier."""
        whose = self._customer() if self.wire.manner is Manner.UNASKED else self._invoice()
        if whose is None:
            return
        body = {**whose, "source_ibans": [iban_of(self.wire.number)]}
        told = self.shop.api.post("deposit-identifiers", body)
        self.identifier_id = str(told["id"]) if told else ""

    def transfer(self) -> None:
        """Transfer as the manner says, once the digits are known."""
        digits = self._digits()
        if not digits:
            self.seen.note("no identifier to pay to")
            return
        manner, rial = self.wire.manner, self.wire.amount_rial
        if manner in _ASIDE:
            self._first(digits)
        self._send(digits, rial, slow=manner is Manner.SLOW)
        if manner is Manner.TWICE:
            self._send(digits, rial)

    def _first(self, digits: str) -> None:
        rial, number = self.wire.amount_rial, self.wire.number
        if self.wire.manner is Manner.UNDER_FIRST:
            self._send(digits, rial - STEP_RIAL)
        elif self.wire.manner is Manner.OVER_FIRST:
            self._send(digits, rial + STEP_RIAL)
        elif self.wire.manner is Manner.MISTYPED_FIRST:
            self._send(_mistyped(digits), rial)
        else:
            self._send(digits, rial, source=iban_of(10**9 + number))

    def _send(self, digits: str, rial: int, *, source: str = "", slow: bool = False) -> None:
        source = source or iban_of(self.wire.number)
        if self.shop.branch is not None:
            came = Came(kind=TRANSFER, rial=rial, identifier=digits, source_iban=source)
            self.shop.branch.take(came, late=slow)
            self.seen.note("transferred to a shop's own account")
            return
        order = {
            "identifier": digits,
            "amount": rial,
            "source_iban": source,
            "delay": _SLOW_S if slow else 0,
        }
        self.bank.post("/control/deposit", json=order).raise_for_status()
        self.seen.note("transferred to an identifier")

    def _digits(self) -> str:
        for _look in range(_PATIENCE if self.identifier_id else 0):
            told = self.shop.api.get(f"deposit-identifiers/{self.identifier_id}") or {}
            if told.get("status") != "pending":
                return str(told.get("identifier", ""))
            time.sleep(_PAUSE_S)
        return ""

    def _invoice(self) -> dict[str, Any] | None:
        wire = self.wire
        told = self.shop.charge(wire.external_id, wire.amount_rial, {"mobile": wire.mobile})
        return None if told is None else {"payment_id": told[0]}

    def _customer(self) -> dict[str, Any] | None:
        told = self.shop.api.post("customers", {"mobile": self.wire.mobile})
        return None if told is None else {"customer_id": told["id"]}


def _mistyped(digits: str) -> str:
    """Return digits with the middle one wrong."""
    place = len(digits) // 2
    wrong = _DIGITS[(int(digits[place]) + 1) % len(_DIGITS)]
    return f"{digits[:place]}{wrong}{digits[place + 1 :]}"
