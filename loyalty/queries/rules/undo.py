"""What returns undo of points that rules beside the rate gave (rules R17, R18); no database here.

A rule that counts on an amount is undone in proportion to what came back of its goods; one with a
smallest basket, or that gives a number of points, is judged anew on what remains. Another rule of
its group does not come in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.money import largest_remainder
from loyalty.enums import RuleEffect
from loyalty.queries.rules.document import Bonus

# A line: SKU, category, rial, of it returned.
Line = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Gave:
    """What a rule gave on a purchase."""

    bonus: Bonus
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Remains:
    """What is left of a purchase: of what could earn, and of the whole, with its lines.

    `below`: the rate's minimum is not reached any more, so the rate earned nothing.
    """

    eligible_rial: int
    returned_rial: int
    total_rial: int
    lines: Sequence[Line]
    below: bool


def part_undone(gave: Gave, remains: Remains) -> tuple[int, dict[str, Any]]:
    """Return how many of a rule's points returns undo in sum, and the facts that yield it."""
    told: dict[str, Any] = {"key": str(gave.bonus.key), "name": gave.bonus.name, "of": gave.points}
    back, whole = came_back(gave.bonus, remains)
    lost = _lost(gave.bonus, remains, gone=back >= whole)
    if lost is not None:
        return gave.points, told | lost
    if gave.bonus.effect == RuleEffect.FIXED:
        return 0, told | {"kept": True}
    undone = gave.points * min(back, whole) // whole
    return undone, told | {"back_rial": min(back, whole), "whole_rial": whole}


def present_undone(bonus: Bonus, remains: Remains) -> dict[str, Any] | None:
    """Return why returns take a rule's present back, or None: it is judged anew on what remains."""
    back, whole = came_back(bonus, remains)
    return _lost(bonus, remains, gone=back >= whole)


def came_back(bonus: Bonus, remains: Remains) -> tuple[int, int]:
    """Return (came back, sold) in rial of the goods a rule counts on.

    What came back without naming lines is spread over what remains of all of them.
    """
    if not bonus.when.names_goods:
        return remains.returned_rial, remains.total_rial
    whole = sum(rial for _sku, _category, rial, _back in remains.lines)
    named = sum(back for _sku, _category, _rial, back in remains.lines)
    loose = min(max(0, remains.returned_rial - named), whole - named)
    left = [rial - back for _sku, _category, rial, back in remains.lines]
    shares = largest_remainder(loose, left) if any(left) else [0] * len(left)
    ours = [
        (rial, back + share)
        for (sku, category, rial, back), share in zip(remains.lines, shares, strict=True)
        if sku in bonus.when.skus or category in bonus.when.categories
    ]
    return sum(back for _rial, back in ours), sum(rial for rial, _back in ours)


def _lost(bonus: Bonus, remains: Remains, *, gone: bool) -> dict[str, Any] | None:
    """Return why nothing of a rule's points stays, or None."""
    if remains.returned_rial and remains.eligible_rial < bonus.when.least_rial:
        return {"left_rial": remains.eligible_rial, "least_rial": bonus.when.least_rial}
    if gone or (remains.below and bonus.effect == RuleEffect.TIMES):
        return {"gone": True}
    return None
