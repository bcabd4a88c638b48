"""Scores, segments, the grid and the moves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from customers.enums import CustomerStatus
from segmentation.enums import SLIPPING, Segment
from segmentation.models import CustomerScore, ScoringRun, SegmentCount, SegmentTransition

_MIN_FOR_RHYTHM: Final = 3

_AT: Final = Prepared(
    """
SELECT s.customer_id, s.at, m.after
FROM unnest(%(customers)s::uuid[], %(moments)s::timestamptz[]) AS s (customer_id, at)
CROSS JOIN LATERAL (
    SELECT t.after FROM segmentation_segmenttransition t
    WHERE t.business_id = %(business)s AND t.customer_id = s.customer_id AND t.at <= s.at
    ORDER BY t.at DESC LIMIT 1
) m
""",
    business="uuid",
    customers="uuid[]",
    moments="timestamptz[]",
)


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One customer's scores, 1 (worst) to 5 (best)."""

    r: int
    f: int
    m: int
    segment: Segment
    last_on: date
    frequency: int
    monetary_rial: int
    real_rial: int | None = None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment's size and its net purchases, also in today's prices where those are known."""

    segment: Segment
    customers: int
    net_rial: int
    real_rial: int | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the recency × frequency picture."""

    r: int
    f: int
    customers: int
    net_rial: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a segment, reachable or not."""

    customer_id: UUID
    name: str
    mobile: str | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A customer's own rhythm: usual days between purchase days and when the next is expected."""

    usual_gap_days: int
    expected_on: date
    overdue_days: int


def latest_run() -> ScoringRun | None:
    """Return the finished run whose cut points are in force, or None before the first."""
    return (
        ScoringRun.objects.filter(finished_at__isnull=False).order_by("-started_at", "-id").first()
    )


def score_of(customer_id: UUID) -> ScoreView | None:
    """Return one customer's scores, or None before the first purchase is scored."""
    return scores_of([customer_id]).get(customer_id)


def scores_of(customer_ids: Iterable[UUID]) -> dict[UUID, ScoreView]:
    """Return the scores of several customers in one query."""
    rows = CustomerScore.objects.filter(id__in=list(customer_ids))
    return {row.customer_id: _view(row) for row in rows}


def summary() -> list[SegmentRow]:
    """Return every segment, best first, empty ones included. One query."""
    found: dict[str, Any] = {
        row["segment"]: row
        for row in SegmentCount.objects.values("segment").annotate(
            n=Sum("customers"), net=Sum("net_rial"), real=Sum("real_rial")
        )
    }
    none: dict[str, Any] = {"n": 0, "net": 0, "real": None}
    return [
        SegmentRow(segment, row["n"], row["net"], row["real"])
        for segment in Segment
        for row in [found.get(segment.value, none)]
    ]


def grid() -> list[GridCell]:
    """Return the 25 cells, recency 5 first, frequency 1 first. One query."""
    found = {
        (row["r"], row["f"]): (row["n"], row["net"])
        for row in SegmentCount.objects.values("r", "f").annotate(
            n=Sum("customers"), net=Sum("net_rial")
        )
    }
    return [
        GridCell(r, f, *found.get((r, f), (0, 0))) for r in range(5, 0, -1) for f in range(1, 6)
    ]


def slipping_value() -> int:
    """Return the net purchases (rial) so far of customers who are slipping away."""
    rows = SegmentCount.objects.filter(segment__in=SLIPPING)
    return rows.aggregate(net=Sum("net_rial"))["net"] or 0


def slipped_since(since: date) -> int:
    """Return how many more customers began to slip than came back, from a day on."""
    slipping = [segment.value for segment in SLIPPING]
    into = Q(after__in=slipping) & ~Q(before__in=slipping)
    out = Q(before__in=slipping) & ~Q(after__in=slipping)
    moves = SegmentTransition.objects.filter(on__gte=since).exclude(Q(before="") | Q(after=""))
    counted = moves.aggregate(into=Count("id", filter=into), out=Count("id", filter=out))
    return int(counted["into"]) - int(counted["out"])


def member_rows(
    segment: str = "", *, r: int | None = None, f: int | None = None
) -> QuerySet[CustomerScore]:
    """Return the scores of a segment's (or a cell's) members with their customers."""
    rows = CustomerScore.objects.select_related("customer")
    if segment:
        rows = rows.filter(segment=segment)
    if r is not None and f is not None:
        rows = rows.filter(r=r, f=f)
    return rows


def members(segment: str) -> list[Member]:
    """Return the active customers of one of the eleven ("all": whoever bought). One query."""
    rows = CustomerScore.objects.filter(customer__status=CustomerStatus.ACTIVE)
    if segment != "all":
        rows = rows.filter(segment=segment)
    columns = rows.values_list("id", "customer__name", "customer__mobile")
    # Sorted here: asked for an order, the server reads everybody's rows by the key to have it.
    return [Member(customer_id, name, mobile) for customer_id, name, mobile in sorted(columns)]


def moves_of(customer_id: UUID) -> list[SegmentTransition]:
    """Return a customer's path through the segments, newest first."""
    return list(SegmentTransition.objects.filter(customer_id=customer_id).order_by("-at")[:50])


def segments_at(asked: Collection[tuple[UUID, datetime]]) -> dict[tuple[UUID, datetime], str]:
    """Return the segment customers were in at moments; who had none yet is left out. One query."""
    values = {
        "business": active_business_id(),
        "customers": [customer for customer, _at in asked],
        "moments": [at for _customer, at in asked],
    }
    return {(customer, at): segment for customer, at, segment in _AT.rows(values) if segment}


def moves_on(on: date) -> list[tuple[str, str, int]]:
    """Return (from, to, how many) of a day's moves between segments, most first."""
    rows = SegmentTransition.objects.filter(on=on).exclude(Q(before="") | Q(after=""))
    counted = rows.values("before", "after").annotate(n=Count("id"))
    counted = counted.order_by("-n", "before", "after")
    return [(row["before"], row["after"], row["n"]) for row in counted]


def rhythm(first_on: date, last_on: date, purchase_days: int, today: date) -> Rhythm | None:
    """Return a customer's own rhythm, or None under three purchase days.

    A plain average of past gaps: no model, and the page says so.
    """
    if purchase_days < _MIN_FOR_RHYTHM:
        return None
    gap = max((last_on - first_on).days // (purchase_days - 1), 1)
    expected = last_on + timedelta(days=gap)
    return Rhythm(gap, expected, max((today - expected).days, 0))


def _view(row: CustomerScore) -> ScoreView:
    return ScoreView(
        r=row.r,
        f=row.f,
        m=row.m,
        segment=Segment(row.segment),
        last_on=row.last_on,
        frequency=row.frequency,
        monetary_rial=row.monetary_rial,
        real_rial=row.real_rial,
    )
