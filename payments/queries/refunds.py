"""Refunds and payouts: the rows, who pays."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from payments.enums.refunds import Destination, RefundState, TransferKind
from payments.models import (
    Inquiry,
    PaymentAttempt,
    ProviderAccount,
    Transfer,
    TransferDecision,
    TransferPart,
)
from payments.queries.accounts import accounts_for
from payments.queries.inquiries import inquiries_about


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferDetail:
    """A refund or payout with its parts, what people decided, and what banks were asked for it."""

    row: Transfer
    parts: list[TransferPart]
    decisions: list[TransferDecision]
    inquiries: list[Inquiry]


def refunding_account(attempt: PaymentAttempt) -> ProviderAccount | None:
    """Return the account that can send an attempt's money back: its own, or a newer entry of it."""
    if "refunds" in attempt.account.families:
        return attempt.account
    offering = (one for one in accounts_for("refunds") if one.provider == attempt.account.provider)
    return next(offering, None)


def transfer_rows(
    *, kind: str = TransferKind.REFUND, states: Iterable[str] = (), payment_id: UUID | None = None
) -> QuerySet[Transfer]:
    """Return refunds or payouts with their payment and account; the caller orders and pages."""
    rows = Transfer.objects.filter(kind=kind).select_related("payment", "account")
    if wanted := list(states):
        rows = rows.filter(state__in=wanted)
    return rows.filter(payment_id=payment_id) if payment_id else rows


def transfer_by_id(transfer_id: UUID, kind: str = "") -> Transfer | None:
    """Return one refund or payout of the active business, or None."""
    rows = Transfer.objects.select_related("payment", "account").filter(id=transfer_id)
    return (rows.filter(kind=kind) if kind else rows).first()


def transfer_detail(transfer_id: UUID, kind: str = "") -> TransferDetail | None:
    """Return one refund or payout with everything that belongs to it, or None."""
    row = transfer_by_id(transfer_id, kind)
    if row is None:
        return None
    return TransferDetail(
        row=row,
        parts=list(TransferPart.objects.filter(transfer=row).order_by("number")),
        decisions=list(TransferDecision.objects.filter(transfer=row).order_by("at")),
        inquiries=inquiries_about(row.id) if row.destination == Destination.ACCOUNT else [],
    )


def refunds_of(payment_id: UUID) -> list[Transfer]:
    """Return a payment's refunds, oldest first."""
    return list(transfer_rows(payment_id=payment_id).order_by("requested_at", "id"))


def awaiting_approval() -> int:
    """Return how many refunds and payouts wait for a person's yes or no."""
    waiting = Transfer.objects.filter(state=RefundState.AWAITING_APPROVAL)
    return waiting.exclude(waiting="destination").count()
