"""Whose accounts are named: the sandbox's made-up people, of whom a bank can be asked."""

from typing import Final

from benchmarks.chaos.rails import Whose
from sandbox.people import ACCOUNTS, NILOUFAR, PEOPLE, REZA, SARA, Person

_THEIRS: Final = {SARA: "sara", REZA: "reza", NILOUFAR: "unsure"}
_NOBODYS: Final = 10**6


def payer_name() -> str:
    """Return the name of whoever buys and asks for money back."""
    return f"{SARA.first_name} {SARA.last_name}"


def holder_of(mandate: int) -> Person:
    """Return who signs a mandate: the people a bank knows by their codes sign the first ones."""
    return PEOPLE[mandate] if mandate < len(PEOPLE) else SARA


def mobile_of(mandate: int) -> str:
    """Return the mobile a mandate is signed with; no two share one."""
    return PEOPLE[mandate].mobile if mandate < len(PEOPLE) else f"0913{mandate:07}"


def account_of(whose: Whose, person: Person) -> dict[str, str]:
    """Return an account as a person names it, in their own name whoever owns it."""
    name = {"first_name": person.first_name, "last_name": person.last_name}
    return {"iban": _iban(whose, person), **name}


def iban_of(number: int) -> str:
    """Return a well-formed IBAN of one's own, which no bank knows."""
    account = f"012{number:019}"
    letters = "1827"  # IR, as the check digits count it
    return f"IR{98 - int(f'{account}{letters}00') % 97:02}{account}"


def _iban(whose: Whose, person: Person) -> str:
    if whose is Whose.NOBODYS:
        return iban_of(_NOBODYS)
    named = {
        Whose.THEIRS: _THEIRS[person],
        Whose.JOINT: "joint",
        Whose.ANOTHERS: "sara" if person is REZA else "reza",
        Whose.BLOCKED: "blocked",
        Whose.SILENT: "bank_down",
    }
    return ACCOUNTS[named[whose]].iban
