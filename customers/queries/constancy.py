"""How regularly a few customers buy, and what they bring forward, for apps above (C051)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.stands import stands

# Of fewer purchase days nobody can say whether they are regular.
FEWEST: Final = 5
# Pauses that differ no more than this from their mean (coefficient of variation) are regular.
_EVEN: Final = 0.75
_CONSTANCY: Final = f"""
SELECT c.id, d.first_on, d.days, d.uneven, k.ideas
FROM unnest(%(customers)s::uuid[]) AS c (id)
CROSS JOIN LATERAL (
    SELECT min(local_date) AS first_on, count(*) AS days,
           stddev_pop(pause)::float8 / nullif(avg(pause), 0)::float8 AS uneven
    FROM (SELECT local_date, local_date - lag(local_date) OVER (ORDER BY local_date) AS pause
          FROM (SELECT DISTINCT local_date FROM customers_purchase p
                WHERE p.business_id = %(business)s AND p.customer_id = c.id
                  AND {stands("p")}) AS days) AS pauses
) AS d
CROSS JOIN LATERAL (
    SELECT count(*) AS ideas FROM customers_case k
    WHERE k.business_id = %(business)s AND k.customer_id = c.id AND k.kind = 'request'
      AND k.opened_at >= %(since)s::date
) AS k
"""  # noqa: S608 - the parts are constants
# Whose purchase went wrong lately by our fault, as far as is known. Parameters: business, failed.
FAILED: Final = """
SELECT DISTINCT customer_id FROM customers_case
WHERE business_id = %(business)s AND customer_id IS NOT NULL
  AND kind IN ('complaint', 'low_score') AND was_right IS NOT FALSE
  AND opened_at >= %(failed)s::date
"""


@dataclass(frozen=True, slots=True)
class Constancy:
    """Since when and on how many days somebody bought, how evenly, and how often they asked."""

    first_on: date | None
    days: int
    uneven: float | None
    ideas: int

    @property
    def is_regular(self) -> bool:
        """Tell whether their pauses are much the same, with enough of them to tell."""
        return self.days >= FEWEST and self.uneven is not None and self.uneven <= _EVEN


def constancy_of(customer_ids: Collection[UUID], since: date) -> dict[UUID, Constancy]:
    """Return it of a few customers; requests are counted since a day. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": list(customer_ids),
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONSTANCY, values)
        return {who: Constancy(*rest) for who, *rest in cursor.fetchall()}
