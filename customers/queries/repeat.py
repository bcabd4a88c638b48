"""Who buys again (C001): by time, branch, employee and product, by the month of the first purchase.

Counted are orders that were not given back whole; several payments of one order are one purchase.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from core.calendar import add_months, month_start
from core.tenancy import active_business_id
from customers.queries.stands import stands

RETURN_DAYS: Final = (30, 60, 90)
_MOST_GROUPS: Final = 20
_COHORT_MONTHS: Final = 12

_ORDERS: Final = f"""
orders AS (
    SELECT p.id, p.customer_id, p.branch_id, p.employee_id, p.channel
    FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id IS NOT NULL
      AND p.local_date >= %(since)s AND p.local_date < %(until)s
      AND {stands("p")}
)"""  # noqa: S608 - the parts are constants
_RATE: Final = f"""
WITH {_ORDERS}
SELECT count(*), count(*) FILTER (WHERE n > 1)
FROM (SELECT count(*) AS n FROM orders GROUP BY customer_id) AS people
"""  # noqa: S608 - the parts are constants
# Which group an order belongs to; a product's orders are those it is in.
_GROUPS: Final[Mapping[str, str]] = {
    "branch": """
        SELECT o.id, o.customer_id, o.branch_id::text AS key, b.name AS name
        FROM orders o JOIN businesses_branch b
          ON b.business_id = %(business)s AND b.id = o.branch_id""",
    "employee": """
        SELECT o.id, o.customer_id, o.employee_id::text AS key, e.name AS name
        FROM orders o JOIN businesses_employee e
          ON e.business_id = %(business)s AND e.id = o.employee_id""",
    "channel": "SELECT o.id, o.customer_id, o.channel AS key, o.channel AS name FROM orders o",
    "product": """
        SELECT o.id, o.customer_id, coalesce(nullif(l.sku, ''), l.name) AS key,
               max(coalesce(nullif(l.name, ''), l.sku)) AS name
        FROM orders o JOIN customers_purchaseline l
          ON l.business_id = %(business)s AND l.purchase_id = o.id
        WHERE (l.sku <> '' OR l.name <> '')
          AND (l.total_rial = 0 OR l.returned_rial < l.total_rial)
        GROUP BY o.id, o.customer_id, coalesce(nullif(l.sku, ''), l.name)""",
    # By the first day of the Jalali month of their first purchase; '' before the last twelve.
    "cohort": f"""
        SELECT o.id, o.customer_id, firsts.key AS key, '' AS name
        FROM orders o JOIN (
            SELECT p.customer_id, coalesce((%(starts)s::date[])[
                       width_bucket(min(p.local_date), %(starts)s::date[])]::text, '') AS key
            FROM customers_purchase p
            WHERE p.business_id = %(business)s AND {stands("p")}
              AND p.customer_id IN (SELECT customer_id FROM orders)
            GROUP BY p.customer_id
        ) AS firsts ON firsts.customer_id = o.customer_id""",  # noqa: S608 - a constant
}
_GROUPED: Final = f"""
WITH {_ORDERS},
everywhere AS (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id),
parts AS ({{parts}}),
people AS (
    SELECT key, max(name) AS name, customer_id, count(*) AS n FROM parts GROUP BY key, customer_id
)
SELECT key, max(name), count(*), count(*) FILTER (WHERE people.n > 1),
       count(*) FILTER (WHERE everywhere.n > 1)
FROM people JOIN everywhere USING (customer_id)
GROUP BY key ORDER BY count(*) DESC, max(name), key LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
_COHORTS: Final = f"""
WITH days AS (
    SELECT DISTINCT customer_id, local_date
    FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL
      AND {stands("customers_purchase")}
), story AS (
    SELECT customer_id, local_date, min(local_date) OVER (PARTITION BY customer_id) AS first_on
    FROM days
)
SELECT width_bucket(first_on, %(starts)s::date[]) - 1 AS cohort,
       width_bucket(local_date, %(starts)s::date[]) - width_bucket(first_on, %(starts)s::date[])
           AS later, count(DISTINCT customer_id)
FROM story WHERE first_on >= %(since)s GROUP BY cohort, later ORDER BY cohort, later
"""  # noqa: S608 - the parts are constants
_RETURNED: Final = f"""
WITH days AS (
    SELECT DISTINCT customer_id, local_date
    FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL
      AND {stands("customers_purchase")}
), seconds AS (
    SELECT min(local_date) AS first_on,
           (array_agg(local_date ORDER BY local_date))[2] - min(local_date) AS gap
    FROM days GROUP BY customer_id
)
SELECT width_bucket(first_on, %(starts)s::date[]) - 1,
       count(*) FILTER (WHERE gap <= %(first)s), count(*) FILTER (WHERE gap <= %(second)s),
       count(*) FILTER (WHERE gap <= %(third)s)
FROM seconds WHERE first_on >= %(since)s GROUP BY 1
"""  # noqa: S608 - the parts are constants
_DUE: Final = """
SELECT t.customer_id, t.last_on + t.gap AS expected_on, t.gap
FROM (
    SELECT customer_id, last_on,
           greatest((last_on - first_on) / (purchase_days - 1), 1) AS gap
    FROM customers_customertotals
    WHERE business_id = %(business)s AND purchase_days >= 3
      AND id NOT IN (SELECT id FROM customers_customer
                     WHERE business_id = %(business)s AND status = 'erased')
) AS t
WHERE t.last_on + t.gap BETWEEN %(today)s::date - %(reach)s AND %(today)s::date + %(reach)s
ORDER BY expected_on, customer_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Of how many customers how many bought at least twice."""

    customers: int
    again: int


