"""Test cards. Their numbers start with 999999, which no real bank has, and pass the Luhn check.

Where a shop must tell banks apart, six zeros after a bank's own six digits make a test card of it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

_PREFIX: Final = "999999"
_PAN: Final = re.compile(rf"{_PREFIX}\d{{10}}|[1-9]\d{{5}}000000\d{{4}}")
_PLENTY_RIAL: Final = 10**15


class Conduct(StrEnum):
    """What happens when a card is used."""

    SUCCEED = "succeed"
    DECLINE = "decline"
    CANCEL = "cancel"
    HANG = "hang"
    LOSE_CALLBACK = "lose_callback"
    RETURN_MONEY = "return_money"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A made-up bank card and the money behind it."""

    key: str
    pan: str
    holder: str
    title: str
    note: str
    conduct: Conduct
    opening_rial: int = _PLENTY_RIAL

    @property
    def account(self) -> str:
        """Return the card's account in the bank's ledger."""
        return f"card:{self.key}"

    @property
    def masked_pan(self) -> str:
        """Return the number as a merchant may see it."""
        return f"{self.pan[:6]}******{self.pan[-4:]}"

    @property
    def hash(self) -> str:
        """Return the provider's stable SHA-256 of the card, in capitals."""
        return sha256(f"sandbox card {self.pan}".encode()).hexdigest().upper()

    @property
    def grouped_pan(self) -> str:
        """Return the number in groups of four, for reading."""
        return " ".join(self.pan[i : i + 4] for i in range(0, len(self.pan), 4))


def passes_luhn(number: str) -> bool:
    """Tell whether the last digit is the Luhn check digit of the rest."""
    doubled = [int(digit) * (1 + (i % 2)) for i, digit in enumerate(reversed(number))]
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def sample_pan(serial: int) -> str:
    """Return the valid test number of a serial below 10⁹."""
    body = f"{_PREFIX}{serial:09}"
    return next(body + str(check) for check in range(10) if passes_luhn(body + str(check)))


CARDS: Final = {
    card.key: card
    for card in (
        Card(
            key="success",
            pan=sample_pan(100_000_001),
            holder="صبا احمدی",
            title="پرداخت موفق",
            note="پول برداشت می‌شود و به فروشگاه برمی‌گردید.",
            conduct=Conduct.SUCCEED,
        ),
        Card(
            key="success_2",
            pan=sample_pan(100_000_002),
            holder="ماهان رضایی",
            title="پرداخت موفق، خریدار دیگر",
            note="همان پرداخت موفق، ولی کارتِ یک نفر دیگر.",
            conduct=Conduct.SUCCEED,
        ),
        Card(
            key="insufficient_funds",
            pan=sample_pan(100_000_003),
            holder="نیما شریفی",
            title="موجودی ناکافی",
            note="بانک پرداخت را نمی‌پذیرد؛ پولی جابه‌جا نمی‌شود.",
            conduct=Conduct.DECLINE,
            opening_rial=900,
        ),
        Card(
            key="cancel",
            pan=sample_pan(100_000_004),
            holder="لیلا کاظمی",
            title="انصراف خریدار",
            note="مثل دکمهٔ «انصراف»: بازگشت به فروشگاه بدون پرداخت.",
            conduct=Conduct.CANCEL,
        ),
        Card(
            key="timeout",
            pan=sample_pan(100_000_005),
            holder="فرهاد نوری",
            title="بانک پاسخ نمی‌دهد",
            note="کمی معطل می‌مانید و بعد پرداخت ناموفق می‌شود.",
            conduct=Conduct.HANG,
        ),
        Card(
            key="callback_lost",
            pan=sample_pan(100_000_006),
            holder="مریم صادقی",
            title="پرداخت می‌شود، بازگشت گم می‌شود",
            note="پول برداشت می‌شود، ولی مرورگر هرگز به فروشگاه نمی‌رسد.",
            conduct=Conduct.LOSE_CALLBACK,
        ),
        Card(
            key="auto_returned",
            pan=sample_pan(100_000_007),
            holder="کاوه مرادی",
            title="پرداخت و برگشت خودکار پول",
            note="برمی‌گردید و همه‌چیز موفق می‌نماید، ولی بانک پول را پس داده است.",
            conduct=Conduct.RETURN_MONEY,
        ),
    )
}


def card_called(key: str) -> Card | None:
    """Return a named test card, or any other valid test number as a card that succeeds."""
    if key in CARDS:
        return CARDS[key]
    digits = key.replace(" ", "")
    if not (_PAN.fullmatch(digits) and passes_luhn(digits)):
        return None
    named = next((card for card in CARDS.values() if card.pan == digits), None)
    return named or Card(
        key=digits,
        pan=digits,
        holder="دارندهٔ کارت آزمایشی",
        title="پرداخت موفق",
        note="",
        conduct=Conduct.SUCCEED,
    )
