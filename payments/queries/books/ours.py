"""Our side of a provider's day: what we believe it took and gave back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from payments.enums import AttemptState, ReversalState
from payments.enums.books import ReportKind
from payments.enums.refunds import RefundRoute, TransferKind
from payments.models import PaymentAttempt, Reversal, TransferPart

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
    """Return what was confirmed and what went back in [since, until), in three queries.

    A transfer that left and came back again is not missed here; `rows_named` finds it.
    """
    taken = PaymentAttempt.objects.filter(
        account_id=account_id, state__in=_TAKEN, confirmed_at__gte=since, confirmed_at__lt=until
    )
    back = Reversal.objects.select_related("attempt").filter(
        attempt__account_id=account_id,
        state=ReversalState.RETURNED,
        done_at__gte=since,
        done_at__lt=until,
    )
    sent = _refunded(account_id).filter(left_at__gte=since, left_at__lt=until, ended_at=None)
    return [*map(_taken, taken), *map(_back, back), *map(_sent, sent)]


def rows_named(account_id: UUID, references: Iterable[str]) -> list[OurRow]:
    """Return payments and refunds of any day that the provider calls by one of these tokens."""
    wanted = list(references)
    named = PaymentAttempt.objects.filter(
        Q(authority__in=wanted) | Q(provider_ref__in=wanted),
        account_id=account_id,
        state__in=_TAKEN,
    )
    sent = _refunded(account_id).filter(
        Q(reference__in=wanted)
        | Q(transfer__reference__in=wanted)
        | Q(transfer__attempt__authority__in=wanted)
        | Q(transfer__attempt__provider_ref__in=wanted)
    )
    return [*map(_taken, named), *map(_sent, sent)]


def _refunded(account_id: UUID) -> QuerySet[TransferPart]:
    """Return the transfers that took money out of an account's balance back to cards."""
    return TransferPart.objects.select_related("transfer__attempt").filter(
        transfer__kind=TransferKind.REFUND,
        transfer__route=RefundRoute.GATEWAY,
        transfer__attempt__account_id=account_id,
        left_at__isnull=False,
    )


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


def _sent(part: TransferPart) -> OurRow:
    transfer = part.transfer
    if transfer.payment_id is None or transfer.attempt is None:
        raise ValueError("a refund through the gateway has a payment and its try")
    names = frozenset(filter(None, (part.reference, transfer.reference)))
    return OurRow(
        kind=ReportKind.REFUND,
        source_id=part.id,
        payment_id=transfer.payment_id,
        references=names | _references(transfer.attempt),
        amount_rial=part.amount_rial,
        fee_rial=0,
    )


def _references(row: PaymentAttempt) -> frozenset[str]:
    return frozenset(filter(None, (row.authority, row.provider_ref)))
