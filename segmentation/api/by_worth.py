"""The list of customers by worth, as that list's own API shows it (C062)."""

from typing import Any

from core.api.paging import page
from customers.api.orders import Listed, register_order
from segmentation.queries.worth import BY, worth_of, worth_rows


def by_worth(people: Any, cursor: str | None, limit: int) -> Listed:
    """Return a page of who is foreseen, the most worth first."""
    found = page(worth_rows(people.values("id")), by=BY, cursor=cursor, limit=limit)
    told = worth_of(found.rows)
    rows = [
        (row.id, {"clv_rial": told[row.id].clv_rial, "earned_rial": told[row.id].earned_rial})
        for row in found.rows
    ]
    return Listed(rows, found.next_cursor)


def register() -> None:
    """Let the list be asked for by worth."""
    register_order("-clv", by_worth)
