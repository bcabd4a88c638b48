"""The one form in which a value of each kind is kept, and how it is read.

Text and codes as they are, whole numbers in digits, «yes» and «no», Jalali days like 1370-12-30,
Jalali months like 1402-05, codes of several choices sorted and joined by commas.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.calendar import jalali, month_length
from core.errors import Problem, Sentence
from core.text import normalise, normalise_code
from customers.enums import AttributeKind
from customers.models import AttributeDefinition

# A value as programs give and get it.
Given = str | int | bool | Sequence[str]

_MOST_TEXT: Final = 200
_MOST_NUMBER: Final = 10**12 - 1
_MONTHS: Final = 12
_DAY: Final = re.compile(r"(1[34]\d\d)[-/](\d{1,2})[-/](\d{1,2})")
_MONTH: Final = re.compile(r"(1[34]\d\d)[-/](\d{1,2})")
_SAYS: Final[Mapping[str, Sentence]] = {
    AttributeKind.TEXT: _("Write a text of at most 200 letters."),
    AttributeKind.NUMBER: _("Write a whole number."),
    AttributeKind.YES_NO: _("Say yes or no."),
    AttributeKind.CHOICE: _("Choose one of the list."),
    AttributeKind.CHOICES: _("Choose from the list."),
    AttributeKind.DAY: _("Write a day like 1405/9/2."),
    AttributeKind.MONTH: _("Write a month like 1402/5."),
}


def clean_value(definition: AttributeDefinition, given: Given) -> str:
    """Return a value as it is kept. Raises Problem `invalid_attribute`."""
    value = _CLEAN[definition.kind](definition, given)
    if value is None:
        sentence = _SAYS[definition.kind]
        raise Problem("invalid_attribute", sentence, fields={definition.key: [sentence]})
    return value


def read_value(kind: str, value: str) -> str | int | bool | list[str]:
    """Return a kept value as programs get it."""
    if kind == AttributeKind.NUMBER:
        return int(value)
    if kind == AttributeKind.YES_NO:
        return value == "yes"
    return value.split(",") if kind == AttributeKind.CHOICES else value


def age_of(value: str, today: date) -> tuple[int, int]:
    """Return the age (years, months) on a day of who was born on a Jalali day or in a month.

    A month counts from its first day; the 30th of a shorter month comes on its last.
    """
    year, month, day = ([int(part) for part in value.split("-")] + [1])[:3]
    now = jalali(today)
    months = (now.year - year) * _MONTHS + now.month - month
    if now.day < min(day, month_length(now.year, now.month)):
        months -= 1
    return divmod(max(months, 0), _MONTHS)


def _text(_definition: AttributeDefinition, given: Given) -> str | None:
    text = normalise(given) if isinstance(given, str) and "\x00" not in given else ""
    return text if 0 < len(text) <= _MOST_TEXT else None


def _number(_definition: AttributeDefinition, given: Given) -> str | None:
    if isinstance(given, bool) or not isinstance(given, int):
        return None
    return str(given) if abs(given) <= _MOST_NUMBER else None


def _yes_no(_definition: AttributeDefinition, given: Given) -> str | None:
    return ("yes" if given else "no") if isinstance(given, bool) else None


def _choice(definition: AttributeDefinition, given: Given) -> str | None:
    return given if isinstance(given, str) and given in _codes(definition) else None


def _several(definition: AttributeDefinition, given: Given) -> str | None:
    if isinstance(given, str | int) or not given or set(given) - _codes(definition):
        return None
    return ",".join(sorted(set(given)))


def _day(_definition: AttributeDefinition, given: Given) -> str | None:
    found = _DAY.fullmatch(normalise_code(given)) if isinstance(given, str) else None
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    if not 1 <= month <= _MONTHS or not 1 <= day <= month_length(year, month):
        return None
    return f"{year}-{month:02}-{day:02}"


def _month(_definition: AttributeDefinition, given: Given) -> str | None:
    found = _MONTH.fullmatch(normalise_code(given)) if isinstance(given, str) else None
    if found is None or not 1 <= int(found[2]) <= _MONTHS:
        return None
    return f"{found[1]}-{int(found[2]):02}"


def _codes(definition: AttributeDefinition) -> set[str]:
    return {choice["code"] for choice in definition.choices}


_CLEAN: Final[Mapping[str, Callable[[AttributeDefinition, Any], str | None]]] = {
    AttributeKind.TEXT: _text,
    AttributeKind.NUMBER: _number,
    AttributeKind.YES_NO: _yes_no,
    AttributeKind.CHOICE: _choice,
    AttributeKind.CHOICES: _several,
    AttributeKind.DAY: _day,
    AttributeKind.MONTH: _month,
}
