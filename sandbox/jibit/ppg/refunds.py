"""Refunds of purchases: transfers to the card that paid, any number of them to one purchase."""

from collections.abc import Iterable
from typing import Final

from sandbox import clock
from sandbox.bank import transfers
from sandbox.bank.payments import Payment, State
from sandbox.bank.transfers import Ordered, ShortOfMoneyError, Transfer, TransferState
from sandbox.jibit.words import Refusal
from sandbox.office import Desk
from sandbox.wire import Answer, Json

PSP: Final = "jibit_ppg"
_HELD_SECONDS: Final = 3600
_AT_ONCE_SECONDS: Final = 60
_LASTS: Final = 3600
STATES: Final = {
    TransferState.PENDING: "INITIALIZED",
    TransferState.SENT: "IN_PROGRESS",
    TransferState.PAID: "TRANSFERRED",
    TransferState.FAILED: "FAILED",
    TransferState.CANCELLED: "CANCELLED",
    TransferState.RETURNED: "MANUALLY_FAILED",
}


def refund(desk: Desk, payment: Payment, body: Json) -> Answer:
    """Order a refund of a successful purchase, whole or in part."""
    if payment.state is not State.VERIFIED:
        raise Refusal("purchase.invalid_state")
    left = payment.due_rial - transfers.refunded_rial(desk.db, payment.authority)
    amount = body.get("amount", left)
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Refusal("web.invalid_or_missing_body")
    if amount <= 0:
        raise Refusal("transfers.0.amount.not_enough_for_normal")
    if amount > left:
        raise Refusal("transfers.0.amount.exceeded_maximum_for_normal")
    number = len(transfers.of_payment(desk.db, payment.authority)) + 1
    made = _order(desk, payment, amount, number, held=body.get("cancellable") is True)
    return Answer(
        200,
        {
            "refundId": int(payment.authority),
            "partialRefundIndex": number,
            "batchId": f"ppg-{payment.authority}",
            "transferId": made.key,
        },
    )


def inquire(desk: Desk, payment: Payment) -> Answer:
    """Tell every transfer that sends a purchase's money back."""
    found = transfers.of_payment(desk.db, payment.authority)
    if not found:
        raise Refusal("transfer.not_found", 404)
    return Answer(200, refund_json(payment, found))


def cancel(desk: Desk, payment: Payment, body: Json) -> Answer:
    """Undo a refund that is still held."""
    found = transfers.of_payment(desk.db, payment.authority)
    key = body.get("transferId") or (found[0].key if len(found) == 1 else None)
    one = next((one for one in found if one.key == key), None)
    if one is None:
        raise Refusal("transfer.not_found", 404)
    if one.state is not TransferState.PENDING or not one.facts.get("cancellable"):
        raise Refusal("cancellation.not_applicable")
    transfers.cancel(desk.db, one, now=desk.now)
    return Answer(200, {}, text="")


def refund_json(payment: Payment, found: Iterable[Transfer]) -> Json:
    """Return the transfers of a purchase as the refund inquiry tells them."""
    rows = list(found)
    return {
        "batchID": f"ppg-{payment.authority}",
        "refundedAmount": sum(one.amount_rial for one in rows if one.state is TransferState.PAID),
        "transfers": [transfer_json(one) | {"refundId": int(payment.authority)} for one in rows],
    }


def transfer_json(one: Transfer) -> Json:
    """Return one transfer."""
    held = one.state is TransferState.PENDING and one.fate is transfers.Fate.HOLD
    return {
        "transferID": one.key,
        "transferMode": "NORMAL",
        "amount": one.amount_rial,
        "currency": "IRR",
        "cancellable": bool(one.facts.get("cancellable")),
        "state": "ON_HOLD_BALANCES_NOT_ENOUGH" if held else STATES[one.state],
        "feeCurrency": "IRR",
        "feeAmount": one.kept_rial,
        "createdAt": clock.iso(one.created_at),
        "modifiedAt": clock.iso(one.ended_at or one.leaves_at),
    }


def _order(desk: Desk, payment: Payment, amount: int, number: int, *, held: bool) -> Transfer:
    asked = Ordered(
        psp=PSP,
        merchant_id=payment.merchant_id,
        kind="refund",
        key=f"{payment.authority}-{number}",
        destination=transfers.card_account(desk.db, payment.authority),
        parts_rial=(amount,),
        authority=payment.authority,
        leaves_after=_HELD_SECONDS if held else _AT_ONCE_SECONDS,
        lasts=_LASTS,
        facts={"cancellable": held},
    )
    try:
        return transfers.order(desk.db, asked, now=desk.now)[0]
    except ShortOfMoneyError as error:
        raise Refusal("balances.not_enough") from error
