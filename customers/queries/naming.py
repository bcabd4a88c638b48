"""How texts name a person: regular expressions that PostgreSQL and Python read alike."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from core.tenancy.personal import Whom
from core.text import normalise
from customers.models import Customer
from customers.queries.merging import profiles_of

# Between digits of a number as people write it, and between words of a name.
_GAP: Final = "[ \u200c().-]*"
_SPACE: Final = "[ \u200c\u00a0]+"
_DIGITS: Final = {
    str(n): f"[{n}{persian}{arabic}]"
    for n, (persian, arabic) in enumerate(zip("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", strict=True))
}
# Letters that come in several spellings.
_LETTERS: Final = {"ی": "[یيى]", "ک": "[کك]", "ه": "[هةۀ]", "ا": "[اآأإ]"}
_NATIONAL: Final = 10
_LEAST_NAME: Final = 2


def whom(customer_id: UUID) -> Whom:
    """Return a person, all profiles joined to theirs included, as the register needs them.

    Elsewhere than in their own rows a name counts only when it has two words: one word is many
    people's.
    """
    ids = tuple(profiles_of(customer_id))
    people = list(Customer.objects.filter(id__in=ids))
    addresses = _filled(one for person in people for one in (person.mobile, person.email))
    names = _filled(person.name for person in people)
    by_address = list(map(_address, addresses))
    sure = [*by_address, *(_name(name) for name in names if len(name.split()) > 1)]
    likely = [_name(name) for name in names if len(name) >= _LEAST_NAME]
    return Whom(
        ids, tuple(addresses), _either(sure), _either([*sure, *likely]), _either(by_address)
    )


def names_them(text: str, customer_id: UUID) -> bool:
    """Tell whether a text says a customer's name, mobile or e-mail."""
    pattern = whom(customer_id).at_home
    return bool(pattern) and re.search(pattern, text, re.IGNORECASE) is not None


def _filled(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})


def _either(patterns: Sequence[str]) -> str:
    return "|".join(dict.fromkeys(patterns))


def _address(address: str) -> str:
    if "@" in address:
        return re.escape(address)
    digits = address[-_NATIONAL:]
    return _GAP.join(_DIGITS[digit] for digit in digits)


def _name(name: str) -> str:
    words = normalise(name).replace("\u200c", " ").split(" ")
    return _SPACE.join("".join(_letter(letter) for letter in word) for word in words)


def _letter(letter: str) -> str:
    return _LETTERS.get(letter) or _DIGITS.get(letter) or re.escape(letter)
