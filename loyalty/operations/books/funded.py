"""What a return changes of who pays for the lots it took nothing out of.

A return takes points out of the lot of its own goods: the other lots of the purchase stay, and hold
other people's points than before.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from core.tenancy import active_business_id

_REPOST: Final = """
WITH newest AS (
    SELECT DISTINCT ON (lot_id, funder) lot_id, funder, at, points, of_points
    FROM loyalty_lotfunding
    WHERE business_id = %(business)s AND at >= COALESCE(%(since)s::timestamptz, '-infinity')
        AND (%(through)s OR at <= (SELECT at FROM loyalty_pointsposting
            WHERE business_id = %(business)s AND entry_id IS NOT NULL ORDER BY at DESC LIMIT 1))
    ORDER BY lot_id, funder, at DESC, of_points, points
),
due AS (
    SELECT w.lot_id, n.funder, n.at,
        COALESCE(div(w.remaining_points::numeric * n.points, NULLIF(n.of_points, 0)), 0) AS points,
        COALESCE(div(w.owed_rial::numeric * n.points, NULLIF(n.of_points, 0)), 0) AS owed
    FROM newest n
    JOIN loyalty_lot l ON l.business_id = %(business)s
        AND (l.id = n.lot_id OR l.part_of_id = n.lot_id)
    JOIN loyalty_lotworth w ON w.business_id = %(business)s AND w.id = l.id
)
INSERT INTO loyalty_fundedposting
    (id, business_id, entry_id, lot_id, funder, kind, "on", at, points, owed_rial)
SELECT app_new_id(), %(business)s, NULL, d.lot_id, d.funder, 'clawback',
    (d.at AT TIME ZONE %(zone)s)::date, d.at,
    d.points - COALESCE(b.points, 0), COALESCE(b.owed, 0) - d.owed
FROM due d LEFT JOIN LATERAL (
    SELECT SUM(points) AS points, -SUM(owed_rial) AS owed FROM loyalty_fundedposting
    WHERE business_id = %(business)s AND lot_id = d.lot_id AND funder = d.funder
) b ON true
WHERE (d.points, d.owed) <> (COALESCE(b.points, 0), COALESCE(b.owed, 0))
"""


def repost_shares(*, since: datetime | None, through: bool, zone: str) -> None:
    """Post what returns since then changed of who pays for lots they took nothing out of.

    `through`: no entry waits any more. Otherwise what comes after the last posting waits too.
    """
    values = {"business": active_business_id(), "since": since, "through": through, "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(_REPOST, values)
