"""What about an attempt a person should be told, and how it is told."""

from datetime import datetime
from typing import Final

from payments.enums import AlertKind
from payments.models import PaymentAttempt
from payments.operations.alerts import raise_alert
from payments.providers.contract import Confirmation

_TENFOLD: Final = 10


def paid_for_another(attempt: PaymentAttempt, confirmation: Confirmation) -> bool:
    """Tell whether another attempt on the account was already paid with this reference."""
    reference = confirmation.provider_ref
    if reference is None:
        return False
    others = PaymentAttempt.objects.exclude(id=attempt.id)
    return others.filter(account_id=attempt.account_id, provider_ref=reference).exists()


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
