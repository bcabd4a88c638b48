"""From what was owed for points to what is owed now, part by part, to the point and the rial.

Everything is read from days in sums: a year is some thousand rows however many entries it had.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import F, Q, Sum

from loyalty.enums import PostingKind
from loyalty.models import OwedDay

ACCOUNTS: Final = (
    "owed_rial",
    "allowance_rial",
    "sales_rial",
    "spent_rial",
    "breakage_rial",
    "given_rial",
)
# What is owed less what is expected never to be spent; as in the books, a debt is negative.
_NET: Final = F("owed_rial") + F("allowance_rial")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Points and what is owed for them."""

    points: int = 0
    rial: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.points + other.points, self.rial + other.rial)

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.points - other.points, self.rial - other.rial)


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the bridge: what all postings of a kind did, and how many they were."""

    kind: PostingKind
    change: Amounts
    postings: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """opening + every part = closing."""

    since: date
    last: date
    opening: Amounts
    parts: list[Part]

    @property
    def closing(self) -> Amounts:
        return sum((part.change for part in self.parts), self.opening)


def bridge(since: date, last: date) -> Bridge:
    """Return the way from the evening before `since` to the evening of `last`. One query.

    Parts are in the order of the kinds; those that changed nothing owed are left out.
    """
    within = Q(on__gte=since)
    rows = {
        PostingKind(row["kind"]): row
        for row in OwedDay.objects.filter(on__lte=last)
        .values("kind")
        .annotate(
            was_points=Sum("points", filter=~within, default=0),
            was_rial=Sum(_NET, filter=~within, default=0),
            by_points=Sum("points", filter=within, default=0),
            by_rial=Sum(_NET, filter=within, default=0),
            count=Sum("postings", filter=within, default=0),
        )
    }
    opening = _together(Amounts(int(r["was_points"]), -int(r["was_rial"])) for r in rows.values())
    parts = [
        Part(kind, Amounts(int(row["by_points"]), -int(row["by_rial"])), int(row["count"]))
        for kind in PostingKind
        if (row := rows.get(kind)) and (row["by_points"] or row["by_rial"])
    ]
    return Bridge(since, last, opening, parts)


def closings(since: date, last: date) -> list[tuple[date, Amounts]]:
    """Return what was owed at the end of each day from `since` to `last`. Two queries."""
    before = OwedDay.objects.filter(on__lt=since).aggregate(
        points=Sum("points", default=0), rial=Sum(_NET, default=0)
    )
    moved = {
        row["on"]: Amounts(int(row["by_points"]), -int(row["by_rial"]))
        for row in OwedDay.objects.filter(on__range=(since, last))
        .values("on")
        .annotate(by_points=Sum("points"), by_rial=Sum(_NET))
    }
    owed, found = Amounts(int(before["points"]), -int(before["rial"])), []
    for n in range((last - since).days + 1):
        day = since + timedelta(days=n)
        owed += moved.get(day, Amounts())
        found.append((day, owed))
    return found


def accounts_at(last: date) -> dict[str, int]:
    """Return the trial balance of the books of points on the evening of a day; it sums to zero."""
    sums = OwedDay.objects.filter(on__lte=last).aggregate(
        **{f"sum_{name}": Sum(name, default=0) for name in ACCOUNTS}
    )
    return {name: int(sums[f"sum_{name}"]) for name in ACCOUNTS}


def _together(amounts: Iterable[Amounts]) -> Amounts:
    return sum(amounts, Amounts())
