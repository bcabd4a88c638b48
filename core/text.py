"""Persian text at the door: one spelling for what people type in many."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

_ARABIC_INDIC: Final = "٠١٢٣٤٥٦٧٨٩"
_PERSIAN: Final = "۰۱۲۳۴۵۶۷۸۹"
_LATIN: Final = "0123456789"

_TO_LATIN_DIGITS: Final = str.maketrans(_ARABIC_INDIC + _PERSIAN, _LATIN * 2)
_TO_PERSIAN_DIGITS: Final = str.maketrans(_LATIN, _PERSIAN)
_LETTERS: Final = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ـ": None,  # tatweel only stretches a word
        "\u00a0": " ",
    }
)
# Characters nobody sees: they hide one name in another, turn its direction, or (NUL) break storage.
_UNSEEN: Final = {
    code: None
    for code in (*range(0x10000), *range(0xE0000, 0xE0080))
    if unicodedata.category(chr(code)) in {"Cc", "Cf"} and chr(code) not in "\t\n\r\f\v\u200c"
}
_FOR_SEARCH: Final = str.maketrans(
    {"آ": "ا", "أ": "ا", "إ": "ا", "ؤ": "و", "ئ": "ی", "\u200c": " "}
)
_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")
_SPACES: Final = re.compile(r"[ \t\r\f\v]+")
_ZWNJ_RUN: Final = re.compile(r" *\u200c+ *")
_MARKS: Final = re.compile(r"[\u064b-\u0652\u0670]")


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL can store the text: no NUL, no lone surrogates."""
    if text.isascii():
        return "\x00" not in text
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def storable(value: Any) -> Any:
    """Return a text, or a document of texts, without the signs no database stores."""
    if isinstance(value, str):
        return value if is_storable(value) else _UNSTORABLE.sub("", value)
    if isinstance(value, Mapping):
        return {storable(name): storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def latin_digits(text: str) -> str:
    """Replace Persian and Arabic-Indic digits by 0-9; leave the rest."""
    return text.translate(_TO_LATIN_DIGITS)


def persian_digits(text: object) -> str:
    """Return the text with Latin digits shown as Persian ones."""
    return str(text).translate(_TO_PERSIAN_DIGITS)


def normalise(text: str) -> str:
    """Return text in one spelling: NFC, Persian ye and kaf, single spaces, clean half-spaces."""
    tidy = unicodedata.normalize("NFC", text).translate(_UNSEEN).translate(_LETTERS)
    tidy = _ZWNJ_RUN.sub(lambda run: " " if " " in run.group() else "\u200c", tidy)
    return _SPACES.sub(" ", tidy).strip(" \u200c\n")


def normalise_code(text: str) -> str:
    """Normalise an identifier someone typed: Latin digits, no spaces around."""
    return latin_digits(normalise(text))


def search_key(text: str) -> str:
    """Return the form in which text is stored for prefix search and comparison."""
    bare = _MARKS.sub("", latin_digits(normalise(text))).translate(_FOR_SEARCH)
    return _SPACES.sub(" ", bare).strip().casefold()
