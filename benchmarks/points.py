"""Points laid out by set-based SQL: lots with their entries and the balances they come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from benchmarks import stage

# The customers of a shop get one lot each, whose id pgbench can compute from the customer's number.
_ONE_EACH: Final = """
WITH lots AS (
    INSERT INTO loyalty_lot (id, business_id, customer_id, origin, state, base_rial, earned_points,
        remaining_points, reversed_points, returned_rial, earned_at, activates_at, expires_at,
        state_at)
    SELECT ('0190beac-0000-7000-9000-' || right(w.id::text, 12))::uuid, w.business_id, w.id,
        'adjustment', 'active', 0, %(points)s, %(points)s, 0, 0, %(now)s, %(now)s,
        %(now)s + interval '7 days', %(now)s
    FROM loyalty_wallet w WHERE w.business_id = %(business)s
    RETURNING id, customer_id, business_id
), entries AS (
    INSERT INTO loyalty_ledgerentry (id, business_id, customer_id, lot_id, kind, points,
        pending_points, contingent_points, at, data)
    SELECT uuidv7(), business_id, customer_id, id, 'adjust', %(points)s, 0, 0, %(now)s, '{}'
    FROM lots
)
UPDATE loyalty_wallet SET balance_points = balance_points + %(points)s
WHERE business_id = %(business)s
"""
# People with nothing but a wallet of lots of seven points, lot i of each ending at its own moment.
_WHO: Final = """
CREATE TEMP TABLE laid_out AS
SELECT gen_random_uuid() AS id, n FROM generate_series(%(first)s, %(last)s) AS n
"""
_PEOPLE: Final = """
INSERT INTO customers_customer (id, business_id, status, name, mobile, member_code, search_key,
    family_key, created_at)
SELECT id, %(business)s, 'active', '', '', 'B' || lpad(n::text, 8, '0'), n::text, n::text, %(now)s
FROM laid_out
"""
_WALLETS: Final = """
INSERT INTO loyalty_wallet (id, business_id, customer_id, balance_points, pending_points,
    negative_cap_points, qualifying_rial, window_ends_at)
SELECT id, %(business)s, id, 7 * %(lots)s, 0, 0, 0, %(now)s + interval '90 days' FROM laid_out
"""
_LOTS: Final = """
WITH lots AS (
    INSERT INTO loyalty_lot (id, business_id, customer_id, origin, state, base_rial, earned_points,
        remaining_points, reversed_points, returned_rial, earned_at, activates_at, expires_at,
        state_at)
    SELECT uuidv7(), %(business)s, id, 'adjustment', 'active', 0, 7, 7, 0, 0, %(now)s, %(now)s,
        %(ends)s + i * interval '1 second', %(now)s
    FROM laid_out CROSS JOIN generate_series(1, %(lots)s) AS i
    RETURNING id, business_id, customer_id
)
INSERT INTO loyalty_ledgerentry (id, business_id, customer_id, lot_id, kind, points,
    pending_points, contingent_points, at, data)
SELECT uuidv7(), business_id, customer_id, id, 'adjust', 7, 0, 0, %(now)s, '{}' FROM lots
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """Who gets lots: numbers `first` to `last` of a business, each `lots` that end after `ends`."""

    business_id: UUID
    first: int
    last: int
    lots: int
    ends: datetime


def give_one_each(business_id: UUID, points: int, now: datetime) -> None:
    """Give every customer of a shop a lot that is spent before any other."""
    values = {"business": business_id, "points": points, "now": now}
    with stage.loader() as cursor:
        cursor.execute(_ONE_EACH, values)
        cursor.execute("VACUUM (ANALYZE) loyalty_lot, loyalty_wallet, loyalty_ledgerentry")


def lay_out(people: People, now: datetime) -> UUID:
    """Lay out people with their lots; return the id of the first of them."""
    values = {
        "business": people.business_id,
        "first": people.first,
        "last": people.last,
        "lots": people.lots,
        "ends": people.ends,
        "now": now,
    }
    with stage.loader() as cursor:
        # Keys to rows that are laid out in the same go need not be looked up one by one.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        for statement in (_WHO, _PEOPLE, _WALLETS, _LOTS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT id FROM laid_out ORDER BY n LIMIT 1")
        return UUID(str(cursor.fetchone()[0]))
