"""The dialect's HTTP doors, and how its page sends the browser back."""

from typing import Final

from flask import Blueprint, Response, abort, request

from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import Payment, find
from sandbox.bank.ways import Way, by_form
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.snapppay import door, operations
from sandbox.snapppay.door import Refusal, refused
from sandbox.wire import Answer, Json

api = Blueprint("snapppay", __name__, url_prefix="/snapppay")

_GETS: Final = frozenset({"status", "eligible"})
# What the rest of the sandbox calls each of them.
_KINDS: Final = {
    "token": "request",
    "status": "inquiry",
    "revert": "reverse",
    "cancel": "reverse",
}


@api.post("/api/online/v1/oauth/token")
def oauth() -> Response:
    """Let a merchant in."""
    asked: Json = {"username": request.form.get("username"), "scope": request.form.get("scope")}
    return receive(
        Call(
            operation="oauth",
            asked=asked,
            subject=lambda _desk: Subject(),
            answer=door.let_in,
            refused=lambda _code: Answer(401, {"error": "unauthorized"}),
        )
    )


@api.get("/api/online/offer/v1/<operation>")
@api.route("/api/online/payment/v1/<operation>", methods=["GET", "POST"])
def call(operation: str) -> Response:
    """Carry out one call of the dialect."""
    offered = "/offer/" in request.path
    by_get = request.method == "GET"
    if operation not in operations.CALLS or offered != (operation == "eligible"):
        abort(404)
    if by_get != (operation in _GETS):
        abort(405)
    sent = request.get_json(silent=True)
    body: Json = sent if isinstance(sent, dict) else {}
    return receive(
        Call(
            operation=operation,
            kind=_KINDS.get(operation, operation),
            asked=body or dict(request.args),
            subject=lambda desk: _subject(desk, body),
            answer=lambda desk: _answer(desk, operation, body),
            refused=refused,
            opened=_new_token,
        )
    )


@api.get("/pay")
def page() -> Response:
    """Show the page where the buyer agrees."""
    return views.show(request.args.get("token", ""), psp=operations.PSP, operation="snapppay")


def _answer(desk: Desk, operation: str, body: Json) -> Answer:
    try:
        return operations.CALLS[operation](desk, body)
    except Refusal as refusal:
        return refused(refusal.code, refusal.message, refusal.status)


def _subject(desk: Desk, body: Json) -> Subject:
    payment = find(desk.db, str(body.get("paymentToken") or request.args.get("paymentToken")))
    amount = body.get("amount")
    asked = amount if isinstance(amount, int) else None
    return Subject(
        merchant_id=door.known_client(desk) or None,
        authority=None if payment is None else payment.authority,
        amount_rial=asked if payment is None else payment.amount_rial,
    )


def _new_token(answer: Answer) -> str | None:
    data = answer.body.get("response")
    made = data.get("paymentToken") if isinstance(data, dict) else None
    return made if isinstance(made, str) else None


def _way_back(payment: Payment) -> Way:
    fields = {
        "transactionId": payment.order_id or "",
        "paymentToken": payment.authority,
        "state": "OK" if payment.was_paid else "FAILED",
        "amount": str(payment.amount_rial),
    }
    return by_form(payment.callback_url, fields)


DIALECT: Final = Dialect(psp=operations.PSP, way_back=_way_back)
