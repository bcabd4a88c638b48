"""Segments of the months before anybody was scored, worked out afterwards from what was bought."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from businesses.queries import BusinessInfo, business_by_id
from core.calendar import add_months, business_day, day_start, month_start
from core.tenancy import active_business_id, operation
from customers.queries.scoring import SCORING_OLDER, whom
from segmentation.operations.cutting import Marking, choose_points
from segmentation.queries.source import source_as_of

MONTHS_BACK: Final = 12

# Besides who was never scored: whose old sales were sent after others', and who was scored at once.
_NEWCOMERS: Final = f"""
CREATE TEMPORARY TABLE newcomers AS
SELECT found.id FROM (
    SELECT older.customer_id AS id FROM ({SCORING_OLDER}) AS older
    WHERE NOT EXISTS (SELECT FROM segmentation_customerscore s
                      WHERE s.business_id = %(business)s AND s.id = older.customer_id)
    UNION
    SELECT older.customer_id FROM ({SCORING_OLDER}) AS older
    JOIN segmentation_segmenttransition t
      ON t.business_id = %(business)s AND t.customer_id = older.customer_id
     AND t.before = '' AND t.before <> t.after AND t."on" >= %(before)s
) AS found
WHERE NOT EXISTS (SELECT FROM segmentation_segmenttransition t
                  WHERE t.business_id = %(business)s AND t.customer_id = found.id
                    AND t."on" < %(before)s)
"""  # noqa: S608 - the parts are constants
_COUNT: Final = "SELECT count(*) FROM pg_temp.newcomers"
_DROP: Final = "DROP TABLE pg_temp.newcomers"
_MOVE: Final = """
WITH {scored}
INSERT INTO segmentation_segmenttransition (id, business_id, customer_id, "on", at, before, after)
SELECT app_new_id(), %(business)s, customer_id, %(on)s, %(at)s, coalesce(last.after, ''),
       segment
FROM scored LEFT JOIN LATERAL (
    SELECT t.after FROM segmentation_segmenttransition t
    WHERE t.business_id = %(business)s AND t.customer_id = scored.customer_id
      AND t.at < %(at)s
      -- As in scoring: before the first moves nobody's is looked for.
      AND (SELECT EXISTS (SELECT FROM segmentation_segmenttransition
                          WHERE business_id = %(business)s))
    ORDER BY t.at DESC LIMIT 1
) AS last ON true
WHERE customer_id IN (SELECT id FROM pg_temp.newcomers) AND last.after IS DISTINCT FROM segment
"""


@operation
def work_out_past(*, now: datetime) -> int:
    """Write down the moves of who is scored first this month, month by month; return how many.

    So a business that brings its history sees where its customers come from on the first day. Each
    month end is scored with the cut points everybody had then; refunds known today count.
    """
    business = business_by_id(active_business_id())
    this_month = month_start(business_day(now, business.timezone))
    _run(_NEWCOMERS, before=this_month)
    newcomers = _run(_COUNT)[0][0]
    moves = 0
    for months in range(MONTHS_BACK - 1, -1, -1) if newcomers else ():
        moves += _month(add_months(this_month, -months) - timedelta(days=1), business)
    _run(_DROP)
    return moves


def _month(end: date, business: BusinessInfo) -> int:
    source = source_as_of(end).looking_back(end)
    marking = Marking(source, choose_points(source, end)[1])
    values = {
        "business": business.id,
        **whom(None),
        "on": end,
        "at": day_start(end + timedelta(days=1), business.timezone),
        **marking.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(scored=marking.sql), values)
        return int(cursor.rowcount)


def _run(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return list(cursor.fetchall()) if cursor.description else []
