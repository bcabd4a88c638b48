"""Numbers of a sentence: exact, in the reader's digits."""

from typing import Final

from django.utils.translation import get_language

from core.money import RIAL_PER_TOMAN
from core.text import persian_digits

_HUNDRED: Final = 100


def number(value: int) -> str:
    """Return a whole number with separators."""
    text = f"{value:,}"
    if (get_language() or "fa").startswith("fa"):
        return persian_digits(text.replace(",", "٬"))
    return text


def spelled(digits: str) -> str:
    """Return a year or a code in the reader's digits, without separators."""
    return persian_digits(digits) if (get_language() or "fa").startswith("fa") else digits


def toman(rial: int) -> str:
    """Return rial as toman; odd rials become a decimal, so that nothing is lost."""
    whole, rest = divmod(rial, RIAL_PER_TOMAN)
    return number(whole) + (_decimals(str(rest)) if rest else "")


def _decimals(digits: str) -> str:
    if (get_language() or "fa").startswith("fa"):
        return persian_digits(f"٫{digits}")
    return f".{digits}"


def times(num: int, den: int) -> str:
    """Return a factor exactly: whole, with at most two places, or as a division."""
    whole, rest = divmod(num, den)
    if not rest:
        return number(whole)
    if _HUNDRED * rest % den:
        return f"{number(num)} ÷ {number(den)}"
    places = f"{_HUNDRED * rest // den:02}".rstrip("0")
    return number(whole) + _decimals(places)
