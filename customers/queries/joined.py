"""Who became a customer when: told who they are, and came with no file."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id

_WHO: Final = """
FROM customers_customer c
WHERE c.business_id = %(business)s AND c.status = 'active' AND c.created_at < %(until)s
    AND NOT EXISTS (
        SELECT FROM customers_customeridentity i
        WHERE i.business_id = c.business_id AND i.customer_id = c.id AND i.source = 'import'
            AND i.created_at <= c.created_at)
"""
_PAGE: Final = f"""
SELECT c.created_at, c.id {_WHO} AND (c.created_at, c.id) > (%(at)s, %(id)s)
ORDER BY c.created_at, c.id LIMIT %(limit)s
"""
_COUNT: Final = f"SELECT count(*) {_WHO} AND c.created_at >= %(since)s"


def joined_after(
    after: tuple[datetime, UUID], until: datetime, limit: int
) -> list[tuple[datetime, UUID]]:
    """Return when customers became known, in order, after a place and before an instant."""
    at, last = after
    return [(when, who) for when, who in _rows(_PAGE, at=at, id=last, until=until, limit=limit)]


def joined_between(since: datetime, until: datetime) -> int:
    """Return how many became known from an instant to before another."""
    return int(_rows(_COUNT, since=since, until=until)[0][0])


def _rows(statement: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"business": active_business_id(), **values})
        return list(cursor.fetchall())
