"""The gateway's HTTP doors, under /vandar/ipg."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, abort, make_response, render_template, request

from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import find
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk, office
from sandbox.vandar import ipg, panel
from sandbox.vandar.words import Refusal, refused, scripted
from sandbox.wire import Answer, Json

api = Blueprint("vandar", __name__, url_prefix="/vandar")

DIALECT: Final = Dialect(
    psp=ipg.PSP,
    way_back=ipg.way_back,
    verify_seconds=ipg.VERIFY_SECONDS,
    transfer_notice=panel.notice,
)

_CALLS: Final[dict[str, tuple[str, Callable[[Desk, Json], Answer]]]] = {
    "send": ("request", ipg.send),
    "transaction": ("inquiry", ipg.transaction),
    "verify": ("verify", ipg.verify),
}


@api.post("/ipg/api/<any(v3, v4):_version>/<operation>")
def call(_version: str, operation: str) -> Response:
    """Carry out one call of the gateway."""
    if operation not in _CALLS:
        abort(404)
    kind, carry_out = _CALLS[operation]
    sent = request.get_json(silent=True)
    body: Json = sent if isinstance(sent, dict) else {}
    return receive(
        Call(
            operation=operation,
            kind=kind,
            asked=body,
            subject=lambda desk: _subject(desk, body),
            answer=lambda desk: _refusing(lambda: carry_out(desk, body)),
            refused=scripted,
            opened=lambda answer: _told_token(answer) if operation == "send" else None,
        )
    )


@api.get("/ipg/<any(v3, v4):_version>/<token>")
def start(_version: str, token: str) -> Response:
    """Show the bank page, once."""
    with office().desk() as desk:
        if not ipg.opens_once(desk, token):
            return make_response(render_template("bank_missing.html", authority=token), 404)
    return views.show(token, psp=ipg.PSP, operation="start")


def _refusing(carry_out: Callable[[], Answer]) -> Answer:
    try:
        return carry_out()
    except Refusal as refusal:
        return refused(refusal)


def _told_token(answer: Answer) -> str | None:
    token = answer.body.get("token")
    return None if token is None else str(token)


def _subject(desk: Desk, body: Json) -> Subject:
    token, amount = body.get("token"), body.get("amount")
    payment = find(desk.db, token) if isinstance(token, str) else None
    asked = amount if isinstance(amount, int) else None
    return Subject(
        merchant_id=str(body.get("api_key") or "").partition("-")[0] or None,
        authority=token if isinstance(token, str) else None,
        amount_rial=payment.amount_rial if payment else asked,
    )
