"""The dialect's calls. What is verified and not settled is still only paid, and goes back."""

import json
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import request

from sandbox import ledger
from sandbox.bank import moves
from sandbox.bank.payments import Asked, Payment, State, find, must_find, open_payment
from sandbox.office import Desk
from sandbox.snapppay.carts import checked_amount
from sandbox.snapppay.door import Refusal, client_of, granted
from sandbox.wire import Answer, Json

PSP: Final = "snapppay"
MOST_RIAL: Final = 2_000_000_000
_LEAST_RIAL: Final = 10_000
_MOBILE: Final = re.compile(r"\+989[0-9]{9}")
_WRONG: Final = 1011
_NO_SESSION: Final = 1030
_WRONG_ORDER: Final = 1031
_STATUSES: Final = {
    State.IN_BANK: "PENDING",
    State.PAID: "PENDING",
    State.VERIFIED: "SETTLE",
    State.RETURNED: "REVERT",
    State.FAILED: "FAILED",
}


def eligible(desk: Desk, _body: Json) -> Answer:
    """Tell whether an amount may be paid later; the question carries nothing else."""
    client_of(desk)
    amount = request.args.get("amount", "")
    if set(request.args) != {"amount"} or not amount.isascii() or not amount.isdigit():
        raise Refusal(_WRONG, "amount is required")
    yes = _LEAST_RIAL <= int(amount) <= MOST_RIAL
    return granted(
        {
            "eligible": yes,
            "title_message": "پرداخت در ۴ قسط" if yes else "خرید قسطی برای این مبلغ ممکن نیست",
            "description": "بدون کارمزد" if yes else "",
        }
    )


def open_token(desk: Desk, body: Json) -> Answer:
    """Open a session for a cart."""
    client, amount = client_of(desk), checked_amount(body)
    number, url = str(body.get("transactionId") or ""), urlsplit(str(body.get("returnURL")))
    mobile = body.get("mobile")
    well_formed = (
        _LEAST_RIAL <= amount <= MOST_RIAL
        and bool(number)
        and url.scheme in {"http", "https"}
        and body.get("paymentMethodTypeDto") == "INSTALLMENT"
        and (mobile is None or bool(_MOBILE.fullmatch(str(mobile))))
    )
    if not well_formed or _is_used(desk, client, number):
        raise Refusal(_WRONG, "the request is not valid")
    asked = Asked(
        merchant_id=client,
        wire_amount=amount,
        currency="IRR",
        callback_url=url.geturl(),
        description="",
        order_id=number,
        mobile=None if mobile is None else str(mobile),
        lifetime=desk.settings.session_lifetime,
        psp=PSP,
    )
    token = open_payment(desk.db, asked, now=desk.now).authority
    page = f"{request.host_url}snapppay/pay?{urlencode({'token': token})}"
    return granted({"paymentToken": token, "paymentPageUrl": page})


def verify(desk: Desk, body: Json) -> Answer:
    """Verify a paid session, once."""
    payment = _own(desk, body.get("paymentToken"))
    if payment.state is not State.PAID or payment.facts.get("verified"):
        raise Refusal(_WRONG_ORDER, "verify is not possible in this state")
    _learn(desk, payment, verified=True)
    return _told(payment)


def settle(desk: Desk, body: Json) -> Answer:
    """Settle a verified session, once."""
    payment = _own(desk, body.get("paymentToken"))
    if payment.state is not State.PAID or not payment.facts.get("verified"):
        raise Refusal(_WRONG_ORDER, "settle is not possible in this state")
    moves.confirm(desk.db, payment, now=desk.now)
    return _told(payment)


def revert(desk: Desk, body: Json) -> Answer:
    """Take a verified session back, before it is settled."""
    payment = _own(desk, body.get("paymentToken"))
    if payment.state is not State.PAID or not payment.facts.get("verified"):
        raise Refusal(_WRONG_ORDER, "revert is not possible in this state")
    return _back(desk, payment, "REVERT")


def cancel(desk: Desk, body: Json) -> Answer:
    """Take a settled session back."""
    payment = _own(desk, body.get("paymentToken"))
    if payment.state is not State.VERIFIED:
        raise Refusal(_WRONG_ORDER, "cancel is not possible in this state")
    return _back(desk, payment, "CANCEL")


def update(desk: Desk, body: Json) -> Answer:
    """Make a settled cart smaller; what is taken out goes back to the buyer."""
    payment, amount = _own(desk, body.get("paymentToken")), checked_amount(body)
    if payment.state is not State.VERIFIED or body.get("paymentMethodTypeDto") != "INSTALLMENT":
        raise Refusal(_WRONG_ORDER, "update is not possible in this state")
    back = current_rial(payment) - amount
    if back <= 0:
        raise Refusal(_WRONG, "a cart only becomes smaller")
    occasion = ledger.Occasion(
        at=desk.now, memo="update", authority=payment.authority, merchant_id=payment.merchant_id
    )
    amounts = {f"merchant:{payment.merchant_id}": -back, _card(desk, payment): back}
    ledger.post(desk.db, amounts, occasion)
    _learn(desk, payment, amount=amount)
    return _told(payment)


def status(desk: Desk, _body: Json) -> Answer:
    """Tell where a session stands."""
    payment = _own(desk, request.args.get("paymentToken"))
    told = payment.facts.get("end") or _STATUSES.get(payment.state)
    if payment.state is State.PAID and payment.facts.get("verified"):
        told = "VERIFY"
    return granted(
        {
            "status": told,
            "transactionId": payment.order_id,
            "amount": current_rial(payment),
        }
    )


CALLS: Final[dict[str, Callable[[Desk, Json], Answer]]] = {
    "eligible": eligible,
    "token": open_token,
    "verify": verify,
    "settle": settle,
    "revert": revert,
    "cancel": cancel,
    "update": update,
    "status": status,
}


def current_rial(payment: Payment) -> int:
    """Return what the payment now is, after its cart became smaller."""
    return int(payment.facts.get("amount", payment.due_rial))


def _told(payment: Payment) -> Answer:
    return granted({"transactionId": payment.order_id})


def _back(desk: Desk, payment: Payment, end: str) -> Answer:
    moves.give_back(desk.db, payment, state=State.REVERSED, memo="reverse", now=desk.now)
    _learn(desk, payment, end=end)
    return _told(payment)


def _learn(desk: Desk, payment: Payment, **facts: object) -> None:
    known = must_find(desk.db, payment.authority).facts
    desk.db.execute(
        "UPDATE payments SET extra = ? WHERE authority = ?",
        (json.dumps(known | facts), payment.authority),
    )


def _own(desk: Desk, token: object) -> Payment:
    client = client_of(desk)
    payment = find(desk.db, str(token))
    if payment is None or payment.psp != PSP or payment.merchant_id != client:
        raise Refusal(_NO_SESSION, "paymentToken is not valid", status=404)
    return payment


def _is_used(desk: Desk, client: str, number: str) -> bool:
    found = desk.db.execute(
        "SELECT 1 FROM payments WHERE psp = ? AND merchant_id = ? AND order_id = ?",
        (PSP, client, number),
    )
    return found.fetchone() is not None


def _card(desk: Desk, payment: Payment) -> str:
    row = desk.db.execute(
        "SELECT account FROM entries WHERE authority = ? AND account LIKE 'card:%'",
        (payment.authority,),
    ).fetchone()
    return str(row["account"])
