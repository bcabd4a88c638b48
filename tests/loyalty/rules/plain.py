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
    """What each rule gave of an order, by key, and the rate with its smallest purchase."""

    by_rate: int
    by_rules: Mapping[UUID, int]
    least_rial: int = 0

    @property
    def points(self) -> int:
        return self.by_rate + sum(self.by_rules.values())


@dataclass(frozen=True, slots=True)
class Sold:
    """An order: rial, its lines, which purchase of the customer it is, the factor of their tier."""

    rial: int
    lines: Sequence[Line]
    number: int
    factor: Fraction


def given(sold: Sold, rules: Sequence[Any], rate: Any, left: Mapping[UUID, int]) -> Given:
    """Return what an order earns; `left` is the room of each limited rule, in points."""
    below = sold.rial < rate.minimum_rial
    exact = {rule.key: _worth(rule, sold, below=below) for rule in rules}
    open_ = [one for one in rules if exact[one.key] is not None and left.get(one.key, 1) > 0]
    for group in {one.group for one in open_ if one.group}:
        members = [one for one in open_ if one.group == group]
        best = _best(members, exact, rate.best_for)
        open_ = [one for one in open_ if one is best or one.group != group]
    base = Fraction(0) if below else Fraction(sold.rial, RIAL_PER_POINT) * sold.factor
    lines = _spread(base, sold, rate)
    most = int(sum(lines) + 10**9) if rate.cap_points is None else rate.cap_points
    by_rate = floor = min(sum(map(int, lines)), most)
    gave = {}
    for one in open_:
        worth = exact[one.key] or Fraction(0)
        added = _spread(worth, sold, rate, one)
        lines = [line + more for line, more in zip(lines, added, strict=True)]
        upto = min(sum(map(int, lines)), most)
        part, floor = upto - floor, upto
        gave[one.key] = min(part, left.get(one.key, part))
    by_rules = {key: points for key, points in gave.items() if points}
    return Given(by_rate, by_rules, rate.minimum_rial)


def _best(members: Sequence[Any], exact: Mapping[UUID, Any], best_for: str) -> Any:
    """Return the dearest of a group, or the cheapest that gives anything; the earlier as good."""
    giving = [one for one in members if exact[one.key]] or list(members)
    pick = min if best_for == "margin" else max
    return pick(giving, key=lambda one: exact[one.key] or 0)


def _spread(worth: Fraction, sold: Sold, rate: Any, rule: Any = None) -> list[Fraction]:
    """Return what an amount of points comes to on each line where each is rounded by itself."""
    if not rate.by_line or not sold.lines:
        return [worth]
    whole = rule is not None and (rule.effect == "fixed" or worth == rule.cap_points)
    if whole:
        return [worth, *[Fraction(0)] * (len(sold.lines) - 1)]
    named = rule.when.categories if rule is not None else ()
    amounts = [amount if not named or kind in named else 0 for kind, amount, _ in sold.lines]
    return [worth * Fraction(amount, sum(amounts) or 1) for amount in amounts]


def _worth(rule: Any, sold: Sold, *, below: bool) -> Fraction | None:
    """Return what a rule is worth on an order, None where it is not meant."""
    when = rule.when
    goods = sum(amount for category, amount, _back in sold.lines if category in when.categories)
    counted = goods if when.categories else sold.rial
    meant = sold.rial >= when.least_rial and (not when.every or sold.number % when.every == 0)
    if not meant or (when.categories and not goods):
        return None
    worth = _uncapped(rule, counted, sold.factor, below=below)
    return worth if rule.cap_points is None else min(worth, Fraction(rule.cap_points))


def _uncapped(rule: Any, counted: int, factor: Fraction, *, below: bool) -> Fraction:
    if rule.effect == "fixed":
        return Fraction(rule.num)
    if rule.effect == "rate":
        return Fraction(counted * rule.num, rule.den)
    times = Fraction(rule.num, rule.den) - 1
    return Fraction(0) if below else Fraction(counted, RIAL_PER_POINT) * factor * times


def undone(
    rial: int, back: int, lines: Sequence[Line], gave: Given, rules: Mapping[UUID, Any]
) -> int:
    """Return how many points what came back of an order undoes in all."""
    if not back:
        return 0
    stays = rial - rial * back // rial
    below = stays < gave.least_rial
    by_rate = gave.by_rate if below else gave.by_rate * back // rial
    return by_rate + sum(
        points
        if below and rules[key].effect == "times"
        else _undone(rules[key], points, rial, back, lines)
        for key, points in gave.by_rules.items()
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
