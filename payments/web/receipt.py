"""What apps above add to the receipt: a registry of functions, filled at start-up.

A part returns any of these keys, already in the form the page prints:
`points` = {"earned": int, "pending": int, "balance": int, "value_rial": int},
`tier` = {"name": str}, `survey` = {"url": str}, `own_page` = {"url": str} where
the buyer is known, `claim` = {"url": str} where the points wait for one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

Part = Callable[[UUID, datetime], Mapping[str, Any]]

_parts: list[Part] = []


def register_receipt_part(part: Part) -> None:
    """Add a part, called inside the business's scope with the purchase's id; once each."""
    if part not in _parts:
        _parts.append(part)


def receipt_parts(purchase_id: UUID, now: datetime) -> dict[str, Any]:
    """Return what every part says of a purchase, in one mapping."""
    said: dict[str, Any] = {}
    for part in _parts:
        said.update(part(purchase_id, now))
    return said
