"""Writing down what became of debits, many in one statement, and telling who wants to know."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from outbox.operations import publish
from payments.enums import AlertKind
from payments.enums.debits import DebitFailure, DebitState
from payments.events import DebitFailed
from payments.models import Debit, DebitAttempt
from payments.operations.alerts import raise_alert
from payments.operations.debits.create import end_debit
from payments.operations.rows import RowWriter

_DEBITS: Final = RowWriter(
    Debit,
    "state",
    "tries",
    "failures",
    "next_try_at",
    "leased_until",
    "doubts",
    "notice_at",
    "failure",
    "payment",
    "collected_at",
    "ended_at",
    "last_code",
    "last_message",
)
_TRIES: Final = RowWriter(
    DebitAttempt,
    "state",
    "collected_on",
    "authority",
    "reference",
    "failure",
    "provider_tries",
    "sent_at",
    "ended_at",
    "last_outcome",
    "last_code",
    "last_message",
)


def write_debits(debits: Sequence[Debit]) -> str:
    """Write locked debits back in one statement; return the version the rows have now."""
    return _DEBITS.write(debits)


def leave_debits(debits: Sequence[Debit]) -> None:
    """Write locked debits back in one statement, sent by the end of the transaction."""
    _DEBITS.leave(debits)


def write_tries(attempts: Sequence[DebitAttempt]) -> None:
    """Write tries back in one statement."""
    _TRIES.write(attempts)


def give_up(debits: Iterable[Debit], failure: DebitFailure, now: datetime) -> None:
    """End debits nothing will be collected by any more, and call a person."""
    ended = list(debits)
    for debit in ended:
        debit.failure = failure
        end_debit(debit, DebitState.FAILED, now)
        raise_alert(
            kind=AlertKind.DEBIT_TROUBLE,
            source_id=debit.id,
            detail={"failure": failure, "code": debit.last_code},
            now=now,
        )
    publish([failed_event(debit, final=True) for debit in ended], now=now)


def failed_event(debit: Debit, *, final: bool) -> DebitFailed:
    """Return the event of a try that brought nothing."""
    return DebitFailed(
        debit_id=debit.id,
        external_id=debit.external_id,
        mandate_id=debit.mandate_id,
        customer_id=debit.customer_id,
        amount_rial=debit.amount_rial,
        failure=debit.failure,
        final=final,
        source_kind=debit.source_kind,
        source_id=debit.source_id,
        due_at=debit.due_at,
    )
