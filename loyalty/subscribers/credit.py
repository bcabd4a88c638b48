"""Store credit in the customer's story: filled, spent, back, ended, taken back (ADR 70)."""

from datetime import datetime
from typing import Any

from loyalty.events import (
    StoreCreditExpired,
    StoreCreditFilled,
    StoreCreditReturned,
    StoreCreditSpent,
    StoreCreditTakenBack,
)
from loyalty.subscribers.story import note
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(StoreCreditFilled, name="loyalty.note_credit_filled")
def note_filled(event: Recorded[StoreCreditFilled], *, now: datetime) -> None:
    """Tell the customer's story of money they have here now."""
    _note(event, "credit_filled", {"source": event.body.source}, now)


@subscribe(StoreCreditSpent, name="loyalty.note_credit_spent")
def note_spent(event: Recorded[StoreCreditSpent], *, now: datetime) -> None:
    """Tell the customer's story of a sale paid with it."""
    _note(event, "credit_spent", {"left_rial": event.body.left_rial}, now)


@subscribe(StoreCreditReturned, name="loyalty.note_credit_returned")
def note_returned(event: Recorded[StoreCreditReturned], *, now: datetime) -> None:
    """Tell the customer's story of money that came home to it."""
    _note(event, "credit_returned", {"left_rial": event.body.left_rial}, now)


@subscribe(StoreCreditExpired, name="loyalty.note_credit_expired")
def note_expired(event: Recorded[StoreCreditExpired], *, now: datetime) -> None:
    """Tell the customer's story of what ended unused."""
    _note(event, "credit_expired", {}, now)


@subscribe(StoreCreditTakenBack, name="loyalty.note_credit_taken_back")
def note_taken_back(event: Recorded[StoreCreditTakenBack], *, now: datetime) -> None:
    """Tell the customer's story of a filling that was a mistake."""
    _note(event, "credit_taken_back", {}, now)


def _note(event: Recorded[Any], kind: str, more: dict[str, Any], now: datetime) -> None:
    body = event.body
    data = {"rial": body.amount_rial, "reason": body.reason, **more}
    note(event, body.customer_id, kind, data, now)
