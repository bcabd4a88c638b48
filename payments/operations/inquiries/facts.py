"""What a question is about: read into one spelling, hashed with the business's key, hinted at."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.calendar import Jalali
from core.errors import Problem
from core.numbers import (
    BadNumber,
    masked_card,
    masked_iban,
    read_card,
    read_iban,
    read_national_code,
)
from core.tenancy import active_business_id
from core.text import latin_digits, normalise
from customers.queries.identities import ForeignNumber, key_of, parse_mobile
from payments.enums.inquiries import InquiryKind

_DAY: Final = re.compile(r"(1[34][0-9]{2})[/-]?([0-9]{1,2})[/-]?([0-9]{1,2})")
_TAIL: Final = 4
_NEEDED: Final = {
    InquiryKind.CARD_ACCOUNT: ("card",),
    InquiryKind.CARD_OWNER: ("card",),
    InquiryKind.IBAN_OWNER: ("iban",),
    InquiryKind.IBAN_NATIONAL_CODE: ("iban", "national_code"),
    InquiryKind.CARD_NATIONAL_CODE: ("card", "national_code"),
    InquiryKind.MOBILE_NATIONAL_CODE: ("mobile", "national_code"),
}
# Some providers ask for the birth date beside a national code, others answer without it.
_MAY_TELL: Final = {
    InquiryKind.IBAN_NATIONAL_CODE: ("birth_date",),
    InquiryKind.CARD_NATIONAL_CODE: ("birth_date",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The numbers of one question; never kept, never logged."""

    card: str = field(default="", repr=False)
    iban: str = field(default="", repr=False)
    national_code: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)

    @property
    def known(self) -> frozenset[str]:
        """Return which of them are there."""
        return frozenset(name for name, value in asdict(self).items() if value)


def facts_of(kind: InquiryKind) -> tuple[str, ...]:
    """Return the names of the facts a kind of question has room for."""
    return (*_NEEDED[kind], *_MAY_TELL.get(kind, ()))


def checked_facts(kind: InquiryKind, typed: Facts) -> Facts:
    """Return what a kind of question needs, in normal spelling.

    Raises Problem `invalid_inquiry` naming each field that is missing or no such number. A fact
    that the question has no use for is left out: it must not make two questions of one.
    """
    clean, wrong = {}, []
    for name in facts_of(kind):
        value = getattr(typed, name).strip()
        if not value and name not in _NEEDED[kind]:
            continue
        try:
            clean[name] = _READERS[name](value)
        except (BadNumber, ForeignNumber):
            wrong.append(name)
    if wrong:
        raise Problem(
            "invalid_inquiry",
            _("These numbers do not make a question."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={name: [_("Check this value.")] for name in wrong},
        )
    return Facts(**clean)


def request_hash(kind: InquiryKind, facts: Facts) -> bytes:
    """Return what tells the same question of the same business again, and nobody else anything."""
    said = "|".join(f"{name}={value}" for name, value in asdict(facts).items() if value)
    text = f"inquiry:{kind.value}:{said}"
    return hmac.digest(key_of(active_business_id()), text.encode(), hashlib.sha256)


def hint_of(facts: Facts) -> str:
    """Return what may be shown of the numbers asked about."""
    shown = (
        masked_card(facts.card) if facts.card else "",
        masked_iban(facts.iban) if facts.iban else "",
        _end(facts.mobile),
        _end(facts.national_code),
    )
    return " · ".join(filter(None, shown))


def read_jalali_day(typed: str) -> str:
    """Return a Jalali day as YYYY/MM/DD. Raises BadNumber."""
    found = _DAY.fullmatch(latin_digits(normalise(typed)))
    if found is None:
        raise BadNumber(typed)
    year, month, day = (int(part) for part in found.groups())
    try:
        Jalali(year, month, day).to_date()
    except ValueError as error:
        raise BadNumber(typed) from error
    return f"{year:04}/{month:02}/{day:02}"


def _read_mobile(typed: str) -> str:
    number = parse_mobile(typed)
    if number is None:
        raise BadNumber(typed)
    # As banks write it: 09…
    return f"0{number.removeprefix('+98')}"


def _end(number: str) -> str:
    return f"{'*' * (len(number) - _TAIL)}{number[-_TAIL:]}" if number else ""


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "card": read_card,
    "iban": read_iban,
    "national_code": read_national_code,
    "birth_date": read_jalali_day,
    "mobile": _read_mobile,
}
