"""The panel's HTTP doors, under /vandar/api/v3."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.vandar import panel
from sandbox.vandar.words import Refusal, refused, scripted
from sandbox.wire import Answer, Json

api = Blueprint("vandar_panel", __name__, url_prefix="/vandar/api/v3")

_RIAL_PER_TOMAN: Final = 10


@api.post("/login")
def login() -> Response:
    """Log in."""
    body = _body()
    return _receive("login", "", lambda desk: panel.login(desk, body), guarded=False)


@api.post("/business/<business>/transaction/<transaction>/refund")
def refund(business: str, transaction: str) -> Response:
    """Order a refund."""
    body = _body()
    return _receive(
        "refund", business, lambda desk: panel.refund(desk, body, business, transaction)
    )


@api.get("/business/<business>/refund/<key>")
def show_refund(business: str, key: str) -> Response:
    """Show a refund by its payment number."""
    return _receive(
        "refund.inquiry", business, lambda desk: panel.show(desk, business, "refund", key)
    )


@api.post("/business/<business>/settlement/store")
def settle(business: str) -> Response:
    """Order a settlement."""
    body = _body()
    return _receive("payout", business, lambda desk: panel.settle(desk, body, business))


@api.get("/business/<business>/settlement/track-id/<key>")
def show_settlement(business: str, key: str) -> Response:
    """Show a settlement by its track id."""
    return _receive(
        "payout.inquiry", business, lambda desk: panel.show(desk, business, "payout", key)
    )


@api.delete("/business/<business>/settlement/<number>")
def cancel(business: str, number: str) -> Response:
    """Take a settlement back."""
    return _receive("payout.cancel", business, lambda desk: panel.cancel(desk, business, number))


def _receive(
    operation: str, business: str, carry_out: Callable[[Desk], Answer], *, guarded: bool = True
) -> Response:
    body, header = _body(), request.headers.get("Authorization", "")

    def answer(desk: Desk) -> Answer:
        try:
            if guarded:
                panel.check_token(desk, header)
            return carry_out(desk)
        except Refusal as refusal:
            return refused(refusal)

    return receive(
        Call(
            operation=operation,
            asked={name: value for name, value in body.items() if name != "password"},
            subject=lambda _desk: _subject(operation, business, body),
            answer=answer,
            refused=scripted,
        )
    )


def _subject(operation: str, business: str, body: Json) -> Subject:
    amount = body.get("amount")
    rate = _RIAL_PER_TOMAN if operation == "payout" else 1
    key = body.get("payment_number") or body.get("track_id")
    return Subject(
        merchant_id=business or None,
        authority=None if key is None else str(key),
        amount_rial=amount * rate if isinstance(amount, int) else None,
    )


def _body() -> Json:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}
