"""What some customers said of themselves; the rest is guessed from what they buy."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customers.enums import AttributeSource
from customers.operations.attributes import note_attributes
from customers.queries.attributes import Given
from dashboard.management.demo.trades import Trade

_SAID: Final[dict[str, tuple[dict[str, Given | None], ...]]] = {
    "cafe": ({"favourite_table": "۷، کنار پنجره"}, {"favourite_item": "اسپرسوی دوبل"}),
    "clothing": ({"size": "L", "has_child": True}, {"size": "M", "favourite_colour": "سبز"}),
    "toys": (
        {"child_birth_month": "1401-04", "child_gender": "girl"},
        {"child_birthday": "1399-12-30"},
    ),
}
_AGO: Final = timedelta(days=20)


def say(trade: Trade, customers: Sequence[UUID], now: datetime) -> None:
    """Write down what the first customers said, twenty days ago."""
    for customer_id, given in zip(customers, _SAID[trade.vertical], strict=False):
        note_attributes(
            customer_id=customer_id,
            given=given,
            source=AttributeSource.CUSTOMER,
            now=now - _AGO,
            by="صندوقدار",
        )
