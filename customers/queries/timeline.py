"""One customer's story: purchases, returns, cases and remarks in one list."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

DEFAULT_LIMIT: Final = 50

_STORY: Final = """
SELECT kind, id, at, amount_rial, data::text FROM (
    (SELECT 'purchase' AS kind, p.id, p.occurred_at AS at, p.total_rial AS amount_rial,
            json_build_object('external_id', p.external_id, 'channel', p.channel,
                              'returned_rial', p.returned_rial, 'matched_by', p.matched_by) AS data
     FROM customers_purchase p
     WHERE p.business_id = %(business)s AND p.customer_id = %(customer)s
       AND (p.occurred_at, p.id) < (%(at)s, %(id)s)
     ORDER BY p.occurred_at DESC, p.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT 'return', r.id, r.occurred_at, r.amount_rial,
            json_build_object('external_id', r.external_id, 'purchase_id', p.id,
                              'reason', r.reason)
     FROM customers_purchase p
     JOIN customers_return r ON r.business_id = p.business_id AND r.purchase_id = p.id
     WHERE p.business_id = %(business)s AND p.customer_id = %(customer)s AND p.returned_rial > 0
       AND (r.occurred_at, r.id) < (%(at)s, %(id)s)
     ORDER BY r.occurred_at DESC, r.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT 'case', c.id, c.opened_at, NULL,
            json_build_object('case_kind', c.kind, 'state', c.state, 'title', c.title,
                              'resolution', c.resolution)
     FROM customers_case c
     WHERE c.business_id = %(business)s AND c.customer_id = %(customer)s
       AND (c.opened_at, c.id) < (%(at)s, %(id)s)
     ORDER BY c.opened_at DESC, c.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT t.kind, t.id, t.occurred_at, NULL, t.data::json
     FROM customers_timelineentry t
     WHERE t.business_id = %(business)s AND t.customer_id = %(customer)s
       AND (t.occurred_at, t.id) < (%(at)s, %(id)s)
     ORDER BY t.occurred_at DESC, t.id DESC LIMIT %(limit)s)
) story
ORDER BY at DESC, id DESC LIMIT %(limit)s
"""
_END_OF_TIME: Final = (
    datetime.fromisoformat("9999-12-31T00:00:00+00:00"),
    UUID(int=(1 << 128) - 1),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: purchase, return, case, or a remark's own kind. `data` depends on the kind."""

    kind: str
    id: UUID
    at: datetime
    amount_rial: int | None
    data: dict[str, Any]


def timeline(
    customer_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[Moment]:
    """Return a customer's story, newest first; page on with the last (at, id). One query."""
    at, row_id = before or _END_OF_TIME
    with connection.cursor() as cursor:
        cursor.execute(
            _STORY,
            {
                "business": active_business_id(),
                "customer": customer_id,
                "at": at,
                "id": row_id,
                "limit": limit,
            },
        )
        return [
            Moment(kind, UUID(str(entry_id)), moment, amount, json.loads(data))
            for kind, entry_id, moment, amount, data in cursor.fetchall()
        ]
