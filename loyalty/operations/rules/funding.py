"""Whose points a purchase's are: written down with the sale and with each return of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from loyalty.models import Lot, LotFunding, RulePoints
from loyalty.queries.rules.evaluate import Earned


def fund(sold: Sequence[tuple[UUID, Earned]], now: datetime) -> None:
    """Write down what others pay for of points just posted; nothing where nobody does."""
    rows = []
    for lot_id, earned in sold:
        paid = Counter[str]()
        for part in earned.given:
            paid[part.bonus.funder] += part.points
        rows += [_row(lot_id, one, paid[one], earned.points, now) for one in sorted(paid) if one]
    if rows:
        LotFunding.objects.bulk_create(rows)


def note_stands(lot: Lot, now: datetime) -> None:
    """Write down how many of a returned purchase's points each funder still pays for."""
    stands = RulePoints.objects.filter(purchase=lot.id).exclude(rule__funder="")
    left = stands.values_list("rule__funder").annotate(standing=Sum("points"))
    LotFunding.objects.bulk_create(
        _row(lot.id, funder, points, lot.earned_points - lot.reversed_points, now)
        for funder, points in left.order_by("rule__funder")
    )


def note_after(lot_id: UUID, now: datetime) -> None:
    """Write down that nobody pays for points any more that were all taken back."""
    known = LotFunding.objects.filter(lot=lot_id).values_list("funder", flat=True)
    LotFunding.objects.bulk_create(_row(lot_id, funder, 0, 0, now) for funder in sorted(set(known)))


def _row(lot_id: UUID, funder: str, points: int, of_points: int, now: datetime) -> LotFunding:
    return LotFunding(lot_id=lot_id, funder=funder, points=points, of_points=of_points, at=now)
