"""The sandbox bank as the story's other side: its clock, its cards and its hands."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
from stdnum import luhn

_PREFIX: Final = "999999"
_SEED: Final = "demo"


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where a browser goes from the bank: our token in the address, and what it brings."""

    token: str
    params: dict[str, str]


class Bank:
    """A line to the sandbox's control, which is no provider's API."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30.0)
        self._ahead = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def begin(self, moment: datetime) -> None:
        """Forget everything and start at a moment of the past."""
        behind = int(time.time()) - int(moment.timestamp())
        self._post("control/reset", seed=_SEED, behind=behind)
        self._ahead = -behind

    def reach(self, moment: datetime) -> None:
        """Let time pass until a moment; a moment that is past already changes nothing."""
        self._advance(int(moment.timestamp()) - int(time.time()) - self._ahead)

    def catch_up(self) -> None:
        """End a history, whoever began it: from now on the bank's time is everybody's."""
        self._ahead = self._get("control/clock")["ahead_seconds"]
        self._advance(-self._ahead)

    def pay(self, address: str, card: str) -> WayBack | None:
        """Use a card on the bank's page; None when the browser never comes back."""
        authority = urlsplit(address).path.rstrip("/").rpartition("/")[2]
        told = self._post("control/pay", authority=authority, card=card)
        return _way(told["redirect"], told["fields"]) if told["redirect"] else None

    def sign(self, address: str, *, agrees: bool) -> WayBack:
        """Sign on the bank's page for permissions, or refuse."""
        path = urlsplit(address).path
        token = path.rpartition("/StartPayman/")[2].partition("/")[0] or path.rpartition("/")[2]
        if "/StartPayman/" in path:
            self._http.get(path).raise_for_status()  # the bank is chosen by opening its page
        answer = self._http.post(
            f"/bank/sign/{token}", data={"action": "sign" if agrees else "refuse"}
        )
        return _way(answer.headers["Location"], {})

    def order_fault(self, operation: str, fault: str, *, merchant: str, times: int = 1) -> None:
        """Let the next calls of a merchant go wrong."""
        self._post(
            "control/faults", operation=operation, fault=fault, merchant=merchant, times=times
        )

    def calm_down(self) -> None:
        """Let nothing go wrong any more."""
        self._http.delete("/control/faults").raise_for_status()

    def fund(self, wallet: str, rial: int) -> None:
        """Put money into a merchant's wallet."""
        self._post("control/fund", account=f"merchant:{wallet}", amount_rial=rial)

    def hold_balance(self, mobile: str, rial: int) -> None:
        """Let a customer's own bank account hold exactly so much."""
        self._post("control/debits/balance", mobile=mobile, rial=rial)

    def revoke(self, token: str) -> None:
        """Let a customer end a permission at the bank, without a word to us."""
        self._post("control/debits/revoke", token=token)

    def take_back_newest_debit(self) -> None:
        """Let the bank give the last collected debit back to its payer."""
        collected = [one for one in self._get("control/debits")["debits"] if one["done_at"]]
        newest = max(collected, key=lambda one: int(one["done_at"]))
        self._post("control/debits/refund", key=newest["key"])

    def deposit(self, identifier: str, rial: int, iban: str) -> None:
        """Send money to a provider's identifier from an account."""
        self._post("control/deposit", identifier=identifier, amount=rial, source_iban=iban)

    def payments_of(self, merchant: str) -> list[dict[str, Any]]:
        """Return what the bank knows of a merchant's payments, newest first."""
        found: list[dict[str, Any]] = self._get(f"control/payments.json?merchant={merchant}")[
            "payments"
        ]
        return found

    def _advance(self, seconds: int) -> None:
        if seconds > 0:
            self._ahead = self._post("control/clock", advance=seconds)["ahead_seconds"]

    def _post(self, path: str, **body: object) -> dict[str, Any]:
        answer = self._http.post(f"/{path}", json=body)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(f"/{path}")
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


def card_number(serial: int) -> str:
    """Return a test card of the sandbox that pays; each serial is another card."""
    body = f"{_PREFIX}{serial:09}"
    return f"{body}{luhn.calc_check_digit(body)}"


def card_of_bank(prefix: str, serial: int) -> str:
    """Return a test card of the sandbox that bears a bank's first six digits; it pays."""
    body = f"{prefix}000000{serial:03}"
    return f"{body}{luhn.calc_check_digit(body)}"


def _way(address: str, fields: Mapping[str, str]) -> WayBack:
    parts = urlsplit(address)
    token = parts.path.rstrip("/").rpartition("/")[2]
    return WayBack(token, dict(parse_qsl(parts.query)) | dict(fields))
