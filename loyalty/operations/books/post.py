"""The books of points, written after the ledger and from it alone, in batches.

No sale waits for this. An entry's posting has the entry's id and is written together with its
lot's worth and its day's sums, so a worker that dies has written all of a batch or nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.tenancy import active_business_id, operation
from loyalty.models import Program
from loyalty.operations.books.funded import repost_shares

BATCH: Final = 20_000
# No transaction that writes entries lives as long: what came late is looked for so far back.
LATEST: Final = timedelta(days=2)
_NO_ID: Final = UUID(int=0)

# A lot is valued by what holds when somebody first owns its points. Its price is the sale's share
# by relative stand-alone prices, the remainder to the larger fraction (R6). Points that leave take
# the difference of ⌊price × remaining ÷ granted⌋ with them, so a lot's parts sum to its price in
# whatever order its entries are read. The release that makes a grace lot is its grant, not points
# of it given back. A funder's part of a lot is its points of those of the purchase that still
# stand, rounded down, of what remains and of what that is owed for; the business has the rest. A
# posting moves the difference to what was posted of the lot before, so the parts always sum.
_POST: Final = """
WITH newest AS (
    SELECT LEAST(at, %(now)s) - %(latest)s AS since FROM loyalty_pointsposting
    WHERE business_id = %(business)s AND entry_id IS NOT NULL ORDER BY at DESC LIMIT 1
),
waiting AS (
    SELECT e.id, e.lot_id, e.kind, e.at, (e.at AT TIME ZONE %(zone)s)::date AS "on",
        CASE WHEN e.lot_id IS NULL THEN 0 ELSE e.points + e.pending_points END AS points
    FROM loyalty_ledgerentry e
    WHERE e.business_id = %(business)s AND (e.at, e.id) > (%(after_at)s, %(after)s)
        AND (%(thorough)s OR e.at >= COALESCE((SELECT since FROM newest), '-infinity'))
        AND NOT EXISTS (SELECT FROM loyalty_pointsposting p
            WHERE p.business_id = %(business)s AND p.id = e.id)
    ORDER BY e.at, e.id LIMIT %(limit)s
),
first AS (
    SELECT DISTINCT ON (lot_id) lot_id AS id, at FROM waiting WHERE points <> 0
    ORDER BY lot_id, at, id
),
lot AS (
    SELECT f.id, COALESCE(w.remaining_points, 0) AS before, l.earned_points AS granted,
        COALESCE(w.sale_rial, l.base_rial) AS sale, w.price_rial AS price,
        COALESCE(w.unit_value_rial, v.unit_value_rial, g.unit_value_rial) AS unit,
        COALESCE(w.spent_ppm, v.spent_ppm, 1000000) AS ppm, v.share_steps AS steps,
        CASE WHEN w.id IS NULL AND l.origin = 'grace' THEN l.earned_points ELSE 0 END AS renewed
    FROM first f
    JOIN loyalty_lot l ON l.business_id = %(business)s AND l.id = f.id
    JOIN loyalty_program g ON g.business_id = %(business)s
    LEFT JOIN loyalty_lotworth w ON w.business_id = %(business)s AND w.id = f.id
    LEFT JOIN LATERAL (
        SELECT unit_value_rial, spent_ppm, share_steps FROM loyalty_valuation
        WHERE business_id = %(business)s AND since <= f.at ORDER BY since DESC, id DESC LIMIT 1
    ) v ON true
),
alone AS (
    SELECT *, div(granted::numeric * unit * ppm, 1000000) AS worth FROM lot
),
priced AS (
    SELECT id, before, granted, sale, unit, ppm, renewed, COALESCE(price, CASE
        WHEN sale = 0 THEN worth
        WHEN steps IS NULL THEN div(sale * worth, sale + worth)
            + (mod(sale * worth, sale + worth) * 2 > sale + worth)::int
        ELSE sale - div(sale * div(sale::numeric * steps, sale + worth), steps)
        END)::numeric AS price
    FROM alone
),
moved AS (
    SELECT w.*, p.price, p.sale, p.granted, p.before + SUM(w.points) OVER (
        PARTITION BY w.lot_id ORDER BY w.at, w.id) AS left_after
    FROM waiting w LEFT JOIN priced p ON p.id = w.lot_id
),
counted AS (
    SELECT id, kind, at, "on", points, CASE
            WHEN kind IN ('redeem', 'release') THEN 'spent'
            WHEN kind IN ('expire', 'left', 'rejoin') THEN 'breakage'
            WHEN kind = 'adjust' OR sale = 0 THEN 'given'
            ELSE 'sales' END AS other,
        COALESCE(div(price * left_after, granted)
            - div(price * (left_after - points), granted), 0)::bigint AS more
    FROM moved
),
posted AS (
    INSERT INTO loyalty_pointsposting (id, business_id, entry_id, kind, "on", at, points,
        owed_rial, sales_rial, spent_rial, breakage_rial, given_rial)
    SELECT id, %(business)s, id, kind, "on", at, points, -more,
        CASE other WHEN 'sales' THEN more ELSE 0 END, CASE other WHEN 'spent' THEN more ELSE 0 END,
        CASE other WHEN 'breakage' THEN more ELSE 0 END,
        CASE other WHEN 'given' THEN more ELSE 0 END
    FROM counted
    RETURNING kind, "on", points, owed_rial, sales_rial, spent_rial, breakage_rial, given_rial
),
days AS (
    INSERT INTO loyalty_owedday AS d (id, business_id, "on", kind, postings, points,
        owed_rial, sales_rial, spent_rial, breakage_rial, given_rial)
    SELECT app_new_id(), %(business)s, "on", kind, count(*), SUM(points), SUM(owed_rial),
        SUM(sales_rial), SUM(spent_rial), SUM(breakage_rial), SUM(given_rial)
    FROM posted GROUP BY "on", kind
    ON CONFLICT (business_id, "on", kind) DO UPDATE SET
        postings = d.postings + excluded.postings, points = d.points + excluded.points,
        owed_rial = d.owed_rial + excluded.owed_rial,
        sales_rial = d.sales_rial + excluded.sales_rial,
        spent_rial = d.spent_rial + excluded.spent_rial,
        breakage_rial = d.breakage_rial + excluded.breakage_rial,
        given_rial = d.given_rial + excluded.given_rial
),
worths AS (
    INSERT INTO loyalty_lotworth AS w (id, business_id, lot_id, unit_value_rial, spent_ppm,
        sale_rial, price_rial, granted_points, remaining_points, spent_points, ended_points,
        owed_rial)
    SELECT p.id, %(business)s, p.id, p.unit, p.ppm, p.sale, p.price, p.granted, p.before + s.points,
        s.spent + p.renewed, s.ended, div(p.price * (p.before + s.points), p.granted)
    FROM priced p JOIN (
        SELECT lot_id, SUM(points) AS points,
            COALESCE(-SUM(points) FILTER (WHERE kind IN ('redeem', 'release')), 0) AS spent,
            COALESCE(-SUM(points) FILTER (WHERE kind IN ('expire', 'left', 'rejoin')), 0) AS ended
        FROM waiting GROUP BY lot_id
    ) s ON s.lot_id = p.id
    ON CONFLICT (business_id, id) DO UPDATE SET
        remaining_points = excluded.remaining_points, owed_rial = excluded.owed_rial,
        spent_points = w.spent_points + excluded.spent_points,
        ended_points = w.ended_points + excluded.ended_points
),
share AS (
    SELECT m.id, m.lot_id, m.kind, m.at, m."on", f.funder,
        COALESCE(div(m.left_after * h.points, NULLIF(h.of_points, 0)), 0) AS points,
        COALESCE(div(div(m.price * m.left_after, m.granted) * h.points, NULLIF(h.of_points, 0)), 0)
            AS owed
    FROM moved m
    JOIN loyalty_lot l ON l.business_id = %(business)s AND l.id = m.lot_id
    CROSS JOIN LATERAL (
        SELECT DISTINCT funder FROM loyalty_lotfunding
        WHERE business_id = %(business)s AND lot_id = COALESCE(l.part_of_id, l.id)
    ) f
    LEFT JOIN LATERAL (
        SELECT points, of_points FROM loyalty_lotfunding
        WHERE business_id = %(business)s AND lot_id = COALESCE(l.part_of_id, l.id)
            AND funder = f.funder AND at <= m.at
        ORDER BY at DESC, of_points, points LIMIT 1
    ) h ON true
    WHERE m.price IS NOT NULL
),
funded AS (
    INSERT INTO loyalty_fundedposting
        (id, business_id, entry_id, lot_id, funder, kind, "on", at, points, owed_rial)
    SELECT app_new_id(), %(business)s, s.id, s.lot_id, s.funder, s.kind, s."on", s.at,
        s.points - COALESCE(LAG(s.points) OVER lot, b.points, 0),
        COALESCE(LAG(s.owed) OVER lot, b.owed, 0) - s.owed
    FROM share s LEFT JOIN LATERAL (
        SELECT SUM(points) AS points, -SUM(owed_rial) AS owed FROM loyalty_fundedposting
        WHERE business_id = %(business)s AND lot_id = s.lot_id AND funder = s.funder
    ) b ON true
    WINDOW lot AS (PARTITION BY s.lot_id, s.funder ORDER BY s.at, s.id)
)
SELECT count(*), (SELECT at FROM waiting ORDER BY at DESC, id DESC LIMIT 1),
    (SELECT id FROM waiting ORDER BY at DESC, id DESC LIMIT 1), (SELECT since FROM newest)
FROM waiting
"""
_LONG_AGO: Final = "-infinity"


@dataclass(frozen=True, slots=True)
class Batch:
    """How many entries were posted, and the last of them; the next batch goes on after it."""

    count: int
    at: datetime | None = None
    last: UUID = _NO_ID


@operation
def post_entries(*, now: datetime, after: Batch | None = None, thorough: bool = False) -> Batch:
    """Post one batch of entries that have no posting yet, oldest first; repeatable.

    `thorough` looks through the whole ledger, not the last days of it. One at a time a business:
    the programme's row is the lock, so a change of its value waits for a batch and a batch for it.
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        return Batch(0)
    business = business_by_id(active_business_id())
    values: dict[str, Any] = {
        "business": business.id,
        "zone": str(business.timezone),
        "now": now,
        "latest": LATEST,
        "limit": BATCH,
        "thorough": thorough,
        "after_at": (after and after.at) or _LONG_AGO,
        "after": after.last if after else _NO_ID,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POST, values)
        count, at, last, since = cursor.fetchone()
    since = None if thorough else since
    repost_shares(since=since, through=count < values["limit"], zone=values["zone"])
    return Batch(count, at, last)
