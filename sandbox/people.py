"""A made-up population: who owns which card, account and mobile, and what is wrong with some.

Nobody here exists. Cards start with the sandbox's own 999999; check digits are true.
"""

from dataclasses import dataclass
from typing import Final

from stdnum import luhn
from stdnum.iso7064 import mod_97_10


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One person. The bank may spell the name in its own way."""

    first_name: str
    last_name: str
    national_code: str
    birth_date: str
    mobile: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BankAccount:
    """An account with its card and owners. `trouble` is a word of the bank about it."""

    iban: str
    card: str
    bank: str
    bank_name: str
    owners: tuple[Person, ...]
    trouble: str = ""


def _card(number: int) -> str:
    body = f"999999{number:09}"
    return f"{body}{luhn.calc_check_digit(body)}"


def _iban(bank: str, number: int) -> str:
    bban = f"{bank}{number:019}"
    return f"IR{mod_97_10.calc_check_digits(f'{bban}IR')}{bban}"


SARA: Final = Person(
    first_name="سارا",
    last_name="محمدی",
    national_code="0013542419",
    birth_date="1370/02/14",
    mobile="09120000001",
)
REZA: Final = Person(
    first_name="سيدرضا",
    last_name="كريمي",
    national_code="0067749828",
    birth_date="1358/11/03",
    mobile="09120000002",
)
NILOUFAR: Final = Person(
    first_name="نیلوفر",
    last_name="احمدی‌نیا",
    national_code="0499370899",
    birth_date="1366/07/21",
    mobile="09120000003",
)
PEOPLE: Final = (SARA, REZA, NILOUFAR)
_MELLI: Final = ("017", "MELLI", "بانک ملی ایران")
_SAMAN: Final = ("056", "SAMAN", "بانک سامان")


def _account(
    number: int, bank: tuple[str, str, str], *owners: Person, trouble: str = ""
) -> BankAccount:
    code, word, name = bank
    return BankAccount(
        iban=_iban(code, number),
        card=_card(number),
        bank=word,
        bank_name=name,
        owners=owners,
        trouble=trouble,
    )


ACCOUNTS: Final = {
    "sara": _account(1001, _MELLI, SARA),
    "reza": _account(1002, _SAMAN, REZA),
    "joint": _account(1003, _MELLI, SARA, REZA),
    "blocked": _account(1004, _SAMAN, NILOUFAR, trouble="blocked"),
    "deposit_only": _account(1005, _SAMAN, NILOUFAR, trouble="deposit_only"),
    "lost": _account(1006, _MELLI, NILOUFAR, trouble="lost"),
    "expired": _account(1007, _MELLI, NILOUFAR, trouble="expired"),
    "no_owner": _account(1008, _SAMAN, trouble="no_owner"),
    "unsure": _account(1009, _SAMAN, NILOUFAR, trouble="unsure"),
    "bank_down": _account(1010, _SAMAN, NILOUFAR, trouble="bank_down"),
}


def by_card(card: str) -> BankAccount | None:
    """Return the account a card draws on."""
    return next((one for one in ACCOUNTS.values() if one.card == card), None)


def by_iban(iban: str) -> BankAccount | None:
    """Return an account."""
    return next((one for one in ACCOUNTS.values() if one.iban == iban), None)


def by_national_code(national_code: str) -> Person | None:
    """Return a person."""
    return next((one for one in PEOPLE if one.national_code == national_code), None)
