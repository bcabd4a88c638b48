"""A ledger entry's sentence, its sum done again from the numbers a Persian reader sees (N19)."""

import re
from fractions import Fraction

from django.utils import translation

from loyalty.models import LedgerEntry
from loyalty.queries import explain

_NUMBER = re.compile(r"[۰-۹][۰-۹٬]*(?:٫[۰-۹]+)?(?: ÷ [۰-۹٬]+)?")
_QUOTED = re.compile("«[^»]*»")
_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789.", "٬ ")


def numbers(sentence: str) -> list[Fraction]:
    """Return the numbers of a sentence in their order; names in quotes are no numbers."""
    return [_value(found) for found in _NUMBER.findall(_QUOTED.sub("", sentence))]


def sentence_of(entry: LedgerEntry) -> str:
    """Return what the customer reads."""
    with translation.override("fa"):
        return explain(entry)


def computed(entry: LedgerEntry) -> int:
    """Return the number of an entry as its sentence tells or yields it, without sign."""
    said = numbers(sentence_of(entry))
    if entry.kind == "earn":
        return _earned(said, entry)
    if entry.kind == "clawback" and "of" in entry.data:
        return _taken(said, entry)
    return int(said[0]) if said else 0


def moved(entry: LedgerEntry) -> int:
    """Return what an entry moved, without sign."""
    return abs(entry.points or entry.pending_points or entry.contingent_points)


def _earned(said: list[Fraction], entry: LedgerEntry) -> int:
    told, amount, *rest = said
    if "least" in entry.data:
        assert amount < rest[0]
        return int(told)
    # In Persian the span comes before its rate: every 10,000 toman 1 point.
    per, rate, *factors = rest
    most = factors.pop() if "most" in entry.data else None
    points = amount * rate / per
    for factor in factors:
        points *= factor
    found = int(points) if most is None else min(int(points), int(most))
    assert told == found
    return found


def _taken(said: list[Fraction], entry: LedgerEntry) -> int:
    """A return's points may be taken in several entries: each is at most what is left to take."""
    told = int(said[0])
    if "least_rial" in entry.data:
        left, least, of, before = said[-4:]
        assert left < least
        assert told <= of - before
        return told
    back, whole, share, of, before = said[-5:]
    assert share == of * back // whole if whole else share == of
    assert told <= share - before
    return told


def _value(text: str) -> Fraction:
    above, _, below = text.translate(_LATIN).partition("÷")
    return Fraction(above) / Fraction(below or 1)
