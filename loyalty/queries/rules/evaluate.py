"""What a basket earns under some rules: one pure function for sale, preview, dry run and replay.

The order (rule R3): amount that may earn → × rate → × tier and membership → what each rule adds →
not more than the rule's cap for an order → the best of each group (for the customer, or for the
margin) → not more than the order's cap → one floor, or one for each line (R2) → not more than the
customer's share → not more than what is left of the budget.

A rule adds to what the rate gives; rules do not multiply one another: double and triple points
together are the rate's points, once more, and twice more. Presents stand beside the points: no cap
of points is theirs, shares and budgets are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from typing import Final
from uuid import UUID

from loyalty.enums import BestFor, RuleEffect, Verdict
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.conditions import amount_for, is_named, missing
from loyalty.queries.rules.document import Bonus, Rate, Rules, When, no_rate

_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of limits: of customers' shares and of budgets; unnamed: enough.

    In points, or in presents of a rule that gives them.
    """

    shares: Mapping[UUID, int] = field(default_factory=dict)
    budgets: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule gives on a basket, and why not more.

    `amount_rial` is what it counts on; `capped`: its own cap for an order held; `cut`: the
    customer's share or the budget held no more than `points`, or than `presents`.
    """

    bonus: Bonus
    verdict: Verdict
    points: int = 0
    presents: int = 0
    amount_rial: int = 0
    exact: Fraction = _NOTHING
    capped: bool = False
    cut: Verdict | None = None

    @property
    def given(self) -> int:
        """Return how much of what the rule gives it gave: points, or presents."""
        return self.points or self.presents


@dataclass(frozen=True, slots=True)
class Earned:
    """What a basket earns: the rate's points and each rule's, in order, the silent ones too.

    `below` tells that the purchase is under the rate's minimum, `capped` that the cap of the order
    cut something off; `lines_less` how many points of the rate were lost because each line was
    rounded down by itself, None where the order was.
    """

    base_points: int
    parts: Sequence[Part]
    below: bool
    capped: bool
    lines_less: int | None = None

    @property
    def points(self) -> int:
        """Return the points of the whole order."""
        return self.base_points + sum(part.points for part in self.parts)

    @property
    def bonuses_alone(self) -> bool:
        """Tell whether no rate was asked: something else than a purchase."""
        return bool(self.parts) and all(part.bonus.when.after for part in self.parts)

    @property
    def given(self) -> list[Part]:
        """Return the rules that gave points."""
        return [part for part in self.parts if part.points]

    @property
    def presents(self) -> list[Part]:
        """Return the rules that gave something else."""
        return [part for part in self.parts if part.presents]


_FREE: Final = Room()


def evaluate(basket: Basket, rules: Rules, room: Room = _FREE) -> Earned:
    """Return what a basket earns under the rules, with what is left of their limits.

    Rules about something else than what it is about are not asked.
    """
    rate = rules.rate if basket.happened is None else no_rate(rules.rate)
    below = basket.eligible_rial < rate.minimum_rial
    whole = _NOTHING if below else _base(basket.eligible_rial, basket, rate)
    parts = _best_of_groups(
        [
            Part(bonus, verdict)
            if (verdict := _silent(bonus, basket, room)) is not None
            else _part(bonus, basket, rate, below=below)
            for bonus in rules.bonuses
            if bonus.when.is_about(basket.happened)
        ],
        basket.point_rial,
        rate.best_for,
    )
    return _floored(_Floor(basket, rate), whole, parts, room, below=below)


def _base(rial: int, basket: Basket, rate: Rate) -> Fraction:
    return Fraction(rial * rate.num * basket.times_num, rate.den * basket.times_den)


def _silent(bonus: Bonus, basket: Basket, room: Room) -> Verdict | None:
    """Return why a rule gives nothing here; one whose limit is used up leaves its group alone."""
    verdict = basket.kept_out or missing(bonus.when, basket)
    if verdict is not None:
        return verdict
    for_whom = bonus.customer_cap_points is not None or bonus.present is not None
    if for_whom and basket.customer_id is None:
        return Verdict.STRANGER
    if bonus.present is not None and basket.is_past:
        return Verdict.PAST
    if room.shares.get(bonus.key, 1) <= 0:
        return Verdict.SHARE
    return Verdict.BUDGET if room.budgets.get(bonus.key, 1) <= 0 else None


def _part(bonus: Bonus, basket: Basket, rate: Rate, *, below: bool) -> Part:
    rial = amount_for(bonus.when, basket)
    if bonus.present is not None:
        return Part(bonus, Verdict.APPLIED, presents=bonus.num, amount_rial=rial)
    exact = _exact(bonus, rial, basket, rate, below=below)
    capped = bonus.cap_points is not None and exact > bonus.cap_points
    if capped:
        exact = Fraction(bonus.cap_points or 0)
    return Part(bonus, Verdict.APPLIED, amount_rial=rial, exact=exact, capped=capped)


def _exact(bonus: Bonus, rial: int, basket: Basket, rate: Rate, *, below: bool) -> Fraction:
    if bonus.effect == RuleEffect.FIXED:
        return Fraction(bonus.num)
    if bonus.effect == RuleEffect.RATE:
        return Fraction(rial * bonus.num, bonus.den)
    if below:
        return _NOTHING
    return _base(rial, basket, rate) * (bonus.num - bonus.den) / bonus.den


def _best_of_groups(parts: list[Part], point_rial: int, best_for: BestFor) -> list[Part]:
    """Let the best of each group count, the earlier of two as good (rule R50).

    Points and presents are held against each other by what they are worth in rial: most is the best
    for the customer, least but not nothing for the margin.
    """
    best: dict[str, Part] = {}
    rank = _for_margin if best_for == BestFor.MARGIN else _worth
    for part in parts:
        group = part.bonus.group
        if group and part.verdict == Verdict.APPLIED:
            held = best.get(group)
            best[group] = max(held or part, part, key=lambda one: rank(one, point_rial))
    return [
        replace(part, verdict=Verdict.BEATEN, exact=_NOTHING, presents=0, capped=False)
        if part.verdict == Verdict.APPLIED and best.get(part.bonus.group, part) is not part
        else part
        for part in parts
    ]


def _worth(part: Part, point_rial: int) -> Fraction:
    return (part.exact + part.presents) * part.bonus.unit_rial(point_rial)


def _for_margin(part: Part, point_rial: int) -> tuple[bool, Fraction]:
    worth = _worth(part, point_rial)
    return worth > 0, -worth


class _Floor:
    """Adds what rate and rules come to before it is rounded: on the order, or line by line (R2).

    Points given at once, and those cut to a rule's own cap, are whole and of no line.
    """

    def __init__(self, basket: Basket, rate: Rate) -> None:
        self.goods = basket.goods if rate.by_line else ()
        self.cap = rate.cap_points
        self.lines = [_NOTHING] * max(1, len(self.goods))

    def add(self, exact: Fraction, of: Part | None = None) -> int:
        """Add what the rate or a rule comes to; return the points so far, cap included."""
        weights = [1]
        if of is None or not (of.capped or of.bonus.effect == RuleEffect.FIXED):
            weights = self._weights(When() if of is None else of.bonus.when)
        whole = sum(weights)
        for at, weight in enumerate(weights):
            self.lines[at] += exact * weight / whole
        return self.points if self.cap is None else min(self.points, self.cap)

    def _weights(self, when: When) -> list[int]:
        weights = [
            one.rial if not when.names_goods or is_named(when, one) else 0 for one in self.goods
        ]
        return weights if any(weights) else [1]

    @property
    def points(self) -> int:
        """Return the points so far without the cap."""
        return sum(map(floor, self.lines))

    @property
    def less(self) -> int | None:
        """Return how many points rounding each line has cost so far; None: nothing is by line."""
        return floor(sum(self.lines)) - self.points if self.goods else None

    @property
    def is_over(self) -> bool:
        """Tell whether the cap cuts something off."""
        if self.cap is None:
            return False
        return (self.points if self.goods else self.lines[0]) > self.cap


def _floored(
    under: _Floor, whole: Fraction, parts: Sequence[Part], room: Room, *, below: bool
) -> Earned:
    """Take the floor and tell each rule its part of it.

    A rule's part is the floor with it less the floor before it, so the parts sum to the order's.
    """
    base = before = under.add(whole)
    less, given = under.less, []
    for part in parts:
        upto = under.add(part.exact, part)
        full = under.cap is not None and before >= under.cap
        given.append(_within(part, upto - before, room, full=full))
        before = upto
    return Earned(base, given, below=below, capped=under.is_over, lines_less=less)


def _within(part: Part, points: int, room: Room, *, full: bool) -> Part:
    """Cut what a rule gives to what is left of the customer's share and of its budget."""
    if part.verdict != Verdict.APPLIED:
        return part
    if part.presents:
        presents, cut = _cut(part, part.presents, room)
        return replace(part, presents=presents, cut=cut)
    if not points:
        return replace(part, verdict=Verdict.FULL if full else Verdict.TOO_LITTLE)
    points, cut = _cut(part, points, room)
    return replace(part, points=points, cut=cut)


def _cut(part: Part, wanted: int, room: Room) -> tuple[int, Verdict | None]:
    key, cut = part.bonus.key, None
    for left, reason in (
        (room.shares.get(key), Verdict.SHARE),
        (room.budgets.get(key), Verdict.BUDGET),
    ):
        if left is not None and left < wanted:
            wanted, cut = left, reason
    return wanted, cut
