"""Orders of the list of customers that only apps above know, such as by worth (C062).

They register at start-up; this app knows their names alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from customers.models import CustomerTotals


@dataclass(frozen=True, slots=True)
class Listed:
    """A page's customers in their order, what is told of each besides, and the next cursor."""

    rows: Sequence[tuple[UUID, Mapping[str, Any]]]
    next_cursor: str | None


# (customers to choose from, cursor, limit) → a page of them.
Order = Callable[[QuerySet[CustomerTotals], str | None, int], Listed]

_orders: Final[dict[str, Order]] = {}


def register_order(name: str, order: Order) -> None:
    """Let the list be asked for in this order."""
    _orders[name] = order


def order_named(name: str) -> Order | None:
    """Return the order of a name, or None where there is none."""
    return _orders.get(name)


def order_names() -> Sequence[str]:
    """Return what the list can be ordered by."""
    return tuple(_orders)
