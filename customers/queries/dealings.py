"""What went well and what did not with a few customers, and how much is known of them (C109)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.attributes import attributes_of, definitions

_DEALINGS: Final = """
SELECT c.id, c.name <> '', c.mobile IS NOT NULL, i.confirmed, c.mobile, p.bought, p.came_back,
       k.complaints, k.last_at
FROM customers_customer c
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS confirmed FROM customers_customeridentity i
    WHERE i.business_id = %(business)s AND i.customer_id = c.id AND i.verified_at IS NOT NULL
) AS i
CROSS JOIN LATERAL (
    SELECT count(*) AS bought, count(*) FILTER (WHERE p.returned_rial > 0) AS came_back
    FROM customers_purchase p
    WHERE p.business_id = %(business)s AND p.customer_id = c.id AND p.local_date >= %(since)s
) AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE k.kind IN ('complaint', 'low_score')
                            AND k.was_right IS NOT FALSE AND k.opened_at >= %(since)s)
               AS complaints,
           max(k.opened_at) AS last_at
    FROM customers_case k WHERE k.business_id = %(business)s AND k.customer_id = c.id
) AS k
WHERE c.business_id = %(business)s AND c.id = ANY(%(customers)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealings:
    """One customer: what is known of what one wants to know; a year's purchases and troubles.

    A complaint that was found to be without ground is no trouble of ours.
    """

    known: int
    wanted: int
    mobile: str | None
    bought: int
    troubles: int
    last_case_at: datetime | None


def dealings_of(customer_ids: Collection[UUID], since: date, now: datetime) -> dict[UUID, Dealings]:
    """Return the dealings of a few customers. Three queries."""
    particulars = attributes_of(customer_ids, now)
    asked = len(definitions())
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": list(customer_ids),
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEALINGS, values)
        return {
            who: Dealings(
                known=sum(basics) + len(particulars[who]),
                wanted=len(basics) + asked,
                mobile=mobile,
                bought=bought,
                troubles=min(bought, came_back + complaints),
                last_case_at=last_at,
            )
            for who, *basics, mobile, bought, came_back, complaints, last_at in cursor.fetchall()
        }
