"""Our side of a provider's day: what we believe it took and gave back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from payments.enums import AttemptState, ReversalState
from payments.enums.books import ReportKind
from payments.models import PaymentAttempt, Reversal

_TAKEN = [AttemptState.CONFIRMED, AttemptState.REVERSED]


@dataclass(frozen=True, slots=True)
class OurRow:
    """Money we say the provider moved. `references` are the tokens it may call it by."""

    kind: ReportKind
    source_id: UUID
    payment_id: UUID
    references: frozenset[str]
    amount_rial: int
    fee_rial: int


def our_rows(account_id: UUID, since: datetime, until: datetime) -> list[OurRow]:
    """Return what was confirmed and what went back in [since, until), in two queries."""
    taken = PaymentAttempt.objects.filter(
        account_id=account_id, state__in=_TAKEN, confirmed_at__gte=since, confirmed_at__lt=until
    )
    back = Reversal.objects.select_related("attempt").filter(
        attempt__account_id=account_id,
        state=ReversalState.RETURNED,
        done_at__gte=since,
        done_at__lt=until,
    )
    return [_taken(row) for row in taken] + [_back(row) for row in back]


def rows_named(account_id: UUID, references: Iterable[str]) -> list[OurRow]:
    """Return payments of any day that the provider calls by one of these tokens."""
    wanted = list(references)
    named = PaymentAttempt.objects.filter(
        Q(authority__in=wanted) | Q(provider_ref__in=wanted),
        account_id=account_id,
        state__in=_TAKEN,
    )
    return [_taken(row) for row in named]


def _taken(row: PaymentAttempt) -> OurRow:
    return OurRow(
        kind=ReportKind.PAYMENT,
        source_id=row.id,
        payment_id=row.payment_id,
        references=_references(row),
        amount_rial=row.sent_amount,
        fee_rial=row.fee_rial or 0,
    )


def _back(row: Reversal) -> OurRow:
    return OurRow(
        kind=ReportKind.REFUND,
        source_id=row.id,
        payment_id=row.payment_id,
        references=_references(row.attempt),
        amount_rial=row.amount_rial,
        fee_rial=0,
    )


def _references(row: PaymentAttempt) -> frozenset[str]:
    return frozenset(filter(None, (row.authority, row.provider_ref)))
