"""The dialect's HTTP doors."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, abort, request

from sandbox import wire
from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import RIAL_PER_UNIT, Payment, find
from sandbox.bank.ways import Way, by_query
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.wire import Answer, Json
from sandbox.zarinpal import codes, operations
from sandbox.zarinpal.codes import Refusal, refused

api = Blueprint("zarinpal", __name__)

_CALLS: Final[dict[str, Callable[..., Answer]]] = {
    "request": operations.request_payment,
    "verify": operations.verify,
    "inquiry": operations.inquiry,
    "unVerified": operations.list_unverified,
    "reverse": operations.reverse,
    "feeCalculation": operations.calculate_fee,
}


@api.get("/pg/StartPay/<authority>")
def start(authority: str) -> Response:
    """Show the bank page."""
    return views.show(authority, psp=DIALECT.psp, operation="StartPay")


@api.post("/pg/v4/payment/<operation>.json")
def call(operation: str) -> Response:
    """Carry out one call of the dialect."""
    if operation not in _CALLS:
        abort(404)
    sent = request.get_json(silent=True)
    body: Json = sent if isinstance(sent, dict) else {}
    referer = request.headers.get("Referer", "")
    return receive(
        Call(
            operation=operation,
            asked=body,
            subject=lambda desk: _subject(desk, operation, body),
            answer=lambda desk: _answer(desk, operation, body, referer),
            refused=lambda code: refused(Refusal(codes.OOPS if code is None else code)),
            fresh=_made_fresh,
            opened=_new_authority,
        )
    )


def _answer(desk: Desk, operation: str, body: Json, referer: str) -> Answer:
    try:
        return _CALLS[operation](desk, body, referer=referer)
    except Refusal as refusal:
        return refused(refusal)


def _made_fresh(answer: Answer) -> Answer:
    fresh = {"code": codes.SUCCESS, "message": "Paid"}
    body = wire.distort(answer.body, "data", lambda data: _merged(data, fresh))
    return Answer(answer.status, body)


def _merged(data: object, changes: Json) -> object:
    return data | changes if isinstance(data, dict) else data


def _subject(desk: Desk, operation: str, body: Json) -> Subject:
    authority, merchant_id = body.get("authority"), body.get("merchant_id")
    payment = find(desk.db, authority) if isinstance(authority, str) else None
    amount = payment.amount_rial if payment else _asked_rial(operation, body)
    return Subject(
        merchant_id=merchant_id.lower() if isinstance(merchant_id, str) else None,
        authority=authority if isinstance(authority, str) else None,
        amount_rial=amount,
    )


def _asked_rial(operation: str, body: Json) -> int | None:
    amount = body.get("amount")
    if operation != "request" or not isinstance(amount, int):
        return None
    return amount * RIAL_PER_UNIT.get(str(body.get("currency")), 1)


def _new_authority(answer: Answer) -> str | None:
    data = answer.body["data"]
    made = data.get("authority") if isinstance(data, dict) else None
    return made if isinstance(made, str) else None


def _way_back(payment: Payment) -> Way:
    status = "OK" if payment.was_paid else "NOK"
    return by_query(payment.callback_url, {"Authority": payment.authority, "Status": status})


DIALECT: Final = Dialect(psp="zarinpal", way_back=_way_back)
