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
from loyalty.queries.returns import cumulative
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.evaluate import Earned, Room, evaluate
from loyalty.queries.rules.spans import share_of
from loyalty.queries.rules.undo import Gave, Line, Remains, part_undone

_SHOWN: Final = 5
# Where one customer's gain or loss changes its column, in points' worth of rial.
EDGES: Final = (100_000, 500_000, 1_000_000, 5_000_000, 10_000_000)
_FREE: Final = Room()


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """A purchase: its basket, what the ledger says it earned (None: nothing there), its returns."""

    basket: Basket
    on: date
    total_rial: int
    returned_rial: int
    lines: Sequence[Line]
    posted: int | None


@dataclass(slots=True)
class _Limits:
    """Limits as they would have stood in the span, from its beginning."""

    rules: Rules
    unit_rial: int
    budgets: dict[UUID, int] = field(default_factory=dict)
    shares: dict[tuple[UUID, UUID], tuple[date, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.budgets = {
            one.key: one.budget_rial // self.unit_rial
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


class _Side:
    """One set of rules: what it gives of each purchase, net of what came back since."""

    def __init__(self, rules: Rules, unit_rial: int) -> None:
        self.rules = rules
        self.points = 0
        self.met = Counter[tuple[UUID, str]]()
        self.gave = Counter[UUID]()
        self.ran_out: dict[UUID, date] = {}
        metered = any(one.is_metered for one in rules.bonuses)
        self._limits = _Limits(rules, unit_rial) if metered else None

    def judge(self, came: Came) -> tuple[int, int]:
        """Return the points a purchase earned, and those of them that stay."""
        room = self._limits.room(came.basket) if self._limits else _FREE
        earned = evaluate(came.basket, self.rules, room)
        undone, kept = _undone(earned, came, self.rules)
        if self._limits:
            self._limits.take(came.basket, kept)
        self._note(earned, kept, came.on)
        stays = earned.points - undone
        self.points += stays
        return earned.points, stays

    def _note(self, earned: Earned, kept: Sequence[Gave], on: date) -> None:
        for part in earned.parts:
            verdict = part.cut or part.verdict
            self.met[part.bonus.key, str(part.verdict)] += 1
            if verdict == Verdict.BUDGET:
                self.ran_out.setdefault(part.bonus.key, on)
        for one in kept:
            self.gave[one.bonus.key] += one.points


def _undone(earned: Earned, came: Came, rules: Rules) -> tuple[int, list[Gave]]:
    """Return what returns undo of a purchase's points in all, and what stays of each rule's."""
    given = earned.given
    if not came.returned_rial:
        return 0, [Gave(part.bonus, part.points) for part in given]
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
    return undone, kept


class Replay:
    """Judges purchases under the rules in force and under a draft, and tells the difference."""

    def __init__(self, current: Rules, draft: Rules, unit_rial: int) -> None:
        self.unit_rial = unit_rial
        self.old, self.new = _Side(current, unit_rial), _Side(draft, unit_rial)
        self.purchases = self.strangers = self.posted = self.differ = 0
        self._months: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._place: dict[UUID, int] = {}
        self._olds, self._news = array("q"), array("q")

    def add(self, came: Came) -> None:
        """Judge one purchase, later than all before it."""
        earned, old = self.old.judge(came)
        _earned, new = self.new.judge(came)
        self.purchases += 1
        if came.posted is not None:
            self.posted += 1
            self.differ += came.posted != earned
        month = self._months[month_start(came.on)]
        month[0] += 1
        month[1] += old
        month[2] += new
        customer = came.basket.customer_id
        if customer is None:
            self.strangers += 1
            return
        place = self._place.setdefault(customer, len(self._olds))
        if place == len(self._olds):
            self._olds.append(0)
            self._news.append(0)
        self._olds[place] += old
        self._news[place] += new

    def report(self) -> dict[str, Any]:
        """Return everything as JSON: sums, months, rules, who gains and who loses."""
        changes = [new - old for old, new in zip(self._olds, self._news, strict=True)]
        return {
            "purchases": self.purchases,
            "strangers": self.strangers,
            "customers": len(changes),
            "unit_rial": self.unit_rial,
            "old_points": self.old.points,
            "new_points": self.new.points,
            "posted": self.posted,
            "differ": self.differ,
            "months": [
                {"month": month.isoformat(), "purchases": many, "old": old, "new": new}
                for month, (many, old, new) in sorted(self._months.items())
            ],
            "rules": [_rule(self.new, one.key, one.name) for one in self.new.rules.bonuses],
            "gain": _sum(change for change in changes if change > 0),
            "lose": _sum(-change for change in changes if change < 0),
            "histogram": _histogram(changes, self.unit_rial),
            **self._extremes(changes),
        }

    def _extremes(self, changes: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
        ids = list(self._place)
        most = nlargest(_SHOWN, range(len(changes)), key=changes.__getitem__)
        least = nsmallest(_SHOWN, range(len(changes)), key=changes.__getitem__)
        return {
            "top_gain": [_person(ids[at], changes[at]) for at in most if changes[at] > 0],
            "top_lose": [_person(ids[at], changes[at]) for at in least if changes[at] < 0],
        }


def _person(customer_id: UUID, points: int) -> dict[str, Any]:
    return {"customer": str(customer_id), "points": points}


def _sum(changes: Any) -> dict[str, int]:
    customers = points = 0
    for change in changes:
        customers += 1
        points += change
    return {"customers": customers, "points": points}


def _rule(side: _Side, key: UUID, name: str) -> dict[str, Any]:
    met: Mapping[str, int] = {
        verdict: many for (of, verdict), many in side.met.items() if of == key
    }
    ran_out = side.ran_out.get(key)
    return {
        "key": str(key),
        "name": name,
        "points": side.gave[key],
        "purchases": met.get(str(Verdict.APPLIED), 0),
        "verdicts": dict(met),
        "ran_out": ran_out.isoformat() if ran_out else None,
    }


def _histogram(changes: Sequence[int], unit_rial: int) -> list[dict[str, Any]]:
    """Return how many customers gain or lose how much, in columns from the worst to the best.

    A column holds worths above `over` up to `upto` (None: no bound); who neither gains nor loses
    has the column from 0 to 0.
    """
    bounds = [-edge for edge in reversed(EDGES)] + [0, *EDGES]
    columns: Counter[int] = Counter(_column(change * unit_rial, bounds) for change in changes)
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
