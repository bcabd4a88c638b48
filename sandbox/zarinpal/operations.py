"""The six calls of the dialect: a checked body in, an answer out, or a Refusal raised."""

import re
from typing import Final

from sandbox import clock
from sandbox.bank import moves
from sandbox.bank.merchants import Merchant, VerifyUnit, merchant
from sandbox.bank.payments import (
    RIAL_PER_UNIT,
    Payment,
    State,
    fee_rial,
    find,
    from_row,
    open_payment,
)
from sandbox.office import Desk
from sandbox.wire import Answer, Json
from sandbox.zarinpal import codes, reading
from sandbox.zarinpal.asking import checked_amount, read_request
from sandbox.zarinpal.codes import Refusal, granted

FEE_TYPE: Final = "Merchant"
_AUTHORITY: Final = re.compile(r"[AS][0-9A-Za-z]{35}")
_REVERSE_SECONDS: Final = 30 * 60
_UNVERIFIED_ROWS: Final = 100
_WIRE_STATUS: Final = {State.RETURNED: "REVERSED"}


def request_payment(desk: Desk, body: Json, *, referer: str) -> Answer:
    """Open a payment; fees are told in rial."""
    asked = read_request(
        body, _terminal(desk, body), referer=referer, lifetime=desk.settings.session_lifetime
    )
    payment = open_payment(desk.db, asked, now=desk.now)
    return granted(
        {
            "code": codes.SUCCESS,
            "message": "Success",
            "authority": payment.authority,
            "fee_type": FEE_TYPE,
            "fee": payment.fee_rial,
        }
    )


def verify(desk: Desk, body: Json, **_: object) -> Answer:
    """Confirm a paid payment: code 100 the first time, 101 from then on."""
    terminal = _terminal(desk, body)
    payment = _own_payment(desk, body, terminal)
    amount = reading.whole_number(body, "amount")
    if amount * _verify_unit(payment, terminal) != payment.due_rial:
        raise Refusal(codes.AMOUNT_DIFFERS)
    if payment.state is State.VERIFIED:
        return granted(_receipt(payment, codes.VERIFIED, "Verified"))
    if payment.state is not State.PAID:
        raise Refusal(codes.NOT_PAID)
    confirmed = moves.confirm(desk.db, payment, now=desk.now)
    return granted(_receipt(confirmed, codes.SUCCESS, "Paid"))


def inquiry(desk: Desk, body: Json, **_: object) -> Answer:
    """Tell where a payment stands, changing nothing."""
    payment = _own_payment(desk, body, _terminal(desk, body))
    status = _WIRE_STATUS.get(payment.state, payment.state.value)
    return granted({"code": codes.SUCCESS, "message": "Success", "status": status})


def list_unverified(desk: Desk, body: Json, **_: object) -> Answer:
    """List the last hundred payments that are paid and not verified."""
    rows = desk.db.execute(
        "SELECT * FROM payments WHERE merchant_id = ? AND state = ?"
        " ORDER BY paid_at DESC, rowid DESC LIMIT ?",
        (_terminal(desk, body).merchant_id, State.PAID, _UNVERIFIED_ROWS),
    ).fetchall()
    authorities = [_unverified_row(from_row(row)) for row in rows]
    return granted({"code": codes.SUCCESS, "message": "Success", "authorities": authorities})


def reverse(desk: Desk, body: Json, **_: object) -> Answer:
    """Send a verified payment back, within half an hour of its payment."""
    terminal = _terminal(desk, body)
    payment = _own_payment(desk, body, terminal)
    if not terminal.reverse_allowed:
        raise Refusal(codes.REVERSE_IP)
    if payment.state is not State.VERIFIED:
        raise Refusal(codes.NOT_SUCCESSFUL)
    if desk.now - (payment.paid_at or 0) > _REVERSE_SECONDS:
        raise Refusal(codes.REVERSE_LATE)
    moves.give_back(desk.db, payment, state=State.REVERSED, memo="reverse", now=desk.now)
    return granted({"code": codes.SUCCESS, "message": "Reversed"})


def calculate_fee(desk: Desk, body: Json, **_: object) -> Answer:
    """Preview the fee, in the unit that was asked in."""
    _terminal(desk, body)
    amount, currency = checked_amount(body)
    unit = RIAL_PER_UNIT[currency]
    fee = fee_rial(amount * unit) // unit
    return granted(
        {
            "code": codes.SUCCESS,
            "message": "Success",
            "amount": amount,
            "fee": fee,
            "fee_type": FEE_TYPE,
            "suggested_amount": str(amount + fee),
        }
    )


def _terminal(desk: Desk, body: Json) -> Merchant:
    known = merchant(desk.db, reading.merchant_id(body))
    if known.refusal is not None:
        raise Refusal(known.refusal)
    return known


def _own_payment(desk: Desk, body: Json, terminal: Merchant) -> Payment:
    authority = reading.text(body, "authority")
    if not authority:
        raise reading.invalid("authority", "field is required.")
    if not _AUTHORITY.fullmatch(authority):
        raise Refusal(codes.BAD_AUTHORITY)
    payment = find(desk.db, authority)
    if payment is None:
        raise Refusal(codes.NOT_FOUND)
    if payment.merchant_id != terminal.merchant_id:
        raise Refusal(codes.OTHER_MERCHANT)
    return payment


def _verify_unit(payment: Payment, terminal: Merchant) -> int:
    same = terminal.verify_unit is VerifyUnit.SAME
    return RIAL_PER_UNIT[payment.currency] if same else 1


def _receipt(payment: Payment, code: int, message: str) -> Json:
    return {
        "code": code,
        "message": message,
        "card_hash": payment.card_hash,
        "card_pan": payment.card_pan,
        "ref_id": payment.ref_id,
        "fee_type": FEE_TYPE,
        "fee": fee_rial(payment.due_rial),
        "order_id": payment.order_id,
    }


def _unverified_row(payment: Payment) -> Json:
    return {
        "authority": payment.authority,
        "amount": payment.due_rial // RIAL_PER_UNIT[payment.currency],
        "callback_url": payment.callback_url,
        "referer": payment.referer,
        "date": clock.tehran_text(payment.paid_at or payment.created_at),
    }
