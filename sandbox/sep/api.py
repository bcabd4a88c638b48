"""The dialect's HTTP doors, and how its bank page sends the browser back."""

import json
from typing import Final

from flask import Blueprint, Response, make_response, request

from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import Payment, find
from sandbox.bank.ways import Way, by_form, by_query
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk, office
from sandbox.sep import codes, operations
from sandbox.sep.codes import Refusal, no_token, result
from sandbox.wire import Answer, Json

api = Blueprint("sep", __name__, url_prefix="/sep")

_STATES: Final = {
    codes.PAID: "OK",
    codes.CANCELLED: "CanceledByUser",
    codes.FAILED: "Failed",
}
_NO_REFERER: Final = 403


@api.post("/onlinepg/onlinepg")
def token() -> Response:
    """Issue a token."""
    body = _body()
    amount, terminal = body.get("Amount"), body.get("TerminalId")
    subject = Subject(
        merchant_id=None if terminal is None else str(terminal),
        amount_rial=amount if isinstance(amount, int) else None,
    )
    return receive(
        Call(
            operation="request",
            asked=body,
            subject=lambda _desk: subject,
            answer=lambda desk: _token(desk, body),
            refused=no_token,
            opened=lambda answer: str(answer.body["token"]) if "token" in answer.body else None,
        )
    )


@api.route("/OnlinePG/OnlinePG", methods=["GET", "POST"])
def page() -> Response:
    """Show the bank page; a browser that hides where it comes from is turned away."""
    if not request.headers.get("Referer"):
        return make_response("درخواست بدون Referer پذیرفته نیست.", _NO_REFERER)
    authority = request.values.get("Token", "")
    if request.values.get("GetMethod", "").lower() == "true":
        _remember_get(authority)
    return views.show(authority, psp=operations.PSP, operation="OnlinePG")


@api.post("/verifyTxnRandomSessionkey/ipg/VerifyTransaction")
def verify() -> Response:
    """Confirm by RefNum."""
    return _by_reference("verify")


@api.post("/verifyTxnRandomSessionkey/ipg/ReverseTransaction")
def reverse() -> Response:
    """Send back by RefNum."""
    return _by_reference("reverse")


def _by_reference(operation: str) -> Response:
    body = _body()
    return receive(
        Call(
            operation=operation,
            asked=body,
            subject=lambda desk: _subject(desk, body),
            answer=lambda desk: _answer(desk, operation, body),
            refused=result,
        )
    )


def _token(desk: Desk, body: Json) -> Answer:
    try:
        return operations.open_token(desk, body)
    except Refusal as refusal:
        return no_token(refusal.code)


def _answer(desk: Desk, operation: str, body: Json) -> Answer:
    try:
        if operation == "verify":
            return operations.verify(desk, body)
        return operations.reverse(desk, body)
    except Refusal as refusal:
        return result(refusal.code)


def _subject(desk: Desk, body: Json) -> Subject:
    payment = operations.by_ref_num(desk, body.get("RefNum"))
    terminal = body.get("TerminalNumber")
    return Subject(
        merchant_id=None if terminal is None else str(terminal),
        authority=None if payment is None else payment.authority,
        amount_rial=None if payment is None else payment.amount_rial,
    )


def _body() -> Json:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _remember_get(authority: str) -> None:
    with office().desk() as desk:
        payment = find(desk.db, authority)
        if payment is not None:
            extra = json.dumps(payment.facts | {"get": True})
            desk.db.execute("UPDATE payments SET extra = ? WHERE authority = ?", (extra, authority))


def _way_back(payment: Payment) -> Way:
    status = _status(payment)
    fields = {
        "MID": payment.merchant_id,
        "State": _STATES[status],
        "Status": str(status),
        "RefNum": operations.ref_num(payment),
        "ResNum": payment.order_id or "",
        "Token": payment.authority,
        "TraceNo": str(payment.ref_id or "")[-6:],
        "SecurePan": payment.card_pan or "",
        "Amount": str(payment.amount_rial),
    }
    return (by_query if payment.facts.get("get") else by_form)(payment.callback_url, fields)


def _status(payment: Payment) -> int:
    if payment.was_paid:
        return codes.PAID
    cancelled = payment.reason is not None and "انصراف" in payment.reason
    return codes.CANCELLED if cancelled else codes.FAILED


DIALECT: Final = Dialect(
    psp=operations.PSP, way_back=_way_back, verify_seconds=operations.WINDOW_SECONDS
)
