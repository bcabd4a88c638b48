"""Whether a decision follows from its evidence alone: what is held against somebody can be checked.

The rules decide in SQL over everybody; this reads one kept decision again by the same words.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from segmentation.enums import NamedSegment
from segmentation.queries.named.facts import LEAST
from segmentation.queries.named.rules import BAD_GRADE, LEAST_SIGNS, MOST_RIGHT

Evidence = Mapping[str, Any]


def follows(segment: str, evidence: Evidence) -> bool:
    """Tell whether kept evidence says what was decided. Raises KeyError for rules without."""
    return _READINGS[NamedSegment(segment)](evidence)


def _too_many(name: str, one: Evidence) -> bool:
    return bool(one["n"] >= LEAST[name] and one["k"] >= one["needed"])


def _returner(one: Evidence) -> bool:
    return _too_many("returns", one) and one["k"] > one["p95"] * one["n"]


def _complainer(one: Evidence) -> bool:
    right = one["decided"] - one["k"]
    enough = one["decided"] >= LEAST["complaints"]
    return _too_many("complaints", one) and enough and MOST_RIGHT * right < one["decided"]


def _late(one: Evidence) -> bool:
    return _too_many("late", one) and 10 * one["k"] >= 6 * one["n"]


def _deals(one: Evidence) -> bool:
    return _too_many("discounts", one) and 10 * one["k"] >= 8 * one["n"]


def _abusive(one: Evidence) -> bool:
    return bool(one["k"] >= LEAST_SIGNS)


def _risky(one: Evidence) -> bool:
    by_grade = one["grade"] is not None and one["grade"] <= BAD_GRADE
    return by_grade or any(one[name] is True for name in one if name != "grade")


_READINGS: Final[dict[NamedSegment, Callable[[Evidence], bool]]] = {
    NamedSegment.SERIAL_RETURNER: _returner,
    NamedSegment.SERIAL_COMPLAINER: _complainer,
    NamedSegment.LATE_PAYER: _late,
    NamedSegment.DEAL_SEEKER: _deals,
    NamedSegment.ABUSIVE: _abusive,
    NamedSegment.HIGH_RISK: _risky,
}
