"""The bank's signing page, and the hand that reaches into accounts and mandates for a test."""

from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from sandbox.bank.ways import by_query
from sandbox.debits import book
from sandbox.journal import Happening, Subject, record
from sandbox.office import Desk, office
from sandbox.sequence import draw

pages = Blueprint("debit_pages", __name__)

_SEE_OTHER: Final = 303


def show(token: str, bank: str | None = None) -> Response:
    """Show the signing page of a mandate that waits for it."""
    with office().desk() as desk:
        mandate = book.mandate_by(desk.db, "token", token)
        if mandate is None or mandate["state"] != "NEW":
            return make_response(render_template("bank_missing.html", authority=token), 404)
        if bank is not None:
            book.set_mandate(desk.db, mandate["id"], bank=bank)
            mandate = mandate | {"bank": bank}
    return make_response(render_template("sign.html", mandate=mandate))


@pages.post("/bank/sign/<token>")
def decide(token: str) -> AnyResponse:
    """Sign or refuse; the browser goes back to the shop."""
    with office().desk() as desk:
        mandate = book.mandate_by(desk.db, "token", token)
        if mandate is None or mandate["state"] != "NEW":
            return make_response(render_template("bank_missing.html", authority=token), 404)
        if request.form.get("action") == "sign":
            book.sign(desk.db, mandate, desk.now)
        else:
            book.set_mandate(desk.db, mandate["id"], state="REFUSED")
        decided = book.must_find(desk.db, token)
        _note(desk, decided)
        way = by_query(mandate["callback_url"], _told(decided))
    return redirect(way.url, _SEE_OTHER)


@pages.get("/control/debits")
def truth() -> Response:
    """Return what the bank knows of mandates and debits."""
    with office().desk() as desk:
        book.catch_up(desk.db, desk.now)
        return jsonify({"mandates": book.mandates(desk.db), "debits": book.debits(desk.db)})


@pages.post("/control/debits/<action>")
def reach_in(action: str) -> Response:
    """Change the bank's side: balance, pay-day, revoke, refund, rotate (a mandate's secret)."""
    asked: dict[str, Any] = request.get_json()
    if action not in _HANDS:
        abort(404)
    with office().desk() as desk:
        _HANDS[action](desk, asked)
        happening = Happening(
            operation=f"control.{action}", subject=Subject(), asked=asked, answered={}
        )
        record(desk.db, happening, at=desk.now)
    return jsonify({"done": action})


def _note(desk: Desk, mandate: book.Row) -> None:
    happening = Happening(
        operation="sign",
        subject=Subject(merchant_id=mandate["merchant"], authority=mandate["token"]),
        asked={"mobile": mandate["mobile"], "bank": mandate["bank"]},
        answered={"state": mandate["state"]},
        door=mandate["psp"],
    )
    record(desk.db, happening, at=desk.now)


def _balance(desk: Desk, asked: dict[str, Any]) -> None:
    book.set_balance(desk.db, asked["mobile"], int(asked["rial"]), desk.now)


def _pay_day(desk: Desk, asked: dict[str, Any]) -> None:
    book.set_pay_day(desk.db, asked["mobile"], int(asked["day"]), int(asked["rial"]), desk.now)


def _revoke(desk: Desk, asked: dict[str, Any]) -> None:
    book.set_mandate(desk.db, book.must_find(desk.db, asked["token"])["id"], state="REVOKED")


def _rotate(desk: Desk, asked: dict[str, Any]) -> None:
    mandate = book.must_find(desk.db, asked["token"])
    secret = f"{draw(desk.db, 'signature'):x}".ljust(len(mandate["secret"]), "0")
    book.set_mandate(desk.db, mandate["id"], secret=secret)


def _refund(desk: Desk, asked: dict[str, Any]) -> None:
    debit = book.debit_by(desk.db, "key", asked["key"])
    if debit is None or debit["state"] != "DONE":
        abort(409)
    book.give_back(desk.db, debit, desk.now)


_HANDS: Final = {
    "balance": _balance,
    "pay-day": _pay_day,
    "revoke": _revoke,
    "refund": _refund,
    "rotate": _rotate,
}


def _told(mandate: book.Row) -> dict[str, str]:
    signed = mandate["state"] == "SIGNED"
    if mandate["psp"] == "zarinpal":
        return {"payman_authority": mandate["token"], "status": "OK" if signed else "NOK"}
    told = {"token": mandate["token"], "status": "SUCCEED" if signed else "FAILED"}
    return told | ({"authorization_id": str(mandate["id"])} if signed else {"error_code": "21"})
