"""What must always hold of one business's mandates and debits."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from payments.enums import PaymentState
from payments.enums.debits import DEBIT_OPEN, MANDATE_OPEN, TRY_OPEN, DebitState, TryState
from payments.models import Debit, DebitAttempt, Mandate
from payments.queries.invariants.parts import Found

_STUCK_AFTER: Final = timedelta(hours=1)
_HELD: Final = Q(state__in=[DebitState.COLLECTED, DebitState.REFUNDED, DebitState.REVERSED_LATE])


def found(now: datetime) -> list[Found]:
    """Return each promise with the rows that break it."""
    return [
        ("collected debits without exactly one collected try", _collected_wrongly()),
        ("collected tries of debits that are not", _collected_nowhere()),
        ("collected debits whose payment is not settled", _unsettled()),
        ("debits whose try or payment has another amount", _other_amount()),
        ("open debits nobody will look at", _forgotten()),
        ("debits overdue for an hour", _stuck(now)),
        ("ended debits with a try that may still take money", _ended_with_open_try()),
        ("tries under mandates that were never in force", _never_allowed()),
    ]


def _ids(rows: QuerySet[Any]) -> list[UUID]:
    return list(rows.values_list("id", flat=True))


def _collected_wrongly() -> list[UUID]:
    collected = DebitAttempt.objects.filter(state=TryState.COLLECTED, debit_id=OuterRef("id"))
    one = collected.values("debit_id").annotate(n=Count("id")).filter(n=1)
    return _ids(Debit.objects.filter(_HELD).exclude(Exists(one)))


def _collected_nowhere() -> list[UUID]:
    rows = DebitAttempt.objects.filter(state=TryState.COLLECTED)
    return _ids(rows.exclude(debit__in=Debit.objects.filter(_HELD)))


def _unsettled() -> list[UUID]:
    rows = Debit.objects.filter(state=DebitState.COLLECTED)
    return _ids(rows.exclude(payment__state__in=[PaymentState.SETTLED, PaymentState.REVERSED]))


def _other_amount() -> list[UUID]:
    tries = DebitAttempt.objects.exclude(amount_rial=F("debit__amount_rial"))
    paid = Debit.objects.filter(payment__isnull=False).exclude(
        amount_rial=F("payment__amount_rial")
    )
    return [*tries.values_list("debit_id", flat=True), *_ids(paid)]


def _forgotten() -> list[UUID]:
    return _ids(Debit.objects.filter(state__in=DEBIT_OPEN, next_try_at=None))


def _stuck(now: datetime) -> list[UUID]:
    return _ids(Debit.objects.filter(next_try_at__lt=now - _STUCK_AFTER))


def _ended_with_open_try() -> list[UUID]:
    tries = DebitAttempt.objects.filter(debit_id=OuterRef("id"), state__in=TRY_OPEN)
    ended = Debit.objects.filter(state__in=[DebitState.FAILED, DebitState.CANCELLED])
    return _ids(ended.filter(Exists(tries)))


def _never_allowed() -> list[UUID]:
    wrong = Mandate.objects.filter(Q(state__in=MANDATE_OPEN) | Q(activated_at=None))
    return list(DebitAttempt.objects.filter(mandate__in=wrong).values_list("debit_id", flat=True))
