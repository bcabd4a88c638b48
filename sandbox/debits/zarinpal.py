"""Zarinpal payman over HTTP: strict about every field, silent about every contract's end.

What a refused checkout is coded with is not published: here -51 is an empty account, -13 a cap,
and a contract that has gone is a validation error of `signature`.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, abort, request

from sandbox.bank.payments import Payment, State, find
from sandbox.clock import TEHRAN
from sandbox.debits import book, pages
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.sequence import draw, new_authority, new_reference
from sandbox.wire import Answer, Json
from sandbox.zarinpal import codes
from sandbox.zarinpal.codes import Refusal, granted, refused

api = Blueprint("zarinpal_payman", __name__)

_MOBILE: Final = re.compile(r"09[0-9]{9}")
_MERCHANT: Final = re.compile(r"[0-9a-fA-F-]{36}")
_SSN: Final = re.compile(r"[0-9]{10}")
_LEAST_DAYS: Final = 30
_DAY: Final = 24 * 3600
_SIGNATURE: Final = 200
_EMPTY, _CAP, _VALIDATION = -51, -13, -9
_BANKS: Final = (
    ("سامان", "saman", "SABCIR", 100_000_000, 25),
    ("سینا", "sina", "SINAIR", 100_000_000, None),
)


@api.get("/pg/v4/payman/banksList.json")
def banks() -> Response:
    """List the banks one may sign at."""
    rows = [
        {
            "name": name,
            "slug": slug,
            "bank_code": code,
            "max_daily_amount": rial,
            "max_daily_count": count,
        }
        for name, slug, code, rial, count in _BANKS
    ]
    return _receive("banksList", {}, lambda _desk: {"code": 100, "banks": rows})


@api.post("/pg/v4/payman/<operation>.json")
def call(operation: str) -> Response:
    """Carry out one call."""
    if operation not in _CALLS:
        abort(404)
    sent = request.get_json(silent=True)
    body: Json = sent if isinstance(sent, dict) else {}
    return _receive(f"payman/{operation}", body, lambda desk: _CALLS[operation](desk, body))


@api.get("/pg/StartPayman/<token>/<bank>")
def start(token: str, bank: str) -> Response:
    """Show the signing page."""
    if bank not in {row[2] for row in _BANKS}:
        abort(404)
    return pages.show(token, bank)


def _receive(operation: str, body: Json, work: Callable[[Desk], Json]) -> Response:
    def answer(desk: Desk) -> Answer:
        book.catch_up(desk.db, desk.now)
        try:
            return granted(work(desk))
        except Refusal as refusal:
            return refused(refusal)

    return receive(
        Call(
            operation=operation,
            asked=body,
            subject=lambda _desk: _subject(body),
            answer=answer,
            refused=lambda code: refused(Refusal(codes.OOPS if code is None else code)),
        )
    )


def _subject(body: Json) -> Subject:
    merchant, token = body.get("merchant_id"), body.get("authority", body.get("payman_authority"))
    return Subject(
        merchant_id=str(merchant).lower() if merchant else None,
        authority=str(token) if token else None,
    )


def _request(desk: Desk, body: Json) -> Json:
    expires_at = _checked(desk, body)
    new = book.NewMandate(
        psp="zarinpal",
        merchant=str(body["merchant_id"]).lower(),
        token=new_authority(desk.db),
        mobile=str(body["mobile"]),
        bank="",
        callback_url=str(body["callback_url"]),
        max_rial=int(str(body["max_amount"])),
        day_count=int(str(body["max_daily_count"])),
        month_count=int(str(body["max_monthly_count"])),
        expires_at=expires_at,
        national_code=str(body.get("ssn") or ""),
    )
    made = book.ask_mandate(desk.db, new, desk.now)
    return {"code": 100, "message": "Success", "payman_authority": made["token"]}


def _verify(desk: Desk, body: Json) -> Json:
    mandate = _own(desk, body, "token", body.get("payman_authority"))
    if mandate["state"] not in {"SIGNED", "ACTIVE"}:
        raise Refusal(_EMPTY)
    secret = mandate["secret"] or f"{draw(desk.db, 'signature'):x}".ljust(_SIGNATURE, "0")
    book.set_mandate(desk.db, mandate["id"], state="ACTIVE", secret=secret)
    return {"code": 100, "message": "Success", "signature": secret}


def _cancel(desk: Desk, body: Json) -> Json:
    mandate = _own(desk, body, "secret", body.get("signature"))
    if mandate["state"] != "ACTIVE":
        raise _invalid("signature")
    book.set_mandate(desk.db, mandate["id"], state="REVOKED")
    return {"code": 100, "message": "Success"}


def _checkout(desk: Desk, body: Json) -> Json:
    mandate = _own(desk, body, "secret", body.get("signature"))
    payment = find(desk.db, str(body.get("authority")))
    if payment is None or payment.merchant_id.lower() != mandate["merchant"]:
        raise Refusal(codes.BAD_AUTHORITY)
    earlier = book.debit_by(desk.db, "key", payment.authority)
    if earlier is not None and earlier["state"] == "DONE":
        return _told(payment, 101)
    if payment.state is not State.IN_BANK:
        raise Refusal(_EMPTY)
    _collect(desk, mandate, payment, earlier)
    return _told(find(desk.db, payment.authority) or payment, 100)


def _collect(desk: Desk, mandate: book.Row, payment: Payment, earlier: book.Row | None) -> None:
    debit = earlier or book.order(
        desk.db,
        mandate,
        key=payment.authority,
        rial=payment.amount_rial,
        most=1,
        notify="",
        now=desk.now,
    )
    tried = book.try_debit(desk.db, debit, desk.now)
    if tried["state"] == "DONE":
        desk.db.execute(
            "UPDATE payments SET state = 'VERIFIED', charged_rial = amount_rial, ref_id = ?,"
            " paid_at = ?, verified_at = ? WHERE authority = ?",
            (new_reference(desk.db), desk.now, desk.now, payment.authority),
        )
        return
    desk.db.execute(
        "UPDATE payments SET state = 'FAILED', ended_at = ? WHERE authority = ?",
        (desk.now, payment.authority),
    )
    if tried["error"] == "03":
        raise _invalid("signature")
    raise Refusal(_CAP if tried["error"] == "04" else _EMPTY)


def _told(payment: Payment, code: int) -> Json:
    return {
        "code": code,
        "message": "Success",
        "refrence_id": payment.ref_id,
        "amount": payment.amount_rial,
    }


def _checked(desk: Desk, body: Json) -> int:
    """Check a contract field by field; return when it ends."""
    wrong = next((name for name, is_right in _FIELDS.items() if not is_right(body.get(name))), None)
    if wrong is not None:
        raise _invalid(wrong)
    try:
        ends = datetime.strptime(str(body["expire_at"]), "%Y-%m-%d %H:%M:%S").replace(tzinfo=TEHRAN)
    except ValueError as error:
        raise _invalid("expire_at") from error
    if ends.timestamp() < desk.now + _LEAST_DAYS * _DAY - 1:
        raise _invalid("expire_at")
    return int(ends.timestamp())


def _numeric(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > 0


_FIELDS: Final[dict[str, Callable[[Any], bool]]] = {
    "merchant_id": lambda value: bool(_MERCHANT.fullmatch(str(value))),
    "mobile": lambda value: bool(_MOBILE.fullmatch(str(value))),
    "ssn": lambda value: value is None or bool(_SSN.fullmatch(str(value))),
    "max_daily_count": _numeric,
    "max_monthly_count": _numeric,
    "max_amount": _numeric,
    "callback_url": lambda value: str(value).startswith(("http://", "https://")),
}


def _own(desk: Desk, body: Json, column: str, value: object) -> book.Row:
    mandate = book.mandate_by(desk.db, column, value)
    merchant = str(body.get("merchant_id")).lower()
    if mandate is None or mandate["psp"] != "zarinpal" or mandate["merchant"] != merchant:
        raise Refusal(codes.BAD_AUTHORITY) if column == "token" else _invalid("signature")
    return mandate


def _invalid(field: str) -> Refusal:
    return Refusal(_VALIDATION, {field: f"The {field} is invalid."})


_CALLS: Final[dict[str, Callable[[Desk, Json], Json]]] = {
    "request": _request,
    "verify": _verify,
    "checkout": _checkout,
    "cancelContract": _cancel,
}
