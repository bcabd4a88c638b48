"""The gateway's calls: a body in, an answer out, or a Refusal raised."""

from typing import Final

from sandbox import clock
from sandbox.bank import moves, transfers
from sandbox.bank.notices import Notice
from sandbox.bank.payments import Payment, State, find, open_payment
from sandbox.bank.transfers import TransferState
from sandbox.bank.ways import Way, by_query
from sandbox.office import Desk
from sandbox.sequence import next_serial
from sandbox.wire import Answer, Json
from sandbox.zibal import codes
from sandbox.zibal.asking import PSP, read_request, terminal
from sandbox.zibal.codes import Refusal, status_of, told

_FIRST_TRACK: Final = 3_700_000_000
_REFUNDED: Final = 15
_REFUNDING: Final = 16


def request_payment(desk: Desk, body: Json, *, lazy: bool = False) -> Answer:
    """Open a payment."""
    asked = read_request(
        body, terminal(desk, body), lifetime=desk.settings.session_lifetime, lazy=lazy
    )
    track = next_serial(desk.db, "zibal track", first=_FIRST_TRACK)
    open_payment(desk.db, asked, now=desk.now, authority=str(track))
    return told(codes.DONE, trackId=track)


def verify(desk: Desk, body: Json) -> Answer:
    """Confirm a paid payment. Only the first yes tells amount and reference."""
    payment = _own_payment(desk, body)
    if payment.state is State.VERIFIED:
        return told(codes.VERIFIED_BEFORE)
    if payment.state is not State.PAID:
        return told(codes.NOT_PAID, status=status_of(payment))
    confirmed = moves.confirm(desk.db, payment, now=desk.now)
    return told(codes.DONE, **_receipt(confirmed, status_of(confirmed)))


def inquiry(desk: Desk, body: Json) -> Answer:
    """Tell all of a payment, changing nothing."""
    payment = _own_payment(desk, body)
    more: Json = {
        "createdAt": clock.iso(payment.created_at),
        "verifiedAt": clock.iso(payment.verified_at),
        "wage": payment.wage_rial,
    }
    return told(codes.DONE, **_receipt(payment, _status_with_refunds(desk, payment)), **more)


def way_back(payment: Payment) -> Way | None:
    """The buyer returns by a redirect; in lazy mode the result goes to the shop's server alone."""
    if payment.facts["lazy"]:
        return None
    return by_query(
        payment.callback_url,
        {
            "success": "1" if payment.was_paid else "0",
            "trackId": payment.authority,
            "orderId": payment.order_id or "",
            "status": str(status_of(payment)),
        },
    )


def notice(payment: Payment) -> Notice | None:
    """Return what the shop's server is told in lazy mode."""
    if not payment.facts["lazy"]:
        return None
    fields: Json = {
        "success": "1" if payment.was_paid else "0",
        "trackId": int(payment.authority),
        "orderId": payment.order_id,
        "status": status_of(payment),
        "cardNumber": payment.card_pan,
        "hashedCardNumber": payment.card_hash,
    }
    return Notice(url=payment.callback_url, fields=fields, psp=PSP, authority=payment.authority)


def _own_payment(desk: Desk, body: Json) -> Payment:
    shop = terminal(desk, body)
    track = body.get("trackId")
    is_number = isinstance(track, int) and not isinstance(track, bool)
    payment = find(desk.db, str(track)) if is_number or isinstance(track, str) else None
    if payment is None or payment.psp != PSP or payment.merchant_id != shop.merchant_id:
        raise Refusal(codes.NO_SESSION)
    return payment


def _receipt(payment: Payment, status: int) -> Json:
    return {
        "paidAt": clock.iso(payment.paid_at),
        "cardNumber": payment.card_pan,
        "status": status,
        "amount": payment.due_rial,
        "refNumber": payment.ref_id,
        "description": payment.description,
        "orderId": payment.order_id,
    }


def _status_with_refunds(desk: Desk, payment: Payment) -> int:
    back = [
        one
        for one in transfers.of_payment(desk.db, payment.authority)
        if one.state not in transfers.GONE
    ]
    if payment.state is not State.VERIFIED or (
        sum(one.amount_rial for one in back) < payment.due_rial
    ):
        return status_of(payment)
    arrived = all(one.state is TransferState.PAID for one in back)
    return _REFUNDED if arrived else _REFUNDING
