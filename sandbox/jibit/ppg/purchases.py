"""The purchases of a client: opened, listed, verified and reversed."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sandbox import clock, sequence
from sandbox.bank import moves, transfers
from sandbox.bank.merchants import Policy, merchant
from sandbox.bank.payments import Payment, State, find, from_row, open_payment
from sandbox.bank.ways import Way, by_form
from sandbox.jibit.ppg.asking import LIFETIME, read_purchase
from sandbox.jibit.ppg.refunds import refund_json
from sandbox.jibit.tokens import Client
from sandbox.jibit.words import Refusal
from sandbox.office import Desk
from sandbox.wire import Answer, Json

PSP: Final = "jibit_ppg"
_PAGE, _PAGES, _SIZE, _SIZES = 1, 20, 25, 250
_NEVER: Final = 2**62
_STATES: Final = {
    State.IN_BANK: "IN_PROGRESS",
    State.PAID: "READY_TO_VERIFY",
    State.VERIFIED: "SUCCESS",
    State.FAILED: "FAILED",
    State.REVERSED: "REVERSED",
    State.RETURNED: "EXPIRED",
}
_UNVERIFIABLE: Final = {
    State.REVERSED: "purchase.already_reversed",
    State.FAILED: "purchase.invalid_state",
}
_FILTERS: Final = {"purchaseId": "purchaseIdStr", "status": "state"} | {
    name: name
    for name in ("clientReferenceNumber", "pspRrn", "pspReferenceNumber", "userIdentifier")
}


def create(desk: Desk, client: Client, body: Json, host: str) -> Answer:
    """Open a purchase; its id has 63 bits, more than a JavaScript number keeps."""
    asked = read_purchase(body, merchant(desk.db, client.api_key))
    taken = desk.db.execute(
        "SELECT 1 FROM payments WHERE psp = ? AND merchant_id = ? AND order_id = ?",
        (PSP, client.api_key, asked.order_id),
    ).fetchone()
    if taken is not None:
        raise Refusal("clientReferenceNumber.duplicated")
    number = 2**62 + sequence.draw(desk.db, "jibit purchase") % 2**61
    payment = open_payment(desk.db, asked, now=desk.now, authority=str(number))
    return Answer(
        200,
        {
            "purchaseId": number,
            "purchaseIdStr": str(number),
            "clientReferenceNumber": payment.order_id,
            "currency": "IRR",
            "pspSwitchingUrl": f"{host}/jibit/ppg/v3/purchases/{number}/payments",
            "fee": payment.fee_rial,
            "shaparakFee": 0,
            "netAmount": payment.amount_rial - payment.fee_rial,
        },
    )


def listing(desk: Desk, client: Client, query: Json) -> Answer:
    """List purchases by the documented filters, newest first."""
    page = _number(query, "page", _PAGE, _PAGES, "page_number.max_exceeded")
    size = _number(query, "size", _SIZE, _SIZES, "page_size.max_exceeded")
    rows = desk.db.execute(
        "SELECT * FROM payments WHERE psp = ? AND merchant_id = ? ORDER BY rowid DESC",
        (PSP, client.api_key),
    ).fetchall()
    since, until = _instant(query, "from", 0), _instant(query, "to", _NEVER)
    payments = [one for one in map(from_row, rows) if since <= one.created_at < until]
    told = [purchase(desk, one) for one in payments]
    wanted = {_FILTERS[name]: value for name, value in query.items() if name in _FILTERS}
    found = [one for one in told if all(one[name] == wanted[name] for name in wanted)]
    start = (page - 1) * size
    return Answer(
        200,
        {
            "pageNumber": page,
            "size": size,
            "numberOfElements": len(found[start : start + size]),
            "hasNext": len(found) > start + size,
            "hasPrevious": page > 1,
            "elements": found[start : start + size],
        },
    )


def verify(desk: Desk, client: Client, number: str) -> Answer:
    """Verify a purchase that is ready for it, within 15 minutes of its creation."""
    payment = own(desk, client, number)
    if payment.state is State.VERIFIED:
        if merchant(desk.db, client.api_key).policy is Policy.AUTO_FINAL:
            raise Refusal("payment.already_verified")
        return _status("ALREADY_VERIFIED")
    if payment.state in _UNVERIFIABLE:
        raise Refusal(_UNVERIFIABLE[payment.state])
    if payment.state is not State.PAID or desk.now > payment.created_at + LIFETIME:
        return _status("NOT_VERIFIABLE")
    if payment.due_rial != payment.asked_rial:
        return _status("FAILED")
    moves.confirm(desk.db, payment, now=desk.now)
    return _status("SUCCESSFUL")


def reverse(desk: Desk, client: Client, body: Json) -> Answer:
    """Reverse a verified purchase, if the client may."""
    if not merchant(desk.db, client.api_key).reverse_allowed:
        raise Refusal("reverse.is_not_enabled")
    payment = named(desk, client, body)
    if payment.state is State.REVERSED:
        return _status("ALREADY_REVERSED")
    if payment.state is not State.VERIFIED:
        raise Refusal("purchase.invalid_state")
    if transfers.of_payment(desk.db, payment.authority):
        raise Refusal("purchase.refunded")
    if desk.now - (payment.paid_at or 0) > 2 * LIFETIME:
        return _status("NOT_REVERSIBLE")
    moves.give_back(desk.db, payment, state=State.REVERSED, memo="reverse", now=desk.now)
    return _status("SUCCESSFUL")


def fresh(answer: Answer) -> Answer:
    """Return a verify's answer as if it had been the first."""
    return replace(answer, body=answer.body | {"status": "SUCCESSFUL"})


