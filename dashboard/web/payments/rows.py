"""Payments as rows of a table: of the business, or those made at one link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.api.paging import page
from dashboard.web.payments.history import state_chip
from dashboard.web.payments.titles import title_of_payment, told_besides
from payments.enums import PaymentState


@dataclass(frozen=True, kw_only=True)
class PaymentRow:
    """A payment in a list."""

    id: UUID
    title: str
    state: str
    tone: str
    amount_rial: int
    description: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentPage:
    """A page of payments."""

    rows: list[PaymentRow]
    next_cursor: str | None


def payment_page(rows: QuerySet[Any], cursor: str | None) -> PaymentPage:
    """Return a page of `payment_rows`, newest first."""
    found = page(rows, by="created_at", cursor=cursor)
    return PaymentPage(
        rows=[payment_row(row, getattr(row, "tries", 0)) for row in found.rows],
        next_cursor=found.next_cursor,
    )


def payment_row(row: Any, tries: int) -> PaymentRow:
    """Return a payment as a list shows it."""
    label, tone = state_chip(PaymentState(row.state))
    return PaymentRow(
        id=row.id,
        title=title_of_payment(row),
        state=label,
        tone=tone,
        amount_rial=row.amount_rial,
        description=told_besides(row),
        attempts=tries,
        created_at=row.created_at,
    )
