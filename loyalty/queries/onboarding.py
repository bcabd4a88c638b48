"""From the first purchase to the second, and to the first points spent (C113).

Customers by the Jalali month of their first purchase, and by what the first day left them with.
What came back whole is no purchase, a second on the same day is no second visit.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Min

from core.calendar import add_months, month_start
from core.tenancy import active_business_id
from loyalty.enums.engagement import Start
from loyalty.models import Reward
from loyalty.queries.waits import Step, Wait, Waited, curve, wait_of

_WAITS: Final = """
WITH month AS (
    SELECT * FROM unnest(%(months)s::date[], %(untils)s::date[]) AS m (first, until)
), fresh AS (
    SELECT t.customer_id, f.id, f.local_date AS first_on, s.local_date AS second_on,
        (r.at AT TIME ZONE b.timezone)::date AS spent_on, COALESCE(l.earned_points, 0) AS earned
    FROM customers_customertotals t
    JOIN businesses_business b ON b.id = t.business_id
    JOIN customers_customer c ON c.business_id = t.business_id AND c.id = t.customer_id
        AND c.status IN ('active', 'provisional')
    CROSS JOIN LATERAL (
        SELECT p.id, p.local_date FROM customers_purchase p
        WHERE p.business_id = %(business)s AND p.customer_id = t.customer_id
            AND p.returned_rial < p.total_rial
        ORDER BY p.occurred_at, p.id LIMIT 1) f
    LEFT JOIN LATERAL (
        SELECT p.local_date FROM customers_purchase p
        WHERE p.business_id = %(business)s AND p.customer_id = t.customer_id
            AND p.returned_rial < p.total_rial AND p.local_date > f.local_date
        ORDER BY p.occurred_at, p.id LIMIT 1) s ON true
    LEFT JOIN LATERAL (
        SELECT d.settled_at AS at FROM loyalty_redemption d
        WHERE d.business_id = %(business)s AND d.customer_id = t.customer_id
            AND d.state = 'committed'
        ORDER BY d.settled_at LIMIT 1) r ON true
    LEFT JOIN loyalty_lot l ON l.business_id = t.business_id AND l.id = f.id
    WHERE t.business_id = %(business)s AND t.first_on >= %(since)s
        AND f.local_date >= %(since)s AND f.local_date <= %(today)s
)
SELECT m.first,
    CASE WHEN fresh.earned = 0 THEN 'nothing'
        WHEN %(cheapest)s::bigint IS NULL OR fresh.earned < %(cheapest)s THEN 'points'
        ELSE 'reward' END,
    GREATEST(0, COALESCE(fresh.{what}, %(today)s) - fresh.first_on), fresh.{what} IS NOT NULL,
    count(*)
FROM fresh JOIN month m ON fresh.first_on >= m.first AND fresh.first_on < m.until
GROUP BY 1, 2, 3, 4
"""
_COLUMNS: Final = {"second": "second_on", "spent": "spent_on"}
# What the first sales of customers earned, of those that earn at all by the rules of their day.
_USUAL: Final = """
SELECT COALESCE(round(avg(l.earned_points)), 0)::bigint, count(*) FROM customers_purchase p
LEFT JOIN loyalty_lot l ON l.business_id = p.business_id AND l.id = p.id
WHERE p.business_id = %(business)s AND p.local_date >= %(since)s AND p.customer_id IS NOT NULL
    AND p.returned_rial < p.total_rial
"""


@dataclass(frozen=True, slots=True)
class Group:
    """The waits of one month's newcomers, or of those with one kind of first day."""

    key: str
    wait: Wait
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Onboarding:
    """The waits for one thing: of everybody, by month and by what the first day left."""

    whole: Group
    months: Sequence[tuple[date, Group]]
    starts: Sequence[tuple[Start, Group]]


@dataclass(frozen=True, slots=True)
class Reach:
    """What the cheapest reward costs, None without one, and what a sale earns on average."""

    cheapest: int | None
    usual: int
    sales: int

    @property
    def is_far(self) -> bool:
        """Return whether one average sale does not reach the first reward (C113's rule)."""
        return self.cheapest is not None and self.sales > 0 and self.usual < self.cheapest


def onboarding(what: str, today: date, months: int) -> Onboarding:
    """Return the waits of the customers of the last months until the second day, or spending.

    `what` is "second" or "spent". Two queries.
    """
    rows = _rows(what, today, months)
    firsts = sorted({first for first, _start, _waited in rows})
    return Onboarding(
        whole=_group("", rows, lambda _first, _start: True),
        months=[
            (one, _group(str(one), rows, lambda first, _start, one=one: first == one))
            for one in firsts
        ],
        starts=[
            (one, _group(one.value, rows, lambda _first, start, one=one: start == one))
            for one in Start
        ],
    )


def reach(today: date) -> Reach:
    """Return whether a first reward is within reach of one sale, by the last three months."""
    since = add_months(month_start(today), -3)
    values: dict[str, Any] = {"business": active_business_id(), "since": since}
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, values)
        usual, sales = cursor.fetchone()
    return Reach(_cheapest(), int(usual), int(sales))


_Row = tuple[date, Start, Waited]


def _rows(what: str, today: date, months: int) -> list[_Row]:
    running = month_start(today)
    firsts = [add_months(running, -back) for back in range(months - 1, -1, -1)]
    values: dict[str, Any] = {
        "business": active_business_id(),
        "since": firsts[0],
        "today": today,
        "months": firsts,
        "untils": [add_months(first, 1) for first in firsts],
        "cheapest": _cheapest(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITS.format(what=_COLUMNS[what]), values)
        rows = cursor.fetchall()
    return [(first, Start(start), Waited(*waited)) for first, start, *waited in rows]


def _cheapest() -> int | None:
    found: int | None = Reward.objects.filter(is_active=True).aggregate(least=Min("cost_points"))[
        "least"
    ]
    return found


def _group(key: str, rows: Iterable[_Row], fits: Callable[..., bool]) -> Group:
    waits = [waited for first, start, waited in rows if fits(first, start)]
    return Group(key, wait_of(waits), curve(waits))
