"""Money on its way out at Jibit: the words the gateway's refunds and the transferor share."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from payments.providers.contract import Ordered, Outcome, Part, TransferState
from payments.providers.jibit.line import Said
from payments.providers.values import first_object, text, whole

_NO_BALANCE: Final = frozenset({"balances.not_enough", "ON_HOLD_BALANCES_NOT_ENOUGH"})
_RETRY_AFTER: Final[Mapping[str, timedelta]] = {
    "balances.not_enough": timedelta(hours=1),
    "daily_limitation.reached": timedelta(hours=6),
}
# MANUALLY_FAILED is money that came back after it looked paid.
_STATES: Final[Mapping[str, TransferState]] = {
    **dict.fromkeys(
        (
            "INITIALIZED",
            "FEE_COMPUTED",
            "CORE_SUBMITTED",
            "ON_HOLD",
            "ON_HOLD_BALANCES_NOT_ENOUGH",
            "ON_HOLD_WAIT_FOR_MANUAL_SUBMISSION",
            "ON_HOLD_WAIT_FOR_VERIFY",
            "DESTINATION_IDENTIFIED",
            "CANCELLING",
            "RETRYING",
        ),
        TransferState.PENDING,
    ),
    "IN_PROGRESS": TransferState.IN_TRANSIT,
    "TRANSFERRED": TransferState.PAID,
    "FAILED": TransferState.FAILED,
    "CANCELLED": TransferState.CANCELLED,
    "MANUALLY_FAILED": TransferState.RETURNED,
}
# What an order may be refused with; nothing has moved then.
ORDER_CODES: Final[Mapping[str, Outcome]] = {
    "balances.not_enough": Outcome.NOT_ATTEMPTED,
    "daily_limitation.reached": Outcome.NOT_ATTEMPTED,
    "payment_id.not_enabled": Outcome.DECLINED,
    "transfers.*": Outcome.DECLINED,
    "batchID.*": Outcome.DECLINED,
    "submissionMode.*": Outcome.DECLINED,
}
CANCEL_CODES: Final[Mapping[str, Outcome]] = {
    "cancellation.not_applicable": Outcome.DECLINED,
    "transfer.not_found": Outcome.DECLINED,
}


def refused(said: Said) -> Ordered:
    """Return an order that was not taken in, or of which nobody knows."""
    return Ordered(
        outcome=said.outcome,
        evidence=said.evidence,
        retry_after=_RETRY_AFTER.get(said.code),
        no_balance=said.code in _NO_BALANCE,
    )


def taken(said: Said, reference: str, amount_rial: int) -> Ordered:
    """Return an order just taken in."""
    part = Part(reference=reference, amount_rial=amount_rial, state=TransferState.PENDING)
    return Ordered(outcome=Outcome.OK, evidence=said.evidence, reference=reference, parts=(part,))


def not_found(said: Said, amount_rial: int) -> Ordered:
    """Return the answer about an order nobody knows."""
    part = Part(reference="", amount_rial=amount_rial, state=TransferState.NOT_FOUND)
    return Ordered(outcome=Outcome.OK, evidence=said.evidence, parts=(part,))


def listed(said: Said) -> list[dict[str, Any]]:
    """Return the transfers an answer lists."""
    rows = said.body.get("transfers")
    return [first_object(row) for row in rows] if isinstance(rows, list) else []


def told(said: Said, rows: Iterable[Mapping[str, Any]]) -> Ordered:
    """Return the parts of an order as told; a word nobody documented makes it UNKNOWN."""
    rows = tuple(rows)
    parts = tuple(part for part in map(_part, rows) if part is not None)
    if not parts or len(parts) != len(rows):
        return Ordered(outcome=Outcome.UNKNOWN, evidence=said.evidence)
    return Ordered(
        outcome=Outcome.OK,
        evidence=said.evidence,
        reference=parts[0].reference,
        parts=parts,
        no_balance=any(_held_for_money(row) for row in rows),
    )


def _part(row: Mapping[str, Any]) -> Part | None:
    state, amount = _STATES.get(text(row.get("state"))), whole(row.get("amount"))
    if state is None or amount is None:
        return None
    return Part(
        reference=text(row.get("transferID")),
        amount_rial=amount,
        state=state,
        reason=text(row.get("failReason")),
        fee_rial=whole(row.get("feeAmount")),
    )


def _held_for_money(row: Mapping[str, Any]) -> bool:
    words = {text(row.get("state")), f"{text(row.get('state'))}_{text(row.get('failReason'))}"}
    return bool(words & _NO_BALANCE)
