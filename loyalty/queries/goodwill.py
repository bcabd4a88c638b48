"""Given on the spot: for how much each person may still give, and who gave what to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id
from loyalty.enums import CapSpan, GoodwillSpan
from loyalty.models import Goodwill, GoodwillBudget, GoodwillMeter
from loyalty.queries.programme import program
from loyalty.queries.rules.spans import span_start

# Per giver: what was given since a moment, to how many, and how much of it to whoever had most.
_GIVERS: Final = """
SELECT giver_id, (array_agg(giver_name ORDER BY last DESC))[1], SUM(times)::bigint,
    SUM(points)::bigint, SUM(rial)::bigint, count(*), MAX(times)
FROM (
    SELECT giver_id, customer_id, (array_agg(giver_name ORDER BY at DESC))[1] AS giver_name,
        MAX(at) AS last, count(*) AS times, SUM(points) AS points, SUM(worth_rial) AS rial
    FROM loyalty_goodwill
    WHERE business_id = %(business)s AND at >= %(since)s AND at <= %(now)s
    GROUP BY giver_id, customer_id
) c
GROUP BY giver_id ORDER BY 5 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Left:
    """What one person may still give in the span that runs."""

    rial: int
    of_rial: int
    span: GoodwillSpan
    most_at_once_rial: int
    unit_value_rial: int


@dataclass(frozen=True, slots=True)
class GiverSums:
    """What one person gave. `most_times` is how often whoever had most of it was given."""

    giver_id: UUID
    name: str
    times: int
    points: int
    worth_rial: int
    customers: int
    most_times: int

    @property
    def again(self) -> int:
        """Return how many of the grants went to somebody this person had given before."""
        return self.times - self.customers


def goodwill_budget() -> GoodwillBudget | None:
    """Return what people may give, None when the owner never said."""
    return GoodwillBudget.objects.first()


def left_of(giver_id: UUID, now: datetime) -> Left | None:
    """Return what somebody may still give, None where nobody may give anything."""
    budget, current = goodwill_budget(), program()
    if budget is None or current is None or not budget.is_open:
        return None
    span = GoodwillSpan(budget.span)
    left = max(0, budget.amount_rial - given_in(giver_id, span, since_of(budget, now)))
    most = min(left, budget.most_at_once_rial or budget.amount_rial)
    return Left(left, budget.amount_rial, span, most, current.unit_value_rial)


def since_of(budget: GoodwillBudget, now: datetime) -> date:
    """Return the first day of the span that runs."""
    zone = business_by_id(active_business_id()).timezone
    return span_start(CapSpan(budget.span), business_day(now, zone))


def given_in(giver_id: UUID, span: GoodwillSpan, since: date) -> int:
    """Return for how many rial somebody gave in a span."""
    rows = GoodwillMeter.objects.filter(giver_id=giver_id, span=span, since=since)
    return rows.values_list("used_rial", flat=True).first() or 0


def used_now(budget: GoodwillBudget, now: datetime) -> Mapping[UUID, int]:
    """Return for how many rial each person gave in the span that runs."""
    rows = GoodwillMeter.objects.filter(span=budget.span, since=since_of(budget, now))
    return dict(rows.values_list("giver_id", "used_rial"))


def givers(since: datetime, now: datetime) -> list[GiverSums]:
    """Return what each person gave since a moment, the most rial first. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "since": since, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_GIVERS, values)
        return [GiverSums(*row) for row in cursor.fetchall()]


def goodwill_by_id(goodwill_id: UUID) -> Goodwill | None:
    """Return what was given, with the coupon or card it is, or None."""
    rows = Goodwill.objects.select_related("coupon", "gift_card")
    return rows.filter(id=goodwill_id).first()


def goodwill_rows(*, customer_id: UUID | None = None) -> QuerySet[Goodwill]:
    """Return what was given, with its customers; of one customer if asked."""
    rows = Goodwill.objects.select_related("customer", "coupon", "gift_card")
    return rows.filter(customer=customer_id) if customer_id else rows
