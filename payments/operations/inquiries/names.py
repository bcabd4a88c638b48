"""Whether two Persian names are one person's: four answers, and «we cannot tell» is one of them."""

from collections.abc import Iterable
from typing import Final

from core.text import search_key
from payments.providers.contract import Match

# Titles banks and people add or leave out.
_TITLES: Final = frozenset(
    search_key(word)
    for word in ("آقای", "آقا", "خانم", "سید", "سیده", "حاج", "حاجی", "دکتر", "مهندس")
)
# The two that are also written in one with the first name; shorter rests are names of their own.
_GLUED: Final = ("سید", "سیده")
_LEAST_NAME: Final = 3


def best_name(names: Iterable[str], expected: str) -> Match:
    """Compare each of an account's owners with one name: one of them is enough."""
    answers = [same_name(name, expected) for name in names]
    for match in (Match.MATCH, Match.PROBABLE, Match.INDETERMINATE):
        if match in answers:
            return match
    return Match.NO_MATCH if answers else Match.INDETERMINATE


def same_name(one: str, other: str) -> Match:
    """Compare two names in any spelling, order and with or without titles."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return Match.INDETERMINATE
    if _same(_first_bare(left), _first_bare(right)):
        return Match.MATCH
    if set(left) < set(right) or set(right) < set(left) or _same(_all_bare(left), _all_bare(right)):
        return Match.PROBABLE
    return Match.NO_MATCH


def _words(name: str) -> list[str]:
    return [word for word in search_key(name).split() if word not in _TITLES]


def _same(left: list[list[str]], right: list[list[str]]) -> bool:
    return any(_written(one) & _written(other) for one in left for other in right)


def _written(words: list[str]) -> set[str]:
    """Return a name as one string: sorted, and begun at each of its words (family name first)."""
    begun = {"".join(words[place:] + words[:place]) for place in range(len(words))}
    return begun | {" ".join(sorted(words))}


def _first_bare(words: list[str]) -> list[list[str]]:
    """Return a name with and without the title glued to its first word, where titles stand."""
    return [[first, *words[1:]] for first in _bare(words[0])]


def _all_bare(words: list[str]) -> list[list[str]]:
    """Return a name without any glued title, whichever word may bear it."""
    return [words, [_bare(word)[-1] for word in words]]


def _bare(word: str) -> list[str]:
    rests = [word.removeprefix(title) for title in _GLUED if word.startswith(title)]
    return [word, *(rest for rest in rests if len(rest) >= _LEAST_NAME)]
