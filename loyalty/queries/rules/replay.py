"""A span of purchases judged under two sets of rules at once, one purchase after another.

What is kept grows with customers, not with purchases; nothing here touches the database.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest, nsmallest
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from core.calendar import month_start
from loyalty.enums import Verdict
from loyalty.queries.returned import cumulative
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.document import Bonus, Rules
from loyalty.queries.rules.evaluate import Earned, Room, evaluate
from loyalty.queries.rules.spans import share_of
from loyalty.queries.rules.undo import Gave, Line, Remains, part_undone, present_undone

_SHOWN: Final = 5
# Where one customer's gain or loss changes its column, in rial.
EDGES: Final = (100_000, 500_000, 1_000_000, 5_000_000, 10_000_000)
_FREE: Final = Room()


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """A purchase: its basket, what the ledger says it earned (None: nothing there), its returns.

    Or something else that happened, which nothing comes back of.
    """

    basket: Basket
    on: date
    total_rial: int
    returned_rial: int
    lines: Sequence[Line]
    posted: int | None


@dataclass(slots=True)
class Limits:
    """Limits as they would have stood in the span, from its beginning."""

    rules: Rules
    unit_rial: int
    budgets: dict[UUID, int] = field(default_factory=dict)
    shares: dict[tuple[UUID, UUID], tuple[date, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.budgets = {
            one.key: one.budget_rial // one.unit_rial(self.unit_rial)
            for one in self.rules.bonuses
            if one.budget_rial is not None
        }

    def room(self, basket: Basket) -> Room:
        customer = basket.customer_id
        shares = {}
        for one in self.rules.bonuses:
            if one.customer_cap_points is not None and customer is not None:
                since, used = self.shares.get((one.key, customer), (None, 0))
                begun = share_of(one, basket.local.date())
                left = one.customer_cap_points - (used if since == begun else 0)
                shares[one.key] = max(0, left)
        return Room(shares, self.budgets)

    def take(self, basket: Basket, gave: Sequence[Gave]) -> None:
        for one in gave:
            bonus, customer = one.bonus, basket.customer_id
            if bonus.budget_rial is not None:
                self.budgets[bonus.key] -= one.points
            since = share_of(bonus, basket.local.date())
            if since is not None and customer is not None:
                before, used = self.shares.get((bonus.key, customer), (since, 0))
                held = used if before == since else 0
                self.shares[bonus.key, customer] = (since, held + one.points)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one set of rules gave of a purchase: points at first, and what stays of it since."""

    earned: int
    points: int
    presents_rial: int


class Side:
    """One set of rules: what it gives of each purchase, net of what came back since."""

    def __init__(self, rules: Rules, unit_rial: int) -> None:
        self.rules = rules
        self.points = self.presents_rial = 0
        self.met = Counter[tuple[UUID, str]]()
        self.gave = Counter[UUID]()
        self.ran_out: dict[UUID, date] = {}
        metered = any(one.is_metered for one in rules.bonuses)
        self.limits = Limits(rules, unit_rial) if metered else None

    def judge(self, came: Came) -> _Outcome:
        """Return what a purchase earned, and what of it stays."""
        room = self.limits.room(came.basket) if self.limits else _FREE
        earned = evaluate(came.basket, self.rules, room)
        undone, kept, presents = _undone(earned, came, self.rules)
        if self.limits:
            self.limits.take(came.basket, [*kept, *presents])
        self._note(earned, [*kept, *presents], came.on)
        stays = earned.points - undone
        rial = sum(one.points * one.bonus.unit_rial(0) for one in presents)
        self.points += stays
        self.presents_rial += rial
        return _Outcome(earned.points, stays, rial)

    def _note(self, earned: Earned, kept: Sequence[Gave], on: date) -> None:
        for part in earned.parts:
            verdict = part.cut or part.verdict
            self.met[part.bonus.key, str(part.verdict)] += 1
            if verdict == Verdict.BUDGET:
                self.ran_out.setdefault(part.bonus.key, on)
        for one in kept:
            self.gave[one.bonus.key] += one.points


def _undone(earned: Earned, came: Came, rules: Rules) -> tuple[int, list[Gave], list[Gave]]:
    """Return the points returns undo in all, and what stays of each rule's points and presents."""
    given = earned.given
    presents = [Gave(part.bonus, part.presents) for part in earned.presents]
    if not came.returned_rial:
        return 0, [Gave(part.bonus, part.points) for part in given], presents
    whole = came.basket.eligible_rial
    left = whole - cumulative(whole, came.returned_rial, came.total_rial)
    below = left < rules.rate.minimum_rial
    of_rate = earned.base_points
    undone = of_rate if below else cumulative(of_rate, came.returned_rial, came.total_rial)
    remains = Remains(
        eligible_rial=left,
        returned_rial=min(came.returned_rial, came.total_rial),
        total_rial=came.total_rial,
        lines=came.lines,
        below=below,
    )
    kept = []
    for part in given:
        taken = part_undone(Gave(part.bonus, part.points), remains)[0]
        undone += taken
        kept.append(Gave(part.bonus, part.points - taken))
    stay = [one for one in presents if present_undone(one.bonus, remains) is None]
    return undone, kept, stay


