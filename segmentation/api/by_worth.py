"""The list of customers by worth, ahead or earned, as that list's own API shows it (C062)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core.api.paging import page
from customers.api.orders import Listed, register_order
from segmentation.queries.worth import (
    BY,
    BY_EARNED,
    Worth,
    earner_rows,
    worth_of,
    worth_of_earners,
    worth_rows,
)


def by_worth(people: Any, cursor: str | None, limit: int) -> Listed:
    """Return a page of who is foreseen, the most worth first."""
    found = page(worth_rows(people.values("id")), by=BY, cursor=cursor, limit=limit)
    return _listed([row.id for row in found.rows], worth_of(found.rows), found.next_cursor)


def by_earned(people: Any, cursor: str | None, limit: int) -> Listed:
    """Return a page of who earned most in the past year, as the last night found it."""
    found = page(earner_rows(people.values("id")), by=BY_EARNED, cursor=cursor, limit=limit)
    ids = [row.customer_id for row in found.rows]
    return _listed(ids, worth_of_earners(found.rows), found.next_cursor)


def _listed(ids: Sequence[UUID], told: Mapping[UUID, Worth], next_cursor: str | None) -> Listed:
    rows = [
        (
            who,
            {
                "clv_rial": told[who].clv_rial,
                "clv_real_rial": told[who].real_rial,
                "earned_rial": told[who].earned_rial,
            },
        )
        for who in ids
        if who in told
    ]
    return Listed(rows, next_cursor)


def register() -> None:
    """Let the list be asked for by worth."""
    register_order("-clv", by_worth)
    register_order("-earned", by_earned)
