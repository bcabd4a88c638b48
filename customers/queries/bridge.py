"""From one month's sales to another's, part by part (C117); the parts add up to the rial."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import permutations
from typing import Any, Final, Literal

from django.db import connection

from core.calendar import add_months, month_start
from core.tenancy import active_business_id
from customers.queries.stands import stands

PartName = Literal["new", "returning", "frequency", "basket", "unknown"]

# A customer is new in the month of their first purchase.
_SALES: Final = f"""
SELECT CASE WHEN p.customer_id IS NULL THEN 'unknown'
            WHEN t.first_on >= %(since)s THEN 'new' ELSE 'returning' END AS kind,
       count(DISTINCT p.customer_id), count(*), sum(p.total_rial - p.returned_rial)::bigint
FROM customers_purchase p
LEFT JOIN customers_customertotals t
  ON t.business_id = %(business)s AND t.id = p.customer_id
WHERE p.business_id = %(business)s AND p.local_date >= %(since)s AND p.local_date < %(until)s
  AND {stands("p")}
GROUP BY kind
"""  # noqa: S608 - the parts are constants
_FACTORS: Final[tuple[PartName, ...]] = ("returning", "frequency", "basket")


@dataclass(frozen=True, slots=True)
class Sold:
    """The sales of one kind of customers in a month, net of what came back of them since."""

    customers: int = 0
    orders: int = 0
    rial: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """The sales of a Jalali month: of new customers, of returning ones, and without a name."""

    month_on: date
    new: Sold
    returning: Sold
    unknown: Sold

    @property
    def rial(self) -> int:
        """Return all sales."""
        return self.new.rial + self.returning.rial + self.unknown.rial


@dataclass(frozen=True, slots=True)
class SalesBridge:
    """What lies between two months. The parts add up to the change, to the rial."""

    before: Month
    after: Month
    parts: Mapping[PartName, int]


def sales_bridge(after: date, before: date) -> SalesBridge:
    """Return the way from one Jalali month to another. Two queries."""
    was, now = _month(before), _month(after)
    return SalesBridge(was, now, _parts(was, now))


def _month(day: date) -> Month:
    start = month_start(day)
    values: dict[str, Any] = {
        "business": active_business_id(),
        "since": start,
        "until": add_months(start, 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SALES, values)
        found = {kind: Sold(*row) for kind, *row in cursor.fetchall()}
    none = Sold()
    return Month(
        start, found.get("new", none), found.get("returning", none), found.get("unknown", none)
    )


def _parts(was: Month, now: Month) -> dict[PartName, int]:
    return {
        "new": now.new.rial - was.new.rial,
        **_returning(was.returning, now.returning),
        "unknown": now.unknown.rial - was.unknown.rial,
    }


def _returning(was: Sold, now: Sold) -> dict[PartName, int]:
    """Split the change of returning customers' sales: how many, how often, how much each time.

    Each factor gets its average effect over every order in which they may have changed (Shapley),
    in fractions; the last one takes what rounding leaves.
    """
    if not (was.customers and now.customers):
        return {"returning": now.rial - was.rial, "frequency": 0, "basket": 0}
    factors = (_factors(was), _factors(now))
    effects = dict.fromkeys(range(len(_FACTORS)), Fraction(0))
    orders = list(permutations(effects))
    for order in orders:
        at = list(factors[0])
        for place in order:
            before = at[0] * at[1] * at[2]
            at[place] = factors[1][place]
            effects[place] += (at[0] * at[1] * at[2] - before) / len(orders)
    customers, frequency = round(effects[0]), round(effects[1])
    basket = now.rial - was.rial - customers - frequency
    return {"returning": customers, "frequency": frequency, "basket": basket}


def _factors(sold: Sold) -> tuple[Fraction, Fraction, Fraction]:
    return (
        Fraction(sold.customers),
        Fraction(sold.orders, sold.customers),
        Fraction(sold.rial, sold.orders),
    )
