"""What rules beside the rate give and what returns undo of it, in plain arithmetic, no product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

RIAL_PER_POINT = 100_000
# Category, rial, of it returned.
Line = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Given:
    """What each rule gave of an order, by key, and the rate."""

    by_rate: int
    by_rules: Mapping[UUID, int]

    @property
    def points(self) -> int:
        return self.by_rate + sum(self.by_rules.values())


def given(
    rial: int, lines: Sequence[Line], rules: Sequence[Any], number: int, left: Mapping[UUID, int]
) -> Given:
    """Return what an order earns; `left` is the room of each limited rule, in points."""
    exact = {rule.key: _worth(rule, rial, lines, number) for rule in rules}
    open_ = [one for one in rules if exact[one.key] is not None and left.get(one.key, 1) > 0]
    for group in {one.group for one in open_ if one.group}:
        members = [one for one in open_ if one.group == group]
        best = max(members, key=lambda one: exact[one.key] or 0)  # the earlier of two as good
        open_ = [one for one in open_ if one is best or one.group != group]
    whole = Fraction(rial, RIAL_PER_POINT)
    by_rate, floor, gave = int(whole), int(whole), {}
    for one in open_:
        whole += exact[one.key] or 0
        part, floor = int(whole) - floor, int(whole)
        gave[one.key] = min(part, left.get(one.key, part))
    return Given(by_rate, {key: points for key, points in gave.items() if points})


def _worth(rule: Any, rial: int, lines: Sequence[Line], number: int) -> Fraction | None:
    """Return what a rule is worth on an order, None where it is not meant."""
    when = rule.when
    goods = sum(amount for category, amount, _back in lines if category in when.categories)
    counted = goods if when.categories else rial
    meant = rial >= when.least_rial and (not when.every or number % when.every == 0)
    if not meant or (when.categories and not goods):
        return None
    if rule.effect == "fixed":
        return Fraction(rule.num)
    if rule.effect == "rate":
        return Fraction(counted * rule.num, rule.den)
    return Fraction(counted, RIAL_PER_POINT) * (Fraction(rule.num, rule.den) - 1)


def undone(
    rial: int, back: int, lines: Sequence[Line], gave: Given, rules: Mapping[UUID, Any]
) -> int:
    """Return how many points what came back of an order undoes in all."""
    if not back:
        return 0
    return gave.by_rate * back // rial + sum(
        _undone(rules[key], points, rial, back, lines) for key, points in gave.by_rules.items()
    )


def _undone(rule: Any, points: int, rial: int, back: int, lines: Sequence[Line]) -> int:
    came, sold = _of_goods(rule, back, lines) if rule.when.categories else (back, rial)
    stays = rial - rial * back // rial
    if stays < rule.when.least_rial or came >= sold:
        return points
    return 0 if rule.effect == "fixed" else points * came // sold


def _of_goods(rule: Any, back: int, lines: Sequence[Line]) -> tuple[int, int]:
    """Return (came back, sold) of a rule's goods; what named no line is shared by what is left."""
    left = [amount - returned for _category, amount, returned in lines]
    loose = back - sum(returned for _category, _amount, returned in lines)
    shares = [Fraction(loose * one, sum(left)) if any(left) else Fraction(0) for one in left]
    whole = [int(one) for one in shares]
    missing = loose - sum(whole)
    for place in sorted(range(len(left)), key=lambda at: whole[at] - shares[at])[:missing]:
        whole[place] += 1
    ours = [
        (returned + share, amount)
        for (category, amount, returned), share in zip(lines, whole, strict=True)
        if category in rule.when.categories
    ]
    return sum(came for came, _sold in ours), sum(sold for _came, sold in ours)
