"""What scoring reads of customers: their running totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from core.ids import as_array
from customers.models import CustomerTotals

# For set-based statements of the apps above, so that they need not know our tables. Parameters:
# business (UUID), everybody and customers (`whom`).
# Who was erased is counted in the sums, and is in no segment.
SCORING_TOTALS: Final = """
SELECT customer_id, last_on, purchase_days::bigint AS frequency,
       gross_rial - returned_rial AS monetary, NULL::bigint AS real
FROM customers_customertotals
WHERE business_id = %(business)s AND purchase_days > 0
  AND id NOT IN (SELECT id FROM customers_customer
                 WHERE business_id = %(business)s AND status = 'erased')
  AND (%(everybody)s OR id = ANY (%(customers)s::uuid[]))
"""

# The same counted from the sales themselves: of those since a day (`since`, None for all), as known
# at the end of another (`until`, None for now), and also in the prices of one level (`base`) by the
# months of an index (`months`, ascending, with `levels`; empty for none). Whoever bought nothing
# since then stays, with nothing. A sale before the first month has that month's prices. Whole rial,
# halves upwards, sale by sale, so that parts add up in every order.
SCORING_SALES: Final = """
SELECT customer_id, max(local_date) AS last_on,
       count(DISTINCT local_date) FILTER (WHERE counts) AS frequency,
       coalesce(sum(net) FILTER (WHERE counts), 0)::bigint AS monetary,
       CASE WHEN cardinality(%(levels)s::bigint[]) > 0
            THEN coalesce(sum(div(2 * net * %(base)s::numeric + level, 2 * level))
                          FILTER (WHERE counts), 0)::bigint END AS real
FROM (
    SELECT customer_id, local_date, (total_rial - returned_rial)::numeric AS net,
           (%(since)s::date IS NULL OR local_date >= %(since)s::date) AS counts,
           (%(levels)s::bigint[])[greatest(1, width_bucket(local_date, %(months)s::date[]))]
               ::numeric AS level
    FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL
      AND (%(until)s::date IS NULL OR local_date <= %(until)s::date)
      AND customer_id NOT IN (SELECT id FROM customers_customer
                              WHERE business_id = %(business)s AND status = 'erased')
      AND (%(everybody)s OR customer_id = ANY (%(customers)s::uuid[]))
) AS sales
GROUP BY customer_id
"""

# Who bought before a day. Parameters: business, before.
SCORING_OLDER: Final = """
SELECT customer_id FROM customers_customertotals
WHERE business_id = %(business)s AND purchase_days > 0 AND first_on < %(before)s
  AND id NOT IN (SELECT id FROM customers_customer
                 WHERE business_id = %(business)s AND status = 'erased')
"""

# What models of buying need of everybody, in days since the first purchase; the purse is net of
# returns. Parameters: business, today, everybody and customers (`whom`).
SCORING_HISTORIES: Final = """
SELECT customer_id, purchase_days - 1 AS repeats, last_on - first_on AS last,
       greatest(%(today)s::date, last_on) - first_on AS age, gross_rial - returned_rial AS net
FROM customers_customertotals
WHERE business_id = %(business)s AND purchase_days > 0
  AND id NOT IN (SELECT id FROM customers_customer
                 WHERE business_id = %(business)s AND status = 'erased')
  AND (%(everybody)s OR id = ANY (%(customers)s::uuid[]))
"""

# The same as it was known at the end of a past day (`cut`), with whether they came in the days
# until another (`until`). Parameters: business, cut, until.
SCORING_SPLIT: Final = """
SELECT (count(DISTINCT local_date) FILTER (WHERE local_date <= %(cut)s))::int - 1 AS repeats,
       max(local_date) FILTER (WHERE local_date <= %(cut)s) - min(local_date) AS last,
       %(cut)s::date - min(local_date) AS age, (max(local_date) > %(cut)s::date)::int AS came
FROM customers_purchase
WHERE business_id = %(business)s AND customer_id IS NOT NULL AND local_date <= %(until)s::date
  AND customer_id NOT IN (SELECT id FROM customers_customer
                          WHERE business_id = %(business)s AND status = 'erased')
GROUP BY customer_id HAVING min(local_date) <= %(cut)s::date
"""

# Every purchase day of some: how many were before it, its age, and the next if there was one, as
# known at the end of a day. `{whose}` is a statement of their ids. Parameters: business, today.
SCORING_DAYS: Final = """
SELECT customer_id, local_date, row_number() OVER ahead - 1 AS repeats,
       local_date - first_value(local_date) OVER ahead AS age,
       lead(local_date) OVER ahead AS next_on
FROM (
    SELECT DISTINCT customer_id, local_date FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL
      AND local_date <= %(today)s::date AND customer_id IN ({whose})
) AS bought
WINDOW ahead AS (PARTITION BY customer_id ORDER BY local_date)
"""


def whom(customer_ids: Iterable[UUID] | None) -> dict[str, Any]:
    """Return the parameters that ask for these customers; None for everybody with a purchase."""
    return {
        "everybody": customer_ids is None,
        "customers": None if customer_ids is None else as_array(customer_ids),
    }


@dataclass(frozen=True, slots=True)
class Known:
    """The first and the last day of somebody's purchases, and on how many days they bought."""

    first_on: date
    last_on: date
    days: int


def known_of(customer_ids: Iterable[UUID]) -> dict[UUID, Known]:
    """Return this of those who bought. One query."""
    rows = CustomerTotals.objects.filter(
        id__in=list(customer_ids), purchase_days__gt=0, first_on__isnull=False
    ).values_list("id", "first_on", "last_on", "purchase_days")
    return {who: Known(first, last, days) for who, first, last, days in rows if first and last}
