"""Targets of Azar 1405 for tests, how they stand, and days sold before."""

from datetime import date, timedelta
from typing import Any

from core.calendar import Jalali
from customers.models import SalesDay
from segmentation.enums import Figure, Span
from segmentation.models import Target
from segmentation.operations import set_target
from segmentation.queries.targets.ledger import aims
from segmentation.queries.targets.reckoning import standings
from tests.segmentation.own import NOW, TODAY

AZAR = Jalali(1405, 9, 1).to_date()
ONE = timedelta(days=1)


def aim(figure: str = Figure.NET_SALES, goal: int = 3_000, **changes: Any) -> Target:
    asked = {"span": Span.MONTH, "starts_on": AZAR, "by": "ola", "actor": None, "now": NOW}
    return set_target(**{"figure": figure, "goal": goal, **asked, **changes})


def standing(target: Target, today: date = TODAY) -> Any:
    (found,) = standings(aims([target]), today)
    return found


def days(first: date, last: date, each: Any) -> None:
    """Keep closed days; `each` gives a day's purchases, of 1,000 rial."""
    SalesDay.objects.bulk_create(
        [
            SalesDay(
                on=first + n * ONE, purchases=each(first + n * ONE), known_purchases=0,
                returning_purchases=each(first + n * ONE) // 2, new_customers=1,
                gross_rial=1_000 * each(first + n * ONE), returned_rial=0, returning_rial=0,
                counted_at=NOW,
            )
            for n in range((last - first).days + 1)
        ]
    )  # fmt: skip