@dataclass(frozen=True, slots=True)
class RepeatGroup:
    """The customers of a branch, an employee, a channel, a product or a first month.

    `again` came back to it, `anywhere` to the business at all, in the same days.
    """

    key: str
    name: str
    customers: int
    again: int
    anywhere: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody whose first purchase fell into a Jalali month.

    `active[k]` bought in the k-th month after it, as far as that month has begun; `returned` came
    again within 30, 60 and 90 days, None where those days are not over for all of them.
    """

    month_on: date
    customers: int
    active: tuple[int, ...]
    returned: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose own rhythm lets them be expected about now."""

    customer_id: Any
    expected_on: date
    gap_days: int


def repeat_rate(since: date, until: date) -> Repeat:
    """Return who bought twice of who bought in [since, until). One query."""
    ((customers, again),) = _rows(_RATE, since=since, until=until)
    return Repeat(customers, again)


def repeat_groups(
    group: str, since: date, until: date, more: Mapping[str, str] | None = None
) -> list[RepeatGroup]:
    """Return the groups with most customers in [since, until). One query.

    `group`: branch, employee, channel, product or cohort; or one of `more`, a statement by which an
    app above says of each of `orders` (id, customer_id) its key and name.
    """
    sql = _GROUPED.format(parts={**_GROUPS, **(more or {})}[group])
    this = month_start(until - timedelta(days=1))
    starts = [add_months(this, -ago) for ago in range(_COHORT_MONTHS - 1, -1, -1)]
    rows = _rows(sql, since=since, until=until, most=_MOST_GROUPS, starts=starts)
    return [RepeatGroup(*row) for row in rows]


def repeat_group_names() -> Sequence[str]:
    """Return by what `repeat_groups` can group."""
    return tuple(_GROUPS)


def cohorts(today: date, months: int) -> list[Cohort]:
    """Return the cohorts of the last Jalali months, oldest first. Two queries."""
    this = month_start(today)
    starts = [add_months(this, n + 1 - months) for n in range(months)]
    sizes: dict[int, dict[int, int]] = {}
    for cohort, later, count in _rows(_COHORTS, starts=starts, since=starts[0]):
        sizes.setdefault(cohort, {})[later] = count
    returned = {row[0]: row[1:] for row in _rows(_RETURNED, **_spans(starts))}
    return [
        Cohort(
            month_on=start,
            customers=sizes.get(place, {}).get(0, 0),
            active=tuple(sizes.get(place, {}).get(later, 0) for later in range(months - place)),
            returned=_known(returned.get(place, (0, 0, 0)), start, today),
        )
        for place, start in enumerate(starts)
    ]


def due_now(today: date, *, reach_days: int, most: int) -> list[Due]:
    """Return whose next purchase falls about now by their own usual gap. One query.

    Only who bought on three days has a rhythm.
    """
    return [Due(*row) for row in _rows(_DUE, today=today, reach=reach_days, most=most)]


def _spans(starts: Sequence[date]) -> dict[str, Any]:
    first, second, third = RETURN_DAYS
    return {
        "starts": list(starts),
        "since": starts[0],
        "first": first,
        "second": second,
        "third": third,
    }


def _known(counts: Sequence[int], start: date, today: date) -> tuple[int | None, ...]:
    """Return the counts whose days are over even for the month's last newcomer."""
    last = add_months(start, 1) - timedelta(days=1)
    return tuple(
        count if last + timedelta(days=days) < today else None
        for count, days in zip(counts, RETURN_DAYS, strict=True)
    )


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return list(cursor.fetchall())
