"""Identifiers of our own: a business part, a customer part, check digits; a slip is noticed.

Which check a bank wants is its contract's matter, so the algorithm is a setting of the account.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from stdnum import verhoeff
from stdnum.iso7064 import mod_97_10

from core.text import latin_digits
from payments.enums.deposits import CheckDigits

_NOT_DIGITS: Final = re.compile(r"[^0-9]")
_WEIGHTS: Final = range(2, 8)
_DIGITS: Final = "0123456789"
LEAST_IN_TEXT: Final = 8


def _mod_11(number: str) -> str:
    """Return the check digit of weights 2…7 repeating from the right, as on Iranian bills."""
    weights = (_WEIGHTS[place % len(_WEIGHTS)] for place in range(len(number)))
    rest = sum(int(d) * w for d, w in zip(reversed(number), weights, strict=True)) % 11
    return "0" if rest in {0, 1} else str(11 - rest)


def _mod_97(number: str) -> str:
    return str(mod_97_10.calc_check_digits(number))


def _verhoeff(number: str) -> str:
    return str(verhoeff.calc_check_digit(number))


def _none(_number: str) -> str:
    return ""


# A bank's own rule is one line more here and a choice of the setting.
ALGORITHMS: Final[dict[CheckDigits, Callable[[str], str]]] = {
    CheckDigits.MOD_97: _mod_97,
    CheckDigits.VERHOEFF: _verhoeff,
    CheckDigits.MOD_11: _mod_11,
    CheckDigits.NONE: _none,
}


def mint(prefix: str, number: int, width: int, check: CheckDigits) -> str:
    """Return the identifier of a customer part; raises OverflowError when it is too wide."""
    part = str(number).zfill(width)
    if len(part) > width:
        raise OverflowError(number)
    body = prefix + part
    return body + ALGORITHMS[check](body)


def is_well_typed(digits: str, check: CheckDigits) -> bool:
    """Tell whether the check digits of an own identifier are right."""
    width = len(ALGORITHMS[check]("1"))
    if not digits or len(digits) <= width:
        return False
    body = digits[: len(digits) - width]
    return ALGORITHMS[check](body) == digits[len(body) :]


def read_digits(text: str) -> str:
    """Return the digits of a typed identifier, however they were written or grouped."""
    return _NOT_DIGITS.sub("", latin_digits(text))


def runs_in(text: str) -> list[str]:
    """Return the runs of digits in a bank's free text that are long enough for an identifier."""
    runs = _NOT_DIGITS.split(latin_digits(text))
    return [run for run in dict.fromkeys(runs) if len(run) >= LEAST_IN_TEXT]


def slips_of(digits: str) -> Iterator[str]:
    """Yield what may have been meant: one wrong, missing, doubled or swapped digit."""
    for place in range(len(digits)):
        head, tail = digits[:place], digits[place + 1 :]
        yield head + tail
        for other in _DIGITS:
            yield head + other + tail
            yield head + other + digits[place:]
        if tail:
            yield head + tail[0] + digits[place] + tail[1:]
    yield from (digits + other for other in _DIGITS)


def candidates(digits: str) -> Iterable[str]:
    """Return the distinct slips of an identifier, itself left out."""
    return dict.fromkeys(slip for slip in slips_of(digits) if slip and slip != digits)
