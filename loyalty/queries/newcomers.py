"""The mix of newcomers: who bought first in which Jalali month, and where they came from (C038).

Each counts once, by what was known first: a friend's recommendation that was not refused, a number
left before; else by how their first purchase came: told by a file, born of an online payment, or
by a sale nobody can say more of. The first purchase is the first that was not given back whole, as
in the cohorts, so the months hold the same people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from core.calendar import add_months, month_start
from core.tenancy import active_business_id
from customers.queries.stands import stands
from loyalty.enums import LIVE_REFERRAL
from loyalty.enums.newcomers import CameBy

_MIX: Final = f"""
WITH firsts AS (
    SELECT DISTINCT ON (p.customer_id) p.customer_id, p.id, p.local_date, p.occurred_at, p.source,
           p.payment_id, count(*) OVER (PARTITION BY p.customer_id) AS times
    FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id IS NOT NULL AND {stands("p")}
    ORDER BY p.customer_id, p.occurred_at, p.id
), known AS (
    SELECT f.*, EXISTS (
        SELECT FROM loyalty_referral r
        WHERE r.business_id = %(business)s AND r.friend_id = f.customer_id
          AND r.state = ANY(%(live)s) AND (r.made_at <= f.occurred_at OR r.purchase_id = f.id)
    ) AS told, (
        SELECT l.source_id FROM customers_lead l
        WHERE l.business_id = %(business)s AND l.customer_id = f.customer_id
          AND l.made_at <= f.occurred_at
        ORDER BY l.made_at, l.id LIMIT 1
    ) AS lead_source
    FROM firsts f WHERE f.local_date >= %(since)s
)
SELECT width_bucket(local_date, %(starts)s::date[]) - 1,
       CASE WHEN told THEN 'friend' WHEN lead_source IS NOT NULL THEN 'lead'
            WHEN source = 'import' THEN 'import'
            WHEN payment_id IS NOT NULL THEN 'payment' ELSE 'sale' END AS came_by,
       CASE WHEN NOT told THEN s.kind END, CASE WHEN NOT told THEN s.title END,
       count(*), count(*) FILTER (WHERE times > 1)
FROM known LEFT JOIN customers_leadsource s
     ON s.business_id = %(business)s AND s.id = known.lead_source
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - the parts are constants


@dataclass(frozen=True, slots=True)
class Came:
    """So many who came in one way, and how many of them bought again since."""

    people: int = 0
    again: int = 0

    def __add__(self, other: "Came") -> "Came":
        return Came(self.people + other.people, self.again + other.again)


@dataclass(frozen=True, slots=True)
class Place:
    """A source of leads whose people bought first in these months."""

    kind: str
    title: str
    came: Came


@dataclass(frozen=True, slots=True)
class MixMonth:
    """The newcomers of a Jalali month by how they came; every way has a number."""

    month_on: date
    ways: dict[CameBy, Came]

    @property
    def whole(self) -> Came:
        """Return all of them."""
        return sum(self.ways.values(), Came())


@dataclass(frozen=True, slots=True)
class Mix:
    """Months, oldest first, and the sources of those who had left their number."""

    months: tuple[MixMonth, ...]
    places: tuple[Place, ...]

    @property
    def ways(self) -> dict[CameBy, Came]:
        """Return each way over all months."""
        return {way: sum((one.ways[way] for one in self.months), Came()) for way in CameBy}

    @property
    def whole(self) -> Came:
        """Return everybody."""
        return sum((one.whole for one in self.months), Came())


def newcomer_mix(today: date, months: int) -> Mix:
    """Return the newcomers of the last Jalali months, this one the last. One query."""
    this = month_start(today)
    starts = [add_months(this, n + 1 - months) for n in range(months)]
    ways = [dict.fromkeys(CameBy, Came()) for _start in starts]
    places: dict[tuple[str, str], Came] = {}
    for place, way, kind, title, people, again in _rows(starts):
        came = Came(people, again)
        ways[place][CameBy(way)] += came
        if kind is not None:
            places[kind, title] = places.get((kind, title), Came()) + came
    found = [Place(kind, title, came) for (kind, title), came in places.items()]
    found.sort(key=lambda one: (-one.came.people, one.kind, one.title))
    return Mix(tuple(map(MixMonth, starts, ways)), tuple(found))


def _rows(starts: Sequence[date]) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "starts": list(starts),
        "since": starts[0],
        "live": [str(state) for state in LIVE_REFERRAL],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MIX, values)
        return list(cursor.fetchall())
