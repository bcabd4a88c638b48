"""A refund or payout as one line of a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dashboard.web import words
from dashboard.web.payments.titles import title_of_payment
from payments.enums.refunds import RefundRoute, RefundState, Waiting

_TONES: Final[dict[RefundState, str]] = {
    RefundState.AWAITING_APPROVAL: "chip-amber",
    RefundState.REQUESTED: "",
    RefundState.SUBMITTED: "",
    RefundState.UNKNOWN: "chip-amber",
    RefundState.IN_TRANSIT: "chip-brand",
    RefundState.PAID: "chip-good",
    RefundState.PARTLY_PAID: "chip-amber",
    RefundState.REJECTED: "chip-bad",
    RefundState.FAILED: "chip-bad",
    RefundState.RETURNED_AFTER_PAID: "chip-bad",
    RefundState.CANCELLED: "",
}


@dataclass(frozen=True, kw_only=True)
class TransferRow:
    """A refund or payout in a list."""

    id: UUID
    title: str
    state: str
    tone: str
    waiting: str
    amount_rial: int
    route: str
    requested_at: datetime


def row_of(row: Any) -> TransferRow:
    """Return a list's row."""
    state = RefundState(row.state)
    return TransferRow(
        id=row.id,
        title=title_of_payment(row.payment) if row.payment else words.code(row.external_id),
        state=str(state.label),
        tone=_TONES[state],
        waiting=str(Waiting(row.waiting).label) if row.waiting else "",
        amount_rial=row.amount_rial,
        route=str(RefundRoute(row.route).label),
        requested_at=row.requested_at,
    )
