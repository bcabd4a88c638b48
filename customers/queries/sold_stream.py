"""Purchases of a span in the order they were made, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared

# Keyset paging over (occurred_at, id): a page costs the same wherever it begins.
_PAGE: Final = Prepared(
    """
SELECT id, customer_id, occurred_at, local_date, total_rial, eligible_rial, returned_rial, channel,
    branch_id, employee_id
FROM customers_purchase
WHERE business_id = %(business)s AND (occurred_at, id) > (%(at)s, %(id)s)
    AND occurred_at < %(until)s
ORDER BY occurred_at, id LIMIT %(limit)s
""",
    business="uuid",
    at="timestamptz",
    id="uuid",
    until="timestamptz",
    limit="int",
)
_ONE: Final = """
SELECT id, customer_id, occurred_at, local_date, total_rial, eligible_rial, returned_rial, channel,
    branch_id, employee_id
FROM customers_purchase WHERE business_id = %(business)s AND id = %(id)s
"""
_LINES: Final = Prepared(
    """
SELECT purchase_id, sku, category, total_rial, returned_rial FROM customers_purchaseline
WHERE business_id = %(business)s AND purchase_id = ANY(%(purchases)s::uuid[])
ORDER BY purchase_id, position
""",
    business="uuid",
    purchases="uuid[]",
)
_COUNT: Final = """
SELECT count(*) FROM customers_purchase
WHERE business_id = %(business)s AND local_date >= %(since)s AND local_date < %(until)s
"""
_BEFORE: Final = """
SELECT customer_id, count(*) FROM customers_purchase
WHERE business_id = %(business)s AND local_date < %(since)s AND customer_id IS NOT NULL
GROUP BY customer_id
"""
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SoldOnce:
    """A purchase as it was, and how much of it came back since."""

    id: UUID
    customer_id: UUID | None
    occurred_at: datetime
    local_date: date
    total_rial: int
    eligible_rial: int
    returned_rial: int
    channel: str
    branch_id: UUID | None
    employee_id: UUID | None


Place = tuple[datetime, UUID]


def beginning(since: datetime) -> Place:
    """Return the place before the first purchase at or after an instant."""
    return since, _FIRST


def page_of_sold(after: Place, until: datetime, limit: int) -> list[SoldOnce]:
    """Return the purchases after a place and before an instant, in order. One query."""
    at, last = after
    rows = _PAGE.rows(
        {"business": active_business_id(), "at": at, "id": last, "until": until, "limit": limit}
    )
    return [SoldOnce(*row) for row in rows]


def sold_once(purchase_id: UUID) -> SoldOnce | None:
    """Return one purchase of the active business, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"business": active_business_id(), "id": purchase_id})
        row = cursor.fetchone()
    return SoldOnce(*row) if row else None


def lines_sold(purchase_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str, int, int]]]:
    """Return (SKU, category, rial, of it returned) of the lines of purchases. One query."""
    found: dict[UUID, list[tuple[str, str, int, int]]] = {}
    rows = _LINES.rows({"business": active_business_id(), "purchases": list(purchase_ids)})
    for purchase_id, *line in rows:
        found.setdefault(purchase_id, []).append((line[0], line[1], line[2], line[3]))
    return found


def sold_between(since: date, until: date) -> int:
    """Return how many purchases the business days [since, until) have."""
    values: dict[str, Any] = {"business": active_business_id(), "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return int(cursor.fetchone()[0])


def bought_before(since: date) -> Iterator[tuple[UUID, int]]:
    """Yield how many purchases each customer had made before a business day."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, {"business": active_business_id(), "since": since})
        yield from cursor.fetchall()