def own(desk: Desk, client: Client, number: str) -> Payment:
    """Return a client's purchase; others' are not found."""
    payment = find(desk.db, number)
    if payment is None or payment.psp != PSP or payment.merchant_id != client.api_key:
        raise Refusal("purchase.not_found", 404)
    return payment


def named(desk: Desk, client: Client, body: Json) -> Payment:
    """Return the purchase a body names by its id or by the client's number."""
    number, reference = body.get("purchaseId"), body.get("clientReferenceNumber")
    if number is None and reference is None:
        raise Refusal("clientReferenceNumber_or_purchaseId.are_required")
    if number is not None:
        return own(desk, client, str(number))
    row = desk.db.execute(
        "SELECT authority FROM payments WHERE psp = ? AND merchant_id = ? AND order_id = ?",
        (PSP, client.api_key, reference),
    ).fetchone()
    return own(desk, client, "" if row is None else str(row["authority"]))


def purchase(desk: Desk, payment: Payment) -> Json:
    """Return a purchase in detail."""
    paid = payment.was_paid
    reference = str(payment.ref_id) if payment.ref_id is not None else None
    sent_back = transfers.of_payment(desk.db, payment.authority)
    return {
        "purchaseId": int(payment.authority),
        "purchaseIdStr": payment.authority,
        "amount": payment.due_rial - payment.payer_wage_rial,
        "wage": payment.payer_wage_rial,
        "fee": payment.wage_rial,
        "shaparakFee": 0,
        "currency": "IRR",
        "callbackUrl": payment.callback_url,
        "state": _state(payment, desk.now),
        "clientReferenceNumber": payment.order_id,
        "userIdentifier": payment.facts.get("userIdentifier"),
        "pspName": "saman-ipg",
        "pspRrn": reference,
        "pspReferenceNumber": reference,
        "pspMaskedCardNumber": payment.card_pan if paid else None,
        "pspHashedCardNumber": payment.card_hash if paid else None,
        "createdAt": clock.iso(payment.created_at),
        "expirationDate": clock.iso(payment.expires_at),
        "verifiedAt": clock.iso(payment.verified_at),
        "refunded": bool(sent_back),
        "refundInquiryResult": refund_json(payment, sent_back) if sent_back else None,
        "refundableAmount": payment.due_rial - transfers.refunded_rial(desk.db, payment.authority),
        "hasContradiction": bool(payment.facts.get("contradiction")),
    }


def way_back(payment: Payment) -> Way:
    """Return the browser's form, with everything the documentation lists."""
    paid = payment.was_paid
    fields: dict[str, object] = {
        "amount": payment.amount_rial,
        "wage": payment.payer_wage_rial,
        "currency": "IRR",
        "purchaseId": payment.authority,
        "clientReferenceNumber": payment.order_id,
        "status": "SUCCESSFUL" if paid else "FAILED",
        "payerIp": "203.0.113.7",
        "pspReferenceNumber": payment.ref_id,
        "pspRRN": payment.ref_id,
        "payerMaskedCardNumber": payment.card_pan,
        "pspHashedCardNumber": payment.card_hash,
        "pspName": "saman-ipg",
        "pspTerminalId": "21000000",
        "failReason": payment.reason,
    }
    told = {name: str(value) for name, value in fields.items() if value is not None}
    return by_form(payment.callback_url, told)


def _state(payment: Payment, now: int) -> str:
    over = now > payment.created_at + LIFETIME
    if payment.facts.get("state") and payment.state is State.VERIFIED:
        return str(payment.facts["state"])
    if payment.state is State.PAID and over:
        return "EXPIRED"
    if payment.state is State.FAILED and (payment.ended_at or 0) >= payment.expires_at:
        return "EXPIRED"
    return _STATES[payment.state]


def _status(word: str) -> Answer:
    return Answer(200, {"status": word})


def _instant(query: Json, name: str, usual: int) -> int:
    """Read an instant of the creation filter: `from` counts, `to` does not."""
    try:
        moment = datetime.fromisoformat(str(query[name])) if name in query else None
    except ValueError:
        raise Refusal(f"{name}.not_valid") from None
    if moment is not None and moment.tzinfo is None:
        raise Refusal(f"{name}.not_valid")
    return usual if moment is None else int(moment.timestamp())


def _number(query: Json, name: str, usual: int, most: int, refusal: str) -> int:
    value = str(query.get(name) or usual)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise Refusal(refusal)
    return int(value)
