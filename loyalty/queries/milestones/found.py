"""Who reached a milestone and is not written down yet: one statement for each kind.

A visit is a day with a purchase, so that one bill in ten parts is one visit; what was returned
whole is none. What still waits, because it may come back, counts for nothing.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import Jalali, add_months, jalali, month_length
from core.tenancy import active_business_id
from loyalty.enums.presents import MilestoneKind
from loyalty.models import Milestone

_MONTHS: Final = 12
_WHO: Final = """
SELECT t.customer_id, {day}
FROM customers_customertotals t
JOIN customers_customer c ON c.business_id = t.business_id AND c.id = t.customer_id
    AND c.status = 'active'
{reached}
WHERE t.business_id = %(business)s AND {likely}
    AND NOT EXISTS (SELECT FROM loyalty_milestonereached m
        WHERE m.business_id = %(business)s AND m.customer_id = t.customer_id
            AND m.kind = %(kind)s AND m.number = %(number)s)
ORDER BY t.customer_id LIMIT %(limit)s
"""
_BOUGHT: Final = """
    FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id = t.customer_id
        AND p.local_date <= %(upto)s AND p.returned_rial < p.total_rial"""
_VISITS: Final = _WHO.format(
    day="n.day",
    reached=f"""CROSS JOIN LATERAL (
    SELECT DISTINCT p.local_date AS day {_BOUGHT}
    ORDER BY 1 OFFSET %(number)s - 1 LIMIT 1) n""",
    likely="t.purchase_days >= %(number)s",
)
_SPENT: Final = _WHO.format(
    day="n.day",
    reached=f"""CROSS JOIN LATERAL (
    SELECT s.day FROM (
        SELECT p.local_date AS day,
            SUM(p.total_rial - p.returned_rial) OVER (ORDER BY p.local_date, p.id) AS so_far
        {_BOUGHT}) s
    WHERE s.so_far >= %(number)s ORDER BY s.day LIMIT 1) n""",  # noqa: S608 - the parts are constants
    likely="t.gross_rial - t.returned_rial >= %(number)s",
)
_YEARS: Final = _WHO.format(day="t.first_on", reached="", likely="t.first_on <= %(upto)s")
_PURCHASES: Final = _WHO.format(
    day="n.day",
    reached=f"""CROSS JOIN LATERAL (
    SELECT p.local_date AS day {_BOUGHT}
    ORDER BY p.local_date, p.id OFFSET %(number)s - 1 LIMIT 1) n""",
    likely="t.purchases >= %(number)s",
)


def _so_manieth(rows: str, moment: str) -> str:
    """Return who has so many of some rows, and the day of the last needed.

    `rows` is FROM … WHERE …, of the business, with a `customer_id`.
    """
    day = f"({moment} AT TIME ZONE %(zone)s)::date"
    return _WHO.format(
        day="n.day",
        reached=f"""JOIN (
    SELECT customer_id, day FROM (
        SELECT customer_id, {day} AS day,
            row_number() OVER (PARTITION BY customer_id ORDER BY {moment}, id) AS nth
        {rows} AND {day} <= %(upto)s) counted
    WHERE nth = %(number)s) n ON n.customer_id = t.customer_id""",  # noqa: S608 - constants only
        likely="true",
    )


_FRIENDS: Final = _so_manieth(
    """FROM (SELECT r.referrer_id AS customer_id, r.settled_at, r.id FROM loyalty_referral r
        WHERE r.business_id = %(business)s AND r.state = 'rewarded') brought WHERE true""",
    "settled_at",
)
_STAMP_CARDS: Final = _so_manieth(
    "FROM loyalty_stampreward WHERE business_id = %(business)s", "taken_at"
)
_TAKING_PART: Final = _so_manieth(
    "FROM loyalty_engagement WHERE business_id = %(business)s AND taken_back_at IS NULL", '"at"'
)
_OWN_DAYS: Final = _so_manieth("FROM loyalty_celebration WHERE business_id = %(business)s", '"at"')
_STATEMENTS: Final[Mapping[MilestoneKind, str]] = {
    MilestoneKind.VISITS: _VISITS,
    MilestoneKind.SPENT: _SPENT,
    MilestoneKind.YEARS: _YEARS,
    MilestoneKind.PURCHASES: _PURCHASES,
    MilestoneKind.FRIENDS: _FRIENDS,
    MilestoneKind.STAMP_CARDS: _STAMP_CARDS,
    MilestoneKind.TAKING_PART: _TAKING_PART,
    MilestoneKind.OWN_DAYS: _OWN_DAYS,
}


def reached_by(row: Milestone, today: date, limit: int) -> list[tuple[UUID, date]]:
    """Return known customers who reached a milestone, and on which day."""
    kind = MilestoneKind(row.kind)
    years = kind == MilestoneKind.YEARS
    upto = _as_long_ago(today, row.number) if years else today - timedelta(days=row.wait_days)
    values: dict[str, Any] = {
        "business": active_business_id(),
        "kind": kind.value,
        "number": row.number,
        "upto": upto,
        "limit": limit,
        "zone": business_by_id(active_business_id()).timezone.key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[kind], values)
        rows: list[tuple[UUID, date]] = cursor.fetchall()
    if years:
        return [(customer, add_months(on, _MONTHS * row.number)) for customer, on in rows]
    return rows


def _as_long_ago(today: date, years: int) -> date:
    """Return the last day whose anniversary, so many Jalali years on, is no later than today.

    The thirtieth of Esfand has its own on the twenty-ninth of common years (rule R39).
    """
    now = jalali(today)
    year, last = now.year - years, month_length(now.year, now.month)
    longest = month_length(year, now.month)
    return Jalali(year, now.month, longest if now.day == last else min(now.day, longest)).to_date()
