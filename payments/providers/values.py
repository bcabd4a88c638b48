"""Reading what providers write: numbers that come as text, text that comes as numbers.

What cannot be read with certainty is None or "", never a guess.
"""

import re
from typing import Any, Final

from core.text import is_storable, latin_digits

_WHOLE: Final = re.compile(r"-?\d{1,30}")
_IRAN: Final = "+98"


def first_object(value: object) -> dict[str, Any]:
    """Return the object, or the only object of a list; {} for anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else {}


def whole(value: object) -> int | None:
    """Return a whole number, also from a string in any of our digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        text = latin_digits(value.strip())
        return int(text) if _WHOLE.fullmatch(text) else None
    return None


def text(value: object) -> str:
    """Return a string (Latin digits, zeros in front kept) or a whole number as text, else "".

    A string no database keeps is nobody's reference and nobody's token.
    """
    if isinstance(value, str):
        return latin_digits(value.strip()) if is_storable(value) else ""
    number = whole(value)
    return "" if number is None else str(number)


def local_mobile(mobile: str) -> str:
    """Return an E.164 mobile of Iran as 09…; "" for any other, which a bank would refuse."""
    return f"0{mobile.removeprefix(_IRAN)}" if mobile.startswith(_IRAN) else ""
