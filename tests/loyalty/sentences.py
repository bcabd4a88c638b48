"""A ledger entry's sentence, its sum done again from the numbers a Persian reader sees (N19)."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

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
    data = entry.data
    told, amount, *rest = said
    if "least" in data:
        assert amount < rest[0]
        whole, spoken = Fraction(0), rest[1:]
    else:
        # In Persian the span comes before its rate: every 10,000 toman 1 point.
        per, rate, *spoken = rest
        whole = amount * rate / per
    for factor in ("tier_num", "member_num"):
        if factor in data:
            whole *= spoken.pop(0)
    _presents(data.get("presents", ()), spoken)
    most = int(spoken.pop()) if "most" in data else None
    per_rial = whole / amount if amount else Fraction(0)
    less = int(spoken.pop(0)) if data.get("by_line") else 0
    by_rate = _points(whole - less, most)
    found = by_rate + _of_rules(data, spoken, whole, per_rial, most)
    assert spoken == []
    assert told == found
    return found


def _of_rules(
    data: dict[str, Any],
    spoken: list[Fraction],
    whole: Fraction,
    per_rial: Fraction,
    most: int | None,
) -> int:
    """Return what the rules beside the rate are said to have given, each held against its sum."""
    found, before = 0, _points(whole, most)
    for part in data.get("bonuses", ()):
        if not part["points"] and "cut" in part:
            continue
        gave, exact = _given(part, spoken, per_rial)
        whole += exact
        upto = _points(whole, most)
        if "by_line" not in data:  # there each line's fractions go together by themselves
            assert gave < upto - before if "cut" in part else gave == upto - before
        found, before = found + gave, upto
    return found


def _presents(presents: Sequence[dict[str, Any]], spoken: list[Fraction]) -> None:
    """The sentence of a present tells how many stamps, or what it is worth in toman; it is last."""
    for present in reversed(presents):
        told = spoken.pop()
        stamps = present["effect"] == "stamp"
        assert told == present["number"] if stamps else told * 10 == present["worth_rial"]


def _points(exact: Fraction, most: int | None) -> int:
    return int(exact) if most is None else min(int(exact), most)


def _given(part: dict[str, Any], spoken: list[Fraction], by_rate: Fraction) -> tuple[int, Fraction]:
    """Return what a rule's sentence says it gave, and what its numbers come to before the floor."""
    gave = int(spoken.pop(0))
    if part["effect"] == "times":
        on, times = spoken.pop(0), spoken.pop(0)
        exact = on * by_rate * (times - 1)
    elif part["effect"] == "rate":
        per, on, num = spoken.pop(0), spoken.pop(0), spoken.pop(0)
        exact = on * num / per
    else:
        exact = spoken.pop(0)
    return gave, min(exact, spoken.pop(0)) if "most" in part else exact


def _taken(said: list[Fraction], entry: LedgerEntry) -> int:
    """A return's points may be taken in several entries: each is at most what is left to take."""
    told = int(said[0])
    if "rules" in entry.data:
        return _taken_of_rules(said, entry)
    if "least_rial" in entry.data:
        left, least, of, before = said[-4:]
        assert left < least
        assert told <= of - before
        return told
    back, whole, share, of, before = said[-5:]
    assert share == of * back // whole if whole else share == of
    assert told <= share - before
    return told


def _taken_of_rules(said: list[Fraction], entry: LedgerEntry) -> int:
    """The rate's share and each rule's, less what was taken before."""
    told, *spoken = said
    if entry.data.get("forgiven"):
        spoken.pop(0)
    share = _share(entry.data, spoken)
    for part in entry.data["rules"]:
        share += _share(part, spoken)
    [before] = spoken
    assert told <= share - before
    return int(told)


def _share(part: dict[str, Any], spoken: list[Fraction]) -> Fraction:
    """Return how many points of the rate or of a rule are said to be undone."""
    if "kept" in part:
        spoken.pop(0)
        return Fraction(0)
    if "gone" in part:
        return spoken.pop(0)
    first, second = spoken.pop(0), spoken.pop(0)
    if "least_rial" in part:
        assert first < second
        return spoken.pop(0)
    share, of = spoken.pop(0), spoken.pop(0)
    assert share == of * first // second
    return share


def _value(text: str) -> Fraction:
    above, _, below = text.translate(_LATIN).partition("÷")
    return Fraction(above) / Fraction(below or 1)
