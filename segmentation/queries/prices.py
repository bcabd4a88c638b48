"""Money of the past in the prices of today, by the business's own index (N25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.calendar import add_months
from segmentation.models import CustomerOutlook, CustomerScore
from segmentation.queries.source import Level, price_levels


@dataclass(frozen=True, slots=True)
class Melted:
    """A sum that was set so many months ago, and the sum that buys as much now."""

    months: int
    then_rial: int
    now_rial: int


def real_worths_of(rows: Sequence[CustomerOutlook]) -> dict[UUID, int]:
    """Return what a year ahead is worth in today's prices, of whom it is known. One query.

    What is foreseen rests on what was paid, in the prices of those days; a customer's own purchases
    say how much the same goods cost now.
    """
    found = CustomerScore.objects.filter(
        id__in=[row.id for row in rows], monetary_rial__gt=0, real_rial__isnull=False
    )
    paid = {one.id: (one.monetary_rial, one.real_rial) for one in found}
    known = [row for row in rows if row.id in paid]
    return {row.id: in_todays_prices(row.worth_rial, *paid[row.id]) for row in known}


def in_todays_prices(rial: int, paid_rial: int, real_rial: int | None) -> int:
    """Return a sum that rests on what was paid as it would be by what the same costs now."""
    return rial * (real_rial or 0) // paid_rial


def melted(rials: Sequence[int], today: date, months: int = 12) -> list[Melted]:
    """Return, for sums that have stood since, what they would be now. One query.

    Nothing where the index does not reach back so far, or says that prices did not change.
    """
    levels = price_levels()
    then, now = _level(levels, add_months(today, -months)), _level(levels, today)
    if then is None or now is None or then == now:
        return []
    return [Melted(months, rial, rial * now // then) for rial in rials]


def _level(levels: Sequence[Level], on: date) -> int | None:
    """Return the level in force on a day, by the newest month that had begun."""
    return next((one.level for one in reversed(levels) if one.month_on <= on), None)
