"""The gateway's calls: a body in, an answer out, or a Refusal raised.

An api_key is anything; it belongs to the business named before its first dash. One that ends in
`-payer` lets the buyer bear the wage.
"""

import json
import re
from typing import Final
from urllib.parse import urlsplit

from sandbox import clock
from sandbox.bank import moves
from sandbox.bank.merchants import Merchant, merchant
from sandbox.bank.payments import Asked, Payment, State, fee_rial, find, open_payment
from sandbox.bank.ways import Way, by_query
from sandbox.office import Desk
from sandbox.sequence import draw
from sandbox.vandar import words
from sandbox.vandar.words import Refusal, granted
from sandbox.wire import Answer, Json

PSP: Final = "vandar"
VERIFY_SECONDS: Final = 20 * 60
MIN_RIAL: Final = 1_000
MAX_RIAL: Final = 1_000_000_000
_TEXT_CHARS: Final = 255
_MOBILE: Final = re.compile(r"09\d{9}")
_PORTS: Final = frozenset({"SAMAN", "BEHPARDAKHT"})
_CODES: Final = {
    State.IN_BANK: words.WRONG,
    State.PAID: words.WAITING,
    State.VERIFIED: words.VERIFIED,
    State.FAILED: words.FAILED,
    State.RETURNED: words.EXPIRED,
    State.REVERSED: words.EXPIRED,
}


def send(desk: Desk, body: Json) -> Answer:
    """Open a payment."""
    shop = _shop(desk, body)
    amount = _amount(body)
    asked = Asked(
        psp=PSP,
        merchant_id=shop.merchant_id,
        wire_amount=amount,
        currency="IRR",
        callback_url=_callback(body, shop),
        description=_text(body, "description"),
        order_id=_text(body, "factorNumber") or None,
        mobile=_mobile(body),
        lifetime=desk.settings.session_lifetime,
        extra=json.dumps({"payer_wage_rial": _payer_wage(body, amount), "opened": False}),
    )
    token = f"{draw(desk.db, 'vandar token'):064x}"[:32].upper()
    open_payment(desk.db, asked, now=desk.now, authority=token)
    return granted(token=token)


def transaction(desk: Desk, body: Json) -> Answer:
    """Tell all of a session, changing nothing; `code` says where it stands."""
    payment = _own(desk, body)
    return granted(**_details(payment), code=_CODES[payment.state])


def verify(desk: Desk, body: Json) -> Answer:
    """Confirm a paid session; the details are told this once."""
    payment = _own(desk, body)
    if payment.state is not State.PAID:
        code = _CODES[payment.state]
        raise Refusal(422, "transaction cannot be verified", code=code)
    return granted(**_details(moves.confirm(desk.db, payment, now=desk.now)))


def opens_once(desk: Desk, token: str) -> bool:
    """Tell whether the bank page may be shown; a second visit finds nothing."""
    payment = find(desk.db, token)
    if payment is None or payment.psp != PSP or payment.facts["opened"]:
        return False
    extra = json.dumps(payment.facts | {"opened": True})
    desk.db.execute("UPDATE payments SET extra = ? WHERE authority = ?", (extra, token))
    return True


def way_back(payment: Payment) -> Way:
    """Return the redirect to the shop."""
    status = "OK" if payment.was_paid else "FAILED"
    return by_query(payment.callback_url, {"token": payment.authority, "payment_status": status})


def _shop(desk: Desk, body: Json) -> Merchant:
    key = body.get("api_key")
    if not isinstance(key, str) or not key:
        raise Refusal(401, "api_key is invalid")
    known = merchant(desk.db, key.partition("-")[0])
    if known.refusal is not None:
        raise Refusal(known.refusal, "access denied")
    return known


def _own(desk: Desk, body: Json) -> Payment:
    shop = _shop(desk, body)
    payment = find(desk.db, str(body.get("token")))
    if payment is None or payment.psp != PSP or payment.merchant_id != shop.merchant_id:
        raise Refusal(404, "token not found")
    return payment


def _amount(body: Json) -> int:
    amount = body.get("amount")
    if isinstance(amount, str) and amount.isascii() and amount.isdigit():
        amount = int(amount)
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Refusal(422, "amount must be a number")
    if not MIN_RIAL <= amount <= MAX_RIAL:
        raise Refusal(422, "amount is out of range")
    return amount


def _callback(body: Json, shop: Merchant) -> str:
    address = body.get("callback_url")
    parts = urlsplit(address if isinstance(address, str) else "")
    if parts.scheme not in {"http", "https"} or len(str(address)) > _TEXT_CHARS:
        raise Refusal(422, "callback_url is invalid")
    if shop.callback_domain is not None and parts.hostname != shop.callback_domain:
        raise Refusal(422, "callback_url is not registered")
    return str(address)


def _text(body: Json, name: str) -> str:
    text = str(body.get(name) or "")
    if len(text) > _TEXT_CHARS:
        raise Refusal(422, f"{name} is too long")
    return text


def _mobile(body: Json) -> str | None:
    mobile = body.get("mobile_number")
    if mobile and not _MOBILE.fullmatch(str(mobile)):
        raise Refusal(422, "mobile_number is invalid")
    if body.get("national_code") and not mobile:
        raise Refusal(422, "national_code needs mobile_number")
    if body.get("port") and body["port"] not in _PORTS:
        raise Refusal(422, "port is invalid")
    return str(mobile) if mobile else None


def _payer_wage(body: Json, amount: int) -> int:
    return fee_rial(amount) if str(body["api_key"]).endswith("-payer") else 0


def _details(payment: Payment) -> Json:
    return {
        "amount": f"{payment.due_rial}.00",
        "realAmount": f"{payment.due_rial - payment.wage_rial}.00",
        "wage": f"{payment.wage_rial}.00",
        "transId": payment.ref_id,
        "factorNumber": payment.order_id,
        "mobile": payment.mobile,
        "description": payment.description,
        "cardNumber": payment.card_pan,
        "cid": payment.card_hash,
        "paymentDate": clock.tehran_text(payment.paid_at) if payment.paid_at else None,
    }
