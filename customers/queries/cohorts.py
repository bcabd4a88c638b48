"""What people did after one of their purchases, by what had happened to it and what they are like.

An app above names purchases and says what happened to each. Their customers are compared with
customers none of whose purchases was ever named, each by one purchase of the same days: for the
former the first named one, for the latter one drawn by its id. Alike are those with as many
purchases in the two years before, as long a gap since the last one, in the same thirty days.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.matching import Cell

OTHERS: Final = ""
_BEFORE: Final = 730
# Enough for any comparison, and few enough to answer while somebody waits.
_MOST: Final = 20_000
_PEOPLE: Final = """
WITH firsts AS (
  SELECT DISTINCT ON (p.customer_id) p.customer_id, p.id, n.kind
  FROM unnest(%(purchases)s::uuid[], %(kinds)s::text[]) AS n (id, kind)
  JOIN customers_purchase p ON p.business_id = %(business)s AND p.id = n.id
  WHERE p.customer_id IS NOT NULL
  ORDER BY p.customer_id, p.local_date, md5(p.id::text)
), story AS (
  SELECT p.id, p.customer_id, p.local_date, row_number() OVER w - 1 AS earlier,
         p.local_date - lag(p.local_date) OVER w AS gap
  FROM customers_purchase p
  WHERE p.business_id = %(business)s AND p.customer_id IS NOT NULL
    AND p.local_date >= %(from)s AND p.local_date < %(today)s AND p.id <> ALL(%(apart)s::uuid[])
  WINDOW w AS (PARTITION BY p.customer_id ORDER BY p.occurred_at, p.id)
), one AS (
  SELECT DISTINCT ON (s.customer_id) s.*, f.kind
  FROM story s LEFT JOIN firsts f ON f.customer_id = s.customer_id
  WHERE (f.id IS NULL OR f.id = s.id) AND s.local_date >= %(since)s AND s.local_date < %(until)s
  ORDER BY s.customer_id, md5(s.id::text)
), people AS (
  SELECT customer_id, local_date, coalesce(kind, '') AS kind,
         width_bucket(earlier, ARRAY[1, 2, 4, 9]::bigint[]) AS bought,
         coalesce(width_bucket(gap, ARRAY[8, 31, 91]), -1) AS away,
         (local_date - %(since)s::date) / 30 AS block
  FROM one
  ORDER BY kind IS NULL, md5(customer_id::text) LIMIT %(most)s
)
"""
_AGAIN: Final = """
SELECT kind, bought, away, block, count(*), sum(again)
FROM (
  SELECT people.*, EXISTS (
    SELECT FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id = people.customer_id
      AND p.local_date > people.local_date + %(wait)s
      AND p.local_date <= people.local_date + %(wait)s + %(follow)s
  )::int AS again FROM people
) t GROUP BY kind, bought, away, block
"""
_SIDE: Final = """
LEFT JOIN LATERAL (
  SELECT avg(p.total_rial - p.returned_rial)::float8 AS rial, avg(l.lines)::float8 AS lines,
         (SELECT count(DISTINCT x.category) FROM customers_purchase q
          JOIN customers_purchaseline x ON x.business_id = q.business_id AND x.purchase_id = q.id
          WHERE q.business_id = %(business)s AND q.customer_id = people.customer_id
            AND q.local_date BETWEEN {first} AND {last} AND x.category <> ''
            AND q.id <> ALL(%(apart)s::uuid[])
         )::float8 AS categories
  FROM customers_purchase p
  LEFT JOIN LATERAL (
    SELECT nullif(count(*), 0) AS lines FROM customers_purchaseline l
    WHERE l.business_id = %(business)s AND l.purchase_id = p.id
  ) l ON true
  WHERE p.business_id = %(business)s AND p.customer_id = people.customer_id
    AND p.local_date BETWEEN {first} AND {last} AND p.id <> ALL(%(apart)s::uuid[])
) {name} ON true
"""
_EARLY: Final = _SIDE.format(
    name="early", first="people.local_date - %(follow)s", last="people.local_date - 1"
)
_LATE: Final = _SIDE.format(
    name="late", first="people.local_date + 1", last="people.local_date + %(follow)s"
)
_CHANGE: Final = """
SELECT kind, bought, away, block,
  count(rial), coalesce(sum(rial), 0), coalesce(sum(rial * rial), 0),
  count(lines), coalesce(sum(lines), 0), coalesce(sum(lines * lines), 0),
  count(categories), coalesce(sum(categories), 0), coalesce(sum(categories * categories), 0)
FROM (
  SELECT kind, bought, away, block, late.rial - early.rial AS rial,
         late.lines - early.lines AS lines,
         CASE WHEN early.lines IS NOT NULL AND late.lines IS NOT NULL
              THEN late.categories - early.categories END AS categories
  FROM people
"""
_GROUPED: Final = """
) t GROUP BY kind, bought, away, block
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """Which purchases are looked at: those of [since, until), their follow-up over by `today`."""

    since: date
    until: date
    today: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """How people's baskets changed: their average, their lines, and how many categories."""

    rial: list[Cell]
    lines: list[Cell]
    categories: list[Cell]


def study_until(*, today: date, days: int, follow: int) -> Study:
    """Return the study of a number of days that ended early enough to be followed up."""
    until = today - timedelta(days=follow)
    return Study(since=until - timedelta(days=days), until=until, today=today)


def bought_again(
    kinds: Mapping[UUID, str], study: Study, *, wait_days: int, follow_days: int
) -> list[Cell]:
    """Count who bought within `follow_days`, beginning `wait_days` after the purchase. One query.

    The wait makes sure that what happened to a purchase is known before anybody is followed.
    """
    values = _values(kinds, study) | {"wait": wait_days, "follow": follow_days}
    return [
        Cell(kind=kind, stratum=tuple(stratum), count=count, total=float(yes), squares=float(yes))
        for kind, *stratum, count, yes in _rows(_PEOPLE + _AGAIN, values)
    ]


def basket_changes(
    kinds: Mapping[UUID, str], study: Study, *, follow_days: int, apart: Collection[UUID] = ()
) -> Changes:
    """Measure each one's purchases in the days after against those in as many before. One query.

    The purchase itself is on neither side; who bought on one side only cannot be measured.
    Purchases kept `apart` are no baskets: they count on no side and not as bought before.
    """
    sql = _PEOPLE + _CHANGE + _EARLY + _LATE + _GROUPED
    rows = _rows(sql, _values(kinds, study, apart) | {"follow": follow_days})

    def cells(place: int) -> list[Cell]:
        return [
            Cell(
                kind=row[0],
                stratum=tuple(row[1:4]),
                count=row[place],
                total=float(row[place + 1]),
                squares=float(row[place + 2]),
            )
            for row in rows
        ]

    return Changes(rial=cells(4), lines=cells(7), categories=cells(10))


def _values(
    kinds: Mapping[UUID, str], study: Study, apart: Collection[UUID] = ()
) -> dict[str, Any]:
    return {
        "business": active_business_id(),
        "purchases": list(kinds),
        "kinds": list(kinds.values()),
        "apart": list(apart),
        "from": study.since - timedelta(days=_BEFORE),
        "since": study.since,
        "until": study.until,
        "today": study.today,
        "most": _MOST,
    }


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    if not values["purchases"]:
        # Nothing happened to anybody: there is nobody to compare, and history need not be read.
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
