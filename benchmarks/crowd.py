"""One business with a crowd: customers and purchases by the million, laid out by set-based SQL.

Row n is a pure function of n, so the files given to other engines hold the very same payments.
Customer n has the id `customer_id(n)`; low numbers buy far more often than high ones.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from benchmarks import stage

YEARS_S: Final = 3 * 365 * 86_400
AT_ONCE: Final = 1_000_000

_CUSTOMERS: Final = """
INSERT INTO customers_customer (id, business_id, status, name, mobile, member_code, search_key,
                                family_key, created_at)
SELECT bench_customer(n), (%(businesses)s::uuid[])[1 + (n - 1) / %(each)s], 'active',
       'مشتری ' || n,
       '+98912' || lpad(n::text, 7, '0'), 'K' || lpad(n::text, 8, '0'), 'مشتری ' || n, n::text,
       %(now)s - interval '3 years'
FROM generate_series(1, cardinality(%(businesses)s::uuid[]) * %(each)s) AS n
"""
_PURCHASES: Final = """
INSERT INTO customers_purchase (id, business_id, customer_id, external_id, channel, source,
    occurred_at, local_date, total_rial, eligible_rial, returned_rial, matched_by, fingerprint,
    recorded_at)
SELECT uuidv7(at - clock_timestamp()), (%(businesses)s::uuid[])[1 + shop],
       bench_customer(shop * %(each)s + who),
       'p' || lpad(i::text, 9, '0'), 'pos', 'till', at, (at AT TIME ZONE 'Asia/Tehran')::date,
       total, total, 0, 'mobile', decode(md5(i::text), 'hex'), at
FROM (
    SELECT i, i %% cardinality(%(businesses)s::uuid[]) AS shop,
           %(now)s - (%(purchases)s - i) * (%(span)s * interval '1 second' / %(purchases)s) AS at,
           1 + floor(%(each)s * power(random(), 2))::int AS who,
           1000 * (50 + floor(950 * power(random(), 2)))::bigint AS total
    FROM generate_series(%(first)s, %(last)s) AS i
) AS drawn
"""
_TOTALS: Final = """
INSERT INTO customers_customertotals (id, business_id, customer_id, purchases, purchase_days,
    gross_rial, returned_rial, first_on, last_on, last_at)
SELECT customer_id, business_id, customer_id, sum(n), count(*), sum(gross), 0, min(on_day),
       max(on_day), max(last_at)
FROM (
    SELECT business_id, customer_id, local_date AS on_day, count(*) AS n, sum(total_rial) AS gross,
           max(occurred_at) AS last_at
    FROM customers_purchase WHERE business_id = ANY(%(businesses)s::uuid[]) GROUP BY 1, 2, 3
) AS days GROUP BY business_id, customer_id
"""
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION bench_customer(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT
RETURN ('0190beac-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid
"""
_INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index i WHERE indrelid = %s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The business and how much was laid out for it."""

    business_id: UUID
    customers: int
    purchases: int


def customer_id(number: int) -> UUID:
    """Return the id of customer `number`, as the SQL function gives it."""
    return UUID(f"0190beac-0000-7000-8000-{number:012d}")


def lay_out(*, customers: int, purchases: int, now: datetime) -> Crowd:
    """Return the crowd of that size, laid out anew unless it is there already."""
    (found,) = lay_out_many(businesses=1, customers=customers, purchases=purchases, now=now)
    return found


def lay_out_many(*, businesses: int, customers: int, purchases: int, now: datetime) -> list[Crowd]:
    """Return so many businesses, each with a crowd of that size."""
    known = _known(customers, purchases)
    if len(known) >= businesses:
        return known[:businesses]
    ids = [stage.found_business("بازار بزرگ", now) for _one in range(businesses)]
    values = {
        "businesses": ids,
        "each": customers,
        "purchases": purchases * businesses,
        "span": YEARS_S,
        "now": now,
    }
    began = time.monotonic()
    with stage.loader() as cursor:
        _prepare(cursor)
        cursor.execute(_CUSTOMERS, values)
        _fill_purchases(cursor, values)
        cursor.execute(_TOTALS, values)
        cursor.execute("VACUUM (ANALYZE) customers_customer, customers_customertotals")
        cursor.execute("VACUUM (ANALYZE) customers_purchase")
        cursor.execute(
            "INSERT INTO bench_crowd SELECT id, %s, %s FROM unnest(%s::uuid[]) AS id",
            [customers, purchases, ids],
        )
    print(
        f"  laid out {businesses:,} × {customers:,} customers with {purchases:,} purchases"
        f" in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return [Crowd(one, customers, purchases) for one in ids]


def _known(customers: int, purchases: int) -> list[Crowd]:
    with stage.loader() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_crowd"
            " (business_id uuid, customers bigint, purchases bigint)"
        )
        cursor.execute(
            "SELECT business_id FROM bench_crowd WHERE customers = %s AND purchases = %s",
            [customers, purchases],
        )
        return [Crowd(UUID(str(row[0])), customers, purchases) for row in cursor.fetchall()]


def _prepare(cursor: Any) -> None:
    """Keys to rows that are laid out in the same go need not be looked up one by one."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET work_mem = '512MB'")
    cursor.execute("SET maintenance_work_mem = '1GB'")
    cursor.execute("SELECT setseed(0.42)")
    cursor.execute(_FUNCTION)


def _fill_purchases(cursor: Any, values: dict[str, Any]) -> None:
    cursor.execute(_INDEXES, ["customers_purchase"])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for first in range(1, values["purchases"] + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, values["purchases"])
        cursor.execute(_PURCHASES, values | {"first": first, "last": last})
    for _name, definition in indexes:
        cursor.execute(definition)
