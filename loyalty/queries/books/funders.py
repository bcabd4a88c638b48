"""What is owed for points by whoever pays for them: a bridge each, which sum to the whole one."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet, Sum

from loyalty.enums import PostingKind
from loyalty.models import FundedPosting
from loyalty.queries.books.bridge import Amounts, Bridge, Part

_Sums = dict[PostingKind, tuple[Amounts, Part]]


@dataclass(frozen=True, slots=True)
class FundersBridge:
    """The bridge of one funder; `funder` is empty for the business's own."""

    funder: str
    bridge: Bridge


def bridges_by_funder(whole: Bridge) -> list[FundersBridge]:
    """Return a bridge's part of every funder, the business's own first; none without funders.

    What is expected never to be spent is the business's own. One query.
    """
    found = _sums(whole)
    theirs = [_theirs(whole, funder, found[funder]) for funder in sorted(found)]
    return [FundersBridge("", _own(whole, theirs)), *theirs] if theirs else []


def funded_postings(whole: Bridge) -> QuerySet[FundedPosting]:
    """Return the postings of funders in the days of a bridge that changed something."""
    rows = FundedPosting.objects.filter(on__range=(whole.since, whole.last))
    return rows.exclude(points=0, owed_rial=0)


def _sums(whole: Bridge) -> dict[str, _Sums]:
    within = Q(on__gte=whole.since)
    rows = (
        FundedPosting.objects.filter(on__lte=whole.last)
        .values("funder", "kind")
        .annotate(
            was_points=Sum("points", filter=~within, default=0),
            was_rial=Sum("owed_rial", filter=~within, default=0),
            by_points=Sum("points", filter=within, default=0),
            by_rial=Sum("owed_rial", filter=within, default=0),
            count=Count("id", filter=within),
        )
    )
    found: dict[str, _Sums] = defaultdict(dict)
    for row in rows:
        kind = PostingKind(row["kind"])
        before = Amounts(int(row["was_points"]), -int(row["was_rial"]))
        change = Amounts(int(row["by_points"]), -int(row["by_rial"]))
        found[row["funder"]][kind] = (before, Part(kind, change, row["count"]))
    return found


def _theirs(whole: Bridge, funder: str, sums: _Sums) -> FundersBridge:
    opening = sum((before for before, _part in sums.values()), Amounts())
    parts = [sums[kind][1] for kind in PostingKind if kind in sums]
    moved = [part for part in parts if part.change != Amounts()]
    return FundersBridge(funder, replace(whole, opening=opening, parts=moved))


def _own(whole: Bridge, theirs: list[FundersBridge]) -> Bridge:
    """Return what is left of the whole: of the opening, and of each step."""
    left = {part.kind: part for part in whole.parts}
    for one in theirs:
        for part in one.bridge.parts:
            held = left.get(part.kind, Part(part.kind, Amounts(), 0))
            left[part.kind] = replace(held, change=held.change - part.change)
    opening = whole.opening - sum((one.bridge.opening for one in theirs), Amounts())
    parts = [left[kind] for kind in PostingKind if kind in left]
    moved = [part for part in parts if part.change != Amounts()]
    return replace(whole, opening=opening, parts=moved)
