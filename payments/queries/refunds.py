"""Refunds and payouts: the rules, the rows, who pays."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from payments.enums.refunds import Destination, RefundState, TransferKind
from payments.models import (
    Inquiry,
    PaymentAttempt,
    ProviderAccount,
    RefundPolicy,
    ReturnWindow,
    Transfer,
    TransferDecision,
    TransferPart,
)
from payments.queries.accounts import accounts_for
from payments.queries.inquiries import inquiries_about

# Who may refund may not always decide; a big sum is seen by two until the owner says otherwise.
_DEFAULT_LIMIT_RIAL: Final = 500_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundRules:
    """What a business's rules say; `category_days` go before `return_days`, None is no limit."""

    approval_above_rial: int | None
    return_days: int | None
    category_days: Mapping[str, int | None] = field(default_factory=dict)

    def days_for(self, categories: Collection[str]) -> int | None:
        """Return for how many days goods of these categories come back: the shortest of them."""
        asked = [self.category_days.get(one, self.return_days) for one in categories]
        limits = [days for days in asked or [self.return_days] if days is not None]
        return min(limits, default=None)

    def is_late(
        self, settled_at: datetime | None, now: datetime, categories: Collection[str] = ()
    ) -> bool:
        """Tell whether the days to return are over for a payment."""
        days = self.days_for(categories)
        if days is None or settled_at is None:
            return False
        return now > settled_at + timedelta(days=days)


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferDetail:
    """A refund or payout with its parts, what people decided, and what banks were asked for it."""

    row: Transfer
    parts: list[TransferPart]
    decisions: list[TransferDecision]
    inquiries: list[Inquiry]


def refund_policy() -> RefundRules:
    """Return the active business's rules."""
    row = RefundPolicy.objects.first()
    windows = dict(ReturnWindow.objects.values_list("category", "days"))
    return RefundRules(
        approval_above_rial=row.approval_above_rial if row else _DEFAULT_LIMIT_RIAL,
        return_days=row.return_days if row else None,
        category_days=windows,
    )


def return_windows() -> list[ReturnWindow]:
    """Return the categories with days of their own, by name."""
    return list(ReturnWindow.objects.order_by("category"))


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
