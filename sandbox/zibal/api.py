"""The dialect's HTTP doors, under /zibal; the platform's under /zibal/platform."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import find
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.wire import Answer, Json
from sandbox.zibal import codes, operations, platform
from sandbox.zibal.asking import PSP
from sandbox.zibal.codes import Refusal, told

api = Blueprint("zibal", __name__, url_prefix="/zibal")

DIALECT: Final = Dialect(psp=PSP, way_back=operations.way_back, notice=operations.notice)

_CALLS: Final[dict[str, Callable[[Desk, Json], Answer]]] = {
    "request": operations.request_payment,
    "verify": operations.verify,
    "inquiry": operations.inquiry,
}
_PLATFORM: Final[dict[str, Callable[[Desk, Json, str], Answer]]] = {
    "refund": platform.refund,
    "refund/inquiry": platform.inquire,
    "refund/list": platform.list_all,
}


@api.get("/start/<track>")
@api.get("/start/<track>/direct")
def start(track: str) -> Response:
    """Show the bank page."""
    return views.show(track, psp=PSP, operation="start")


@api.post("/v1/<operation>")
def call(operation: str) -> Response:
    """Carry out one call of the gateway."""
    if operation not in _CALLS:
        abort(404)
    return _receive(operation, _CALLS[operation])


@api.post("/request/lazy")
@api.post("/v1/request/lazy")
def request_lazily() -> Response:
    """Open a payment whose result goes to the shop's server (which address is not sure)."""
    return _receive("request", lambda desk, body: operations.request_payment(desk, body, lazy=True))


@api.post("/platform/v1/account/<path:operation>")
def call_platform(operation: str) -> Response:
    """Carry out one call of the platform. The bearer token is `<merchant>.<anything>`."""
    if operation not in _PLATFORM:
        abort(404)
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    shop, dot, _ = token.partition(".")
    if kind != "Bearer" or not (shop and dot):
        answer = jsonify(message="Unauthorized")
        answer.status_code = 401
        return answer
    body = _body()
    return receive(
        Call(
            operation="refund" if operation == "refund" else operation.replace("/", "."),
            asked=body,
            subject=lambda desk: _refund_subject(desk, body, shop),
            answer=lambda desk: _refusing(lambda: _PLATFORM[operation](desk, body, shop)),
            refused=codes.scripted_on_platform,
        )
    )


def _receive(operation: str, carry_out: Callable[[Desk, Json], Answer]) -> Response:
    body = _body()
    return receive(
        Call(
            operation=operation,
            asked=body,
            subject=lambda desk: _subject(desk, operation, body),
            answer=lambda desk: _refusing(lambda: carry_out(desk, body)),
            refused=codes.scripted,
            fresh=_made_fresh,
            opened=lambda answer: _told_track(answer) if operation == "request" else None,
        )
    )


def _body() -> Json:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _refusing(carry_out: Callable[[], Answer]) -> Answer:
    try:
        return carry_out()
    except Refusal as refusal:
        return told(refusal.result)


def _made_fresh(answer: Answer) -> Answer:
    seen_before = answer.body.get("result") == codes.VERIFIED_BEFORE
    return told(codes.DONE) if seen_before else answer


def _told_track(answer: Answer) -> str | None:
    track = answer.body.get("trackId")
    return None if track is None else str(track)


def _subject(desk: Desk, operation: str, body: Json) -> Subject:
    track, amount = body.get("trackId"), body.get("amount")
    payment = find(desk.db, str(track)) if track is not None else None
    asked = amount if operation == "request" and isinstance(amount, int) else None
    return Subject(
        merchant_id=str(body.get("merchant") or "") or None,
        authority=None if track is None else str(track),
        amount_rial=payment.amount_rial if payment else asked,
    )


def _refund_subject(desk: Desk, body: Json, shop: str) -> Subject:
    track, amount = str(body.get("trackId")), body.get("amount")
    payment = find(desk.db, track)
    whole = payment.amount_rial if payment else None
    return Subject(
        merchant_id=shop,
        authority=track,
        amount_rial=amount if isinstance(amount, int) else whole,
    )
