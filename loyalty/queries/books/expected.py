"""What of the points owed is expected never to be spent, grant by grant, and what that frees.

Grants of the same thirty days are one cohort. Its price is earned in proportion to points spent of
points expected to be spent in all: L = price × r·q ÷ (s + r·q), r what remains, s what was spent,
q the share of what remains that will be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Sum

from core.tenancy import active_business_id
from loyalty.models import OwedDay, Valuation
from loyalty.queries.books.history import STEP, WHOLE

# All in the rial of their lots' prices, so that lots valued differently may share a cohort.
_COHORTS: Final = """
SELECT floor(extract(epoch FROM l.earned_at) / %(step)s)::int,
    SUM(div(w.price_rial::numeric * (w.remaining_points + w.spent_points + w.ended_points),
        w.granted_points)),
    SUM(div(w.price_rial::numeric * w.spent_points, w.granted_points)),
    SUM(w.owed_rial)
FROM loyalty_lotworth w
JOIN loyalty_lot l ON l.business_id = w.business_id AND l.id = w.lot_id
WHERE w.business_id = %(business)s GROUP BY 1 HAVING SUM(w.owed_rial) > 0
"""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Grants of the same thirty days, in rial: their price, what of it was spent, what remains."""

    born: int
    price_rial: int
    spent_rial: int
    remaining_rial: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many of a million remaining points will be spent: by age where a curve says so."""

    spent_ppm: int
    curve: Sequence[int] = ()

    @property
    def is_everything(self) -> bool:
        """Tell whether nobody expects any point to end."""
        return self.spent_ppm == WHOLE and not self.curve

    def of(self, age: int) -> int:
        """Return the share of points of an age, counted in steps."""
        if not self.curve:
            return self.spent_ppm
        return self.curve[min(max(age, 0), len(self.curve) - 1)]


def expectation_of(row: Valuation) -> Expectation:
    """Return what a valuation expects."""
    return Expectation(row.spent_ppm, row.curve)


def allowance_now() -> int:
    """Return what is posted as never expected to be spent. One query."""
    return int(OwedDay.objects.aggregate(rial=Sum("allowance_rial", default=0))["rial"])


def cohorts() -> list[Cohort]:
    """Return the cohorts with points left. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "step": STEP.total_seconds()}
    with connection.cursor() as cursor:
        cursor.execute(_COHORTS, values)
        return [Cohort(*map(int, row)) for row in cursor.fetchall()]


def still_owed(one: Cohort, ppm: int) -> int:
    """Return what a cohort is owed for, rounded up, when so many of a million will be spent."""
    coming = one.remaining_rial * ppm
    in_all = one.spent_rial * WHOLE + coming
    return -(-one.price_rial * coming // in_all) if in_all > 0 else one.remaining_rial


def not_expected(found: Sequence[Cohort], told: Expectation, now: datetime) -> int:
    """Return by how much less is owed than all remaining points are priced at."""
    if told.is_everything:
        return 0
    today = int(now.timestamp() // STEP.total_seconds())
    return sum(one.remaining_rial - still_owed(one, told.of(today - one.born)) for one in found)
