"""The dialect's doors: strict about fields, order and tokens, as far as its facts are known."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import jdatetime
from flask import Blueprint, Response, jsonify, request

from sandbox import clock, doors
from sandbox.doors import Call
from sandbox.journal import Subject
from sandbox.office import Desk, office
from sandbox.pip import ledger
from sandbox.pip.ledger import Sent
from sandbox.store import fact, remember
from sandbox.wire import Answer, Json

api = Blueprint("jibit_pip", __name__)

_ROOT: Final = "/jibit/pip/v1"
_IBAN: Final = re.compile(r"IR[0-9]{24}")
_MOBILE: Final = re.compile(r"09[0-9]{9}")
_DAY: Final = "%Y-%m-%d"
_MOST: Final = 250
_DESTINATION: Final = {
    "destinationBank": "MELLI",
    "destinationIban": "IR270170000000100324200001",
    "destinationDepositNumber": "0100324200001",
    "destinationOwnerName": "شرکت آزمایشی",
}


class Refusal(Exception):
    """The provider's no: an HTTP status and a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@api.post(f"{_ROOT}/tokens/generate")
def token() -> Response:
    """Give a bearer token for any pair of keys; a key's first secret stays the right one."""
    body = _body()

    def answer(desk: Desk) -> Answer:
        key, secret = body.get("apiKey"), body.get("secretKey")
        if not (isinstance(key, str) and key and isinstance(secret, str) and secret):
            return _refused(Refusal(400, "client.authentication_failed"))
        place, told = f"pip secret {key}", hashlib.sha256(secret.encode()).hexdigest()
        known = fact(desk.db, place)
        if known is None:
            remember(desk.db, place, told)
        elif known != told:
            return _refused(Refusal(400, "client.authentication_failed"))
        return Answer(200, {"accessToken": f"pip.{key}", "refreshToken": f"ref.{key}"})

    return _receive("token", answer, asked={"apiKey": body.get("apiKey")})


@api.post(f"{_ROOT}/paymentIds")
def issue() -> Response:
    """Register an identifier for a payer and their IBANs."""
    body = _body()

    def answer(desk: Desk) -> Answer:
        asked = _asked(body)
        merchant = _merchant()
        known = ledger.identifier(desk.db, merchant, str(asked["merchantReferenceNumber"]))
        if known is not None:
            raise Refusal(400, "merchantReferenceNumber.already_exists")
        ledger.register(desk.db, merchant, asked, desk.now)
        row = ledger.identifier(desk.db, merchant, str(asked["merchantReferenceNumber"]))
        return Answer(200, _identifier(row))

    return _receive("paymentIds", answer, asked=body)


@api.get(f"{_ROOT}/paymentIds/<reference>")
def inquire(reference: str) -> Response:
    """Tell where an identifier stands; the bank verifies it by the first time one asks."""

    def answer(desk: Desk) -> Answer:
        row = ledger.identifier(desk.db, _merchant(), reference)
        if row is None:
            raise Refusal(404, "paymentId.not_found")
        ledger.verified(desk.db, row["pay_id"])
        return Answer(200, _identifier(ledger.identifier(desk.db, _merchant(), reference)))

    return _receive("paymentId", answer)


@api.get(f"{_ROOT}/payments/waitingForVerify")
def waiting() -> Response:
    """List what waits for the merchant's word."""

    def answer(desk: Desk) -> Answer:
        return _paged(ledger.listed(desk.db, _merchant(), status=ledger.WAITING))

    return _receive("waitingForVerify", answer)


@api.get(f"{_ROOT}/payments/list")
def listing() -> Response:
    """List deposits of a span of days."""

    def answer(desk: Desk) -> Answer:
        since, until = (_day(name) for name in ("fromDate", "toDate"))
        if until < since:
            raise Refusal(400, "toDate.invalid")
        rows = ledger.listed(
            desk.db,
            _merchant(),
            since=int(since.timestamp()),
            until=int((until + timedelta(days=1)).timestamp()),
        )
        return _paged(rows)

    return _receive("list", answer)


@api.get(f"{_ROOT}/payments/<reference>/verify")
def verify(reference: str) -> Response:
    """Take the money: a GET that changes things."""
    return _decide(reference, "pip.verify", ledger.take, ledger.DONE)


@api.get(f"{_ROOT}/payments/<reference>/fail")
def fail(reference: str) -> Response:
    """Send the money back: a GET that changes things."""
    return _decide(reference, "pip.fail", ledger.give_back, ledger.BACK)


@api.post("/control/deposit")
def transfer() -> tuple[Response, int]:
    """Make a transfer: identifier, amount, source_iban, and optionally rail, delay, window."""
    body = _body()
    sent = Sent(
        pay_id=str(body.get("identifier", "")),
        amount_rial=_whole(body, "amount", 0),
        source_iban=str(body.get("source_iban", "")),
        rail=str(body.get("rail", "paya")),
        delay=_whole(body, "delay", 0),
        window=_whole(body, "window", 24 * 3600),
    )
    with office().desk() as desk:
        reference = ledger.send(desk.db, sent, desk.now)
    office().deliver()
    return jsonify(reference=reference, bounced=reference is None), 201