class Replay:
    """Judges purchases under the rules in force and under a draft, and tells the difference."""

    def __init__(self, current: Rules, draft: Rules, unit_rial: int) -> None:
        self.unit_rial = unit_rial
        self.old, self.new = Side(current, unit_rial), Side(draft, unit_rial)
        self.purchases = self.strangers = self.posted = self.differ = self.happened = 0
        self.months: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        # By customer's place: how many points more, and how many rial of presents more.
        self.place: dict[UUID, int] = {}
        self.more_points, self.more_rial = array("q"), array("q")

    def add(self, came: Came) -> None:
        """Judge one purchase, later than all before it, or something else that happened."""
        old, new = self.old.judge(came), self.new.judge(came)
        bought = came.basket.happened is None
        self.purchases += bought
        self.happened += not bought
        if came.posted is not None:
            self.posted += 1
            self.differ += came.posted != old.earned
        month = self.months[month_start(came.on)]
        sums = (int(bought), old.points, new.points, old.presents_rial, new.presents_rial)
        for at, more in enumerate(sums):
            month[at] += more
        customer = came.basket.customer_id
        if customer is None:
            self.strangers += 1
            return
        place = self.place.setdefault(customer, len(self.more_points))
        if place == len(self.more_points):
            self.more_points.append(0)
            self.more_rial.append(0)
        self.more_points[place] += new.points - old.points
        self.more_rial[place] += new.presents_rial - old.presents_rial

    def report(self) -> dict[str, Any]:
        """Return everything as JSON: sums, months, rules, who gains and who loses."""
        changes = [
            points * self.unit_rial + rial
            for points, rial in zip(self.more_points, self.more_rial, strict=True)
        ]
        return {
            "purchases": self.purchases,
            "happened": self.happened,
            "strangers": self.strangers,
            "customers": len(changes),
            "unit_rial": self.unit_rial,
            "old_points": self.old.points,
            "new_points": self.new.points,
            "old_presents_rial": self.old.presents_rial,
            "new_presents_rial": self.new.presents_rial,
            "posted": self.posted,
            "differ": self.differ,
            "months": [_month(month, sums) for month, sums in sorted(self.months.items())],
            "rules": [_rule(self.new, one, self.unit_rial) for one in self.new.rules.bonuses],
            "gain": self._sum(changes, 1),
            "lose": self._sum(changes, -1),
            "histogram": _histogram(changes),
            **self._extremes(changes),
        }

    def _sum(self, changes: Sequence[int], side: int) -> dict[str, int]:
        places = [at for at, rial in enumerate(changes) if rial * side > 0]
        return {
            "customers": len(places),
            "points": side * sum(self.more_points[at] for at in places),
            "rial": side * sum(changes[at] for at in places),
        }

    def _extremes(self, changes: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
        ids = list(self.place)
        most = nlargest(_SHOWN, range(len(changes)), key=changes.__getitem__)
        least = nsmallest(_SHOWN, range(len(changes)), key=changes.__getitem__)

        def person(at: int) -> dict[str, Any]:
            told = {"points": self.more_points[at], "rial": changes[at]}
            return {"customer": str(ids[at]), **told}

        return {
            "top_gain": [person(at) for at in most if changes[at] > 0],
            "top_lose": [person(at) for at in least if changes[at] < 0],
        }


def _month(month: date, sums: Sequence[int]) -> dict[str, Any]:
    many, old, new, old_rial, new_rial = sums
    told = {"old_presents_rial": old_rial, "new_presents_rial": new_rial}
    return {"month": month.isoformat(), "purchases": many, "old": old, "new": new, **told}


def _rule(side: Side, bonus: Bonus, unit_rial: int) -> dict[str, Any]:
    met: Mapping[str, int] = {
        verdict: many for (of, verdict), many in side.met.items() if of == bonus.key
    }
    ran_out, gave = side.ran_out.get(bonus.key), side.gave[bonus.key]
    return {
        "key": str(bonus.key),
        "name": bonus.name,
        "points": 0 if bonus.present else gave,
        "presents": gave if bonus.present else 0,
        "cost_rial": gave * bonus.unit_rial(unit_rial),
        "purchases": met.get(str(Verdict.APPLIED), 0),
        "verdicts": dict(met),
        "ran_out": ran_out.isoformat() if ran_out else None,
    }


def _histogram(changes: Sequence[int]) -> list[dict[str, Any]]:
    """Return how many customers gain or lose how much, in columns from the worst to the best.

    A column holds worths above `over` up to `upto` (None: no bound); who neither gains nor loses
    has the column from 0 to 0.
    """
    bounds = [-edge for edge in reversed(EDGES)] + [0, *EDGES]
    columns: Counter[int] = Counter(_column(change, bounds) for change in changes)
    spans: list[tuple[int | None, int | None]] = [(None, bounds[0])]
    for low, high in pairwise(bounds):
        if low == 0:
            spans.append((0, 0))
        spans.append((low, high))
    spans.append((bounds[-1], None))
    return [
        {"over": low, "upto": high, "customers": columns[at]}
        for at, (low, high) in enumerate(spans)
    ]


def _column(worth: int, bounds: Sequence[int]) -> int:
    """Return the place of a worth: losses, none, gains; a bound belongs to the side of zero."""
    if worth < 0:
        return sum(worth > bound for bound in bounds if bound < 0)
    losses = sum(bound < 0 for bound in bounds) + 1
    if worth == 0:
        return losses
    return losses + 1 + sum(worth > bound for bound in bounds if bound > 0)
