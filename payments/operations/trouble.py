"""What about an attempt a person should be told, and how it is told."""

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from payments.enums import EXCLUSIVE, AlertKind
from payments.models import PaymentAttempt
from payments.operations.alerts import raise_alert
from payments.providers import adapter_of
from payments.providers.contract import Confirmation

_TENFOLD: Final = 10


def paid_for_another(attempt: PaymentAttempt, confirmation: Confirmation) -> bool:
    """Tell whether a reference is another attempt's: it paid there, or was brought there first.

    Where a confirmation names no order of ours (`reference_once`) only the browser says which order
    a reference belongs to; then the first return that brought it holds it.
    """
    reference = confirmation.provider_ref
    if reference is None:
        return False
    others = _others(attempt)
    if others.filter(provider_ref=reference).exists():
        return True
    names = [name for name, said in attempt.callback_references.items() if said == reference]
    if not names or not adapter_of(attempt.account.provider).capabilities.reference_once:
        return False
    brought = Q(callback_references__contains={names[0]: reference})
    return others.filter(
        brought, state__in=EXCLUSIVE, returned_at__lte=attempt.returned_at
    ).exists()


def paid_elsewhere(attempt: PaymentAttempt) -> bool:
    """Tell whether what this attempt's return brought has paid for another one meanwhile."""
    if not adapter_of(attempt.account.provider).capabilities.reference_once:
        return False
    brought = list(attempt.callback_references.values())
    return _others(attempt).filter(provider_ref__in=brought).exists()


def _others(attempt: PaymentAttempt) -> QuerySet[PaymentAttempt]:
    others = PaymentAttempt.objects.exclude(id=attempt.id)
    return others.filter(account_id=attempt.account_id)


def alert_mismatch(
    attempt: PaymentAttempt, *, told_rial: int | None, duplicate: bool, now: datetime
) -> None:
    """Say what does not fit: the reference, the unit or the amount."""
    kind = _kind(attempt.sent_amount, told_rial)
    raise_alert(
        kind=AlertKind.DUPLICATE_REFERENCE if duplicate else kind,
        source_id=attempt.id,
        payment_id=attempt.payment_id,
        detail={"asked_rial": attempt.sent_amount, "told_rial": told_rial},
        now=now,
    )


def alert_forged(attempt: PaymentAttempt, *, claimed: str, known: bool, now: datetime) -> None:
    """Say that a return from the bank named a token that is not this attempt's.

    `known`: it belongs to another attempt of the business.
    """
    raise_alert(
        kind=AlertKind.FORGED_CALLBACK,
        source_id=attempt.id,
        payment_id=attempt.payment_id,
        detail={"claimed": claimed[-8:], "of_another_try": known},
        now=now,
    )


def _kind(asked_rial: int, told_rial: int | None) -> AlertKind:
    if told_rial is not None and (
        told_rial == asked_rial * _TENFOLD or told_rial * _TENFOLD == asked_rial
    ):
        return AlertKind.TENFOLD
    return AlertKind.AMOUNT_MISMATCH