@api.get("/control/deposits.json")
def deposits_json() -> Response:
    """Tell every deposit as the bank knows it."""
    with office().desk() as desk:
        ledger.catch_up(desk.db, desk.now)
        return jsonify(deposits=ledger.everything(desk.db))


def _decide(
    reference: str,
    operation: str,
    act: Callable[[sqlite3.Connection, sqlite3.Row, int], None],
    already: str,
) -> Response:
    def answer(desk: Desk) -> Answer:
        row = ledger.deposit(desk.db, _merchant(), reference)
        if row is None:
            raise Refusal(404, "payment.not_found")
        if row["status"] == ledger.WAITING:
            act(desk.db, row, desk.now)
        elif row["status"] != already:
            raise Refusal(400, "payment.invalid_status")
        fresh = ledger.deposit(desk.db, _merchant(), reference)
        return Answer(200, _told(fresh or row))

    return _receive(operation, answer, authority=reference)


def _receive(
    operation: str,
    answer: Callable[[Desk], Answer],
    *,
    asked: Json | None = None,
    authority: str | None = None,
) -> Response:
    def truth(desk: Desk) -> Answer:
        ledger.catch_up(desk.db, desk.now)
        try:
            return answer(desk)
        except Refusal as refusal:
            return _refused(refusal)

    def subject(_desk: Desk) -> Subject:
        known = request.headers.get("Authorization", "").rpartition(".")[2] or None
        return Subject(merchant_id=known, authority=authority)

    return doors.receive(
        Call(
            operation=operation if operation.startswith("pip.") else f"pip.{operation}",
            asked=asked if asked is not None else dict(request.args),
            subject=subject,
            answer=truth,
            refused=lambda code: _refused(Refusal(code or 500, "server.error")),
        )
    )


def _refused(refusal: Refusal) -> Answer:
    body: Json = {"fingerprint": "sandbox", "errors": [{"code": refusal.code, "message": ""}]}
    return Answer(refusal.status, body)


def _merchant() -> str:
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not bearer.startswith("pip."):
        raise Refusal(401, "security.auth_required")
    return bearer.removeprefix("pip.")


def _body() -> Json:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _whole(body: Json, name: str, default: int) -> int:
    value = body.get(name, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _asked(body: Json) -> Json:
    for name in ("merchantReferenceNumber", "userFullName", "callbackUrl"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise Refusal(400, f"{name}.not_provided")
    ibans, mobile = body.get("userIbans"), body.get("userMobile") or ""
    if not isinstance(ibans, list) or not all(_IBAN.fullmatch(str(one)) for one in ibans):
        raise Refusal(400, "userIbans.invalid")
    if mobile and not _MOBILE.fullmatch(str(mobile)):
        raise Refusal(400, "userMobile.invalid")
    return {**body, "userMobile": mobile}


def _day(name: str) -> datetime:
    try:
        day = datetime.strptime(request.args.get(name, ""), _DAY)  # noqa: DTZ007 - zoned below
    except ValueError as error:
        raise Refusal(400, f"{name}.invalid") from error
    return day.replace(tzinfo=clock.TEHRAN)


def _paged(rows: list[sqlite3.Row]) -> Answer:
    try:
        number, size = (int(request.args.get(name, "")) for name in ("pageNumber", "pageSize"))
    except ValueError as error:
        raise Refusal(400, "pageNumber.invalid") from error
    if number < 0 or not 0 < size <= _MOST:
        raise Refusal(400, "pageSize.invalid")
    shown = rows[number * size : (number + 1) * size]
    with_next = len(rows) > (number + 1) * size
    body: Json = {
        "pageNumber": number,
        "size": size,
        "numberOfElements": len(shown),
        "hasNext": with_next,
        "elements": [_told(row) for row in shown],
    }
    return Answer(200, body)


def _identifier(row: sqlite3.Row | None) -> Json:
    if row is None:
        raise Refusal(404, "paymentId.not_found")
    return {
        "payId": row["pay_id"],
        "merchantReferenceNumber": row["reference"],
        "userIbans": json.loads(row["ibans"]),
        "registryStatus": row["status"],
        "failReason": None,
        **_DESTINATION,
    }


def _told(row: sqlite3.Row) -> Json:
    local = datetime.fromtimestamp(row["arrives_at"], tz=clock.TEHRAN)
    moment = jdatetime.datetime.fromgregorian(datetime=local.replace(tzinfo=None))
    return {
        "externalReferenceNumber": row["reference"],
        "status": row["status"],
        "amount": row["amount_rial"],
        "bank": "MELLI",
        "bankReferenceNumber": row["bank_reference"],
        "paymentId": row["pay_id"],
        "sourceIdentifier": row["source_iban"],
        "destinationAccountIdentifier": _DESTINATION["destinationIban"],
        "rawBankTimestamp": moment.strftime("%Y/%m/%d %H:%M:%S"),
    }
