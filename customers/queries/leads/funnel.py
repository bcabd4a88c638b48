"""How far the leads of a span got, and what became of those of each source (C009, C042).

People are counted, not rows: of one person's leads in the span the first counts. Who had bought
before they left their number is told apart and is in no step.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

_FATES: Final = """
WITH people AS (
    SELECT DISTINCT ON (customer_id)
           customer_id, source_id, stage, made_at, contacted_at, interested_at
    FROM customers_lead
    WHERE business_id = %(business)s AND made_at >= %(since)s AND made_at < %(until)s
    ORDER BY customer_id, made_at, id
),
told AS (
    SELECT p.*, b.first_at, b.days, b.net,
           b.first_at IS NOT NULL AND b.first_at < p.made_at AS before
    FROM people p
    LEFT JOIN LATERAL (
        SELECT min(s.occurred_at) AS first_at, count(DISTINCT s.local_date) AS days,
               sum(s.total_rial - s.returned_rial) AS net
        FROM customers_purchase s
        WHERE s.business_id = %(business)s AND s.customer_id = p.customer_id
          AND s.returned_rial < s.total_rial
    ) b ON true
)
SELECT s.id, s.kind, s.title, s.cost_rial,
       count(*) FILTER (WHERE before),
       count(*) FILTER (WHERE NOT before),
       count(*) FILTER (WHERE NOT before AND (contacted_at IS NOT NULL OR first_at IS NOT NULL)),
       count(*) FILTER (WHERE NOT before AND (interested_at IS NOT NULL OR first_at IS NOT NULL)),
       count(*) FILTER (WHERE NOT before AND first_at IS NOT NULL),
       count(*) FILTER (WHERE NOT before AND days > 1),
       count(*) FILTER (WHERE first_at IS NULL AND stage = 'lost'),
       coalesce(sum(net) FILTER (WHERE NOT before), 0),
       array_agg(extract(epoch FROM first_at - made_at) / 86400.0)
           FILTER (WHERE NOT before AND first_at IS NOT NULL)
FROM told t
JOIN customers_leadsource s ON s.business_id = %(business)s AND s.id = t.source_id
GROUP BY s.id, s.kind, s.title, s.cost_rial
ORDER BY 6 DESC, s.title
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFate:
    """What became of the leads of one source: each step holds those who got further too."""

    source_id: UUID
    kind: str
    title: str
    cost_rial: int
    before: int
    leads: int
    contacted: int
    interested: int
    bought: int
    again: int
    lost: int
    net_rial: int
    days: tuple[float, ...] = ()

    @property
    def waiting(self) -> int:
        """Those who neither bought nor are lost."""
        return self.leads - self.bought - self.lost


@dataclass(frozen=True, slots=True)
class Funnel:
    """All sources of a span, most leads first."""

    sources: tuple[SourceFate, ...]

    def total(self, step: str) -> int:
        """Return a step's people over all sources."""
        return sum(getattr(one, step) for one in self.sources)

    @property
    def median_days(self) -> float | None:
        """How long it took until the first purchase: half of those who bought were faster."""
        days = sorted(day for one in self.sources for day in one.days)
        if not days:
            return None
        middle, odd = divmod(len(days), 2)
        return days[middle] if odd else (days[middle - 1] + days[middle]) / 2


def funnel(since: datetime, until: datetime) -> Funnel:
    """Return what became of those who left their number in a span. One query."""
    values: dict[str, Any] = {"business": active_business_id(), "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_FATES, values)
        return Funnel(tuple(_fate(row) for row in cursor.fetchall()))


def _fate(row: tuple[object, ...]) -> SourceFate:
    (source_id, kind, title, cost, before, leads, *steps, lost, net, days) = row
    contacted, interested, bought, again = steps
    return SourceFate(
        source_id=UUID(str(source_id)),
        kind=str(kind),
        title=str(title),
        cost_rial=_whole(cost),
        before=_whole(before),
        leads=_whole(leads),
        contacted=_whole(contacted),
        interested=_whole(interested),
        bought=_whole(bought),
        again=_whole(again),
        lost=_whole(lost),
        net_rial=_whole(net),
        days=tuple(float(str(day)) for day in days) if isinstance(days, list) else (),
    )


def _whole(value: object) -> int:
    return int(str(value))
