"""The platform's refunds: from the wallet of the merchant whose token it is, in parts."""

from typing import Final

from sandbox import clock, ledger
from sandbox.bank import moves, transfers
from sandbox.bank.merchants import merchant
from sandbox.bank.payments import Payment, State, find
from sandbox.bank.transfers import Ordered, ShortOfMoneyError, Transfer
from sandbox.office import Desk
from sandbox.sequence import next_serial
from sandbox.wire import Answer, Json
from sandbox.zibal import codes
from sandbox.zibal.asking import PSP
from sandbox.zibal.codes import Refusal, told

MIN_RIAL: Final = 10_000
# Chosen, not published: the fee of an order, the most one transfer carries, and the times.
WAGE_RIAL: Final = 5_000
PART_RIAL: Final = 150_000_000
_REVERSE_SECONDS: Final = 30 * 60
_LASTS_SECONDS: Final = 2 * 3600
_FIRST_REFUND: Final = 5_000_000
_STATUSES: Final = {
    "PENDING": "pending",
    "SENT": "sent",
    "PAID": "done",
    "FAILED": "failed",
    "CANCELLED": "canceled",
    "RETURNED": "returned",
}


def refund(desk: Desk, body: Json, shop: str) -> Answer:
    """Send part or all of a payment back; a reversal instead where one is asked and possible."""
    payment = _payment(desk, body, shop)
    left = payment.due_rial - transfers.refunded_rial(desk.db, payment.authority)
    amount = body.get("amount", left)
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < MIN_RIAL:
        raise Refusal(codes.P_TOO_LITTLE)
    if amount > left:
        raise Refusal(codes.P_GATEWAY)
    if body.get("tryReverse") is True and _can_reverse(desk, payment, amount):
        moves.give_back(desk.db, payment, state=State.REVERSED, memo="reverse", now=desk.now)
        return told(codes.P_DONE, reversed=True, remaining=0, split=[])
    made = _order(desk, payment, amount, str(body.get("description") or ""))
    return told(
        codes.P_DONE, reversed=False, remaining=left - amount, split=[_row(one) for one in made]
    )


def inquire(desk: Desk, body: Json, shop: str) -> Answer:
    """Tell a payment's refunds, oldest first."""
    payment = _payment(desk, body, shop, ended=True)
    rows = transfers.of_payment(desk.db, payment.authority)
    left = payment.due_rial - transfers.refunded_rial(desk.db, payment.authority)
    reversed_ = payment.state is State.REVERSED
    return told(
        codes.P_DONE,
        reversed=reversed_,
        remaining=0 if reversed_ else left,
        split=[_row(one) for one in rows],
    )


def list_all(desk: Desk, _body: Json, shop: str) -> Answer:
    """Tell a wallet's refunds, oldest first."""
    rows = transfers.of_merchant(desk.db, PSP, shop, "refund")
    return told(codes.P_DONE, data=[_row(one) | {"trackId": int(one.authority)} for one in rows])


def _payment(desk: Desk, body: Json, shop: str, *, ended: bool = False) -> Payment:
    if not body.get("accountId") or merchant(desk.db, shop).refusal is not None:
        raise Refusal(codes.P_NO_WALLET)
    payment = find(desk.db, str(body.get("trackId")))
    if payment is None or payment.psp != PSP or payment.merchant_id != shop:
        raise Refusal(codes.P_GATEWAY)
    if payment.state is not State.VERIFIED and not (ended and payment.was_paid):
        raise Refusal(codes.P_GATEWAY)
    return payment


def _can_reverse(desk: Desk, payment: Payment, amount: int) -> bool:
    if amount != payment.due_rial or transfers.of_payment(desk.db, payment.authority):
        return False
    if desk.now - (payment.paid_at or 0) > _REVERSE_SECONDS:
        return False
    net = payment.due_rial - payment.wage_rial
    return ledger.balance_rial(desk.db, f"merchant:{payment.merchant_id}") >= net


def _order(desk: Desk, payment: Payment, amount: int, description: str) -> list[Transfer]:
    order = Ordered(
        psp=PSP,
        merchant_id=payment.merchant_id,
        kind="refund",
        key=str(next_serial(desk.db, "zibal refund", first=_FIRST_REFUND)),
        authority=payment.authority,
        destination=transfers.card_account(desk.db, payment.authority),
        parts_rial=transfers.split(amount, PART_RIAL),
        fee_rial=WAGE_RIAL,
        leaves_after=0,
        lasts=_LASTS_SECONDS,
        facts={"description": description},
    )
    try:
        return transfers.order(desk.db, order, now=desk.now)
    except ShortOfMoneyError as short:
        raise Refusal(codes.P_NO_MONEY) from short


def _row(one: Transfer) -> Json:
    return {
        "refundId": f"{one.key}{one.part:02}",
        "amount": one.amount_rial,
        "wageAmount": one.kept_rial,
        "predictedTime": clock.iso(one.arrives_at),
        "status": _STATUSES[one.state],
        "description": one.facts["description"],
    }
