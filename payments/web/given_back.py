"""What a customer may know of money on its way back: where it is, and the day to expect it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy

from core.errors import Sentence
from payments.enums.refunds import RefundState
from payments.models import Transfer

# What was refused or cancelled inside the shop is the shop's own affair.
_TOLD: Final[dict[RefundState, tuple[str, Sentence]]] = {
    RefundState.AWAITING_APPROVAL: ("amber", gettext_lazy("The shop is approving this refund.")),
    RefundState.REQUESTED: ("amber", gettext_lazy("The refund is being handed to the bank.")),
    RefundState.SUBMITTED: ("amber", gettext_lazy("The refund is at the bank.")),
    RefundState.UNKNOWN: ("amber", gettext_lazy("The bank is being asked about this refund.")),
    RefundState.IN_TRANSIT: ("amber", gettext_lazy("The money is on its way to you.")),
    RefundState.PAID: ("good", gettext_lazy("The money was paid to you.")),
    RefundState.PARTLY_PAID: (
        "amber",
        gettext_lazy("Part of the money reached you; the shop still owes you the rest."),
    ),
    RefundState.FAILED: (
        "bad",
        gettext_lazy("The money did not reach you; the shop still owes it to you."),
    ),
    RefundState.RETURNED_AFTER_PAID: (
        "bad",
        gettext_lazy("The bank sent the money back; the shop still owes it to you."),
    ),
}
_ARRIVED: Final = frozenset({RefundState.PAID, RefundState.PARTLY_PAID})
_OWED: Final = frozenset({RefundState.FAILED, RefundState.RETURNED_AFTER_PAID})


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund on the receipt; `expected_at` only while it is on its way."""

    amount_rial: int
    tone: str
    text: Sentence
    expected_at: datetime | None
    paid_at: datetime | None


def given_back(refunds: Iterable[Transfer]) -> list[GivenBack]:
    """Return what the receipt tells; a refund paid again is told once, by its successor."""
    rows = list(refunds)
    replaced = {row.replaces_id for row in rows if row.replaces_id}
    shown = (row for row in rows if row.id not in replaced or row.paid_rial)
    return [_told(row) for row in shown if RefundState(row.state) in _TOLD]


def _told(row: Transfer) -> GivenBack:
    state = RefundState(row.state)
    tone, text = _TOLD[state]
    arrived = state in _ARRIVED
    return GivenBack(
        amount_rial=row.paid_rial if arrived else row.amount_rial,
        tone=tone,
        text=text,
        expected_at=None if arrived or state in _OWED else row.expected_at,
        paid_at=row.paid_at if arrived else None,
    )
