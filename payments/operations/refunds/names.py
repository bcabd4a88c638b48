"""Whether two Persian names are one person's: four answers, and «we cannot tell» is one of them."""

from typing import Final

from core.text import search_key
from payments.providers.contract import Match

# Titles banks and people add or leave out.
_TITLES: Final = frozenset(
    search_key(word)
    for word in ("آقای", "آقا", "خانم", "سید", "سیده", "حاج", "حاجی", "دکتر", "مهندس")
)


def same_name(one: str, other: str) -> Match:
    """Compare two names in any spelling, order and with or without titles."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return Match.INDETERMINATE
    if "".join(sorted(left)) == "".join(sorted(right)) or "".join(left) == "".join(right):
        return Match.MATCH
    if set(left) < set(right) or set(right) < set(left):
        return Match.PROBABLE
    return Match.NO_MATCH


def _words(name: str) -> list[str]:
    return [word for word in search_key(name).split() if word not in _TITLES]
