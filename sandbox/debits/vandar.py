"""Vandar's subscription over HTTP: authorizations signed at the bank, withdrawals it repeats."""

import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request

from sandbox.bank import notices
from sandbox.bank.notices import Notice
from sandbox.clock import TEHRAN
from sandbox.debits import book, pages
from sandbox.doors import Call, receive
from sandbox.faults import Meeting
from sandbox.journal import Subject
from sandbox.office import Desk, office
from sandbox.scenario.due import fault_of
from sandbox.sequence import draw
from sandbox.vandar import panel
from sandbox.vandar.words import Refusal
from sandbox.wire import Answer, Json

api = Blueprint("vandar_subscription", __name__, url_prefix="/vandar")

_PLACE: Final = "/api/v3/business/<business>/subscription"
_MOBILE: Final = re.compile(r"09[0-9]{9}")
_SIGN_SECONDS: Final = 20 * 60
_MOST_TRIES: Final = 16
_LEAST_RIAL: Final = 1_000
_BANKS: Final = (("012", "ملت"), ("017", "ملی"), ("055", "اقتصاد نوین"), ("056", "سامان"))
_STATES: Final = {"SIGNED": "PENDING_VERIFY", "ACTIVE": "ACTIVE"}


class NoError(Exception):
    """The provider's no: an HTTP status, words, and the field at fault."""

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field


@api.get("/health/subscription")
def health() -> Response:
    """Tell which banks can, and which are well."""
    rows = [
        {
            "code": code,
            "name": name,
            "has_direct_debit_ability": True,
            "is_healthy_on_direct_debit": True,
        }
        for code, name in _BANKS
    ]
    return _receive("subscription/health", {}, lambda _desk: {"data": rows}, signed=False)


@api.get("/subscription/authorizations/<token>")
def sign(token: str) -> Response:
    """Show the signing page; the token is good for twenty minutes."""
    with office().desk() as desk:
        mandate = book.mandate_by(desk.db, "token", token)
        if mandate is not None and desk.now > mandate["made_at"] + _SIGN_SECONDS:
            book.set_mandate(desk.db, mandate["id"], state="EXPIRED")
    return pages.show(token)


@api.post(f"{_PLACE}/authorization/store")
def store(business: str) -> Response:
    """Open an authorization."""
    body = _body()
    return _receive("authorization/store", body, lambda desk: _store(desk, business, body))


@api.patch(f"{_PLACE}/authorization/<int:number>/verify")
def verify(business: str, number: int) -> Response:
    """Confirm a signed authorization, once and in time."""
    return _receive("authorization/verify", {}, lambda desk: _verify(desk, business, number))


@api.route(f"{_PLACE}/authorization/<int:number>", methods=["GET", "DELETE"])
def authorization(business: str, number: int) -> Response:
    """Show an authorization or end it; one that ended is not there any more."""
    ends = request.method == "DELETE"
    name = "authorization/delete" if ends else "authorization/show"
    return _receive(name, {}, lambda desk: _show(desk, business, number, ends=ends))


@api.post(f"{_PLACE}/withdrawal/store")
def withdraw(business: str) -> Response:
    """Order a withdrawal."""
    body = _body()
    return _receive("withdrawal/store", body, lambda desk: _withdraw(desk, business, body))


@api.get(f"{_PLACE}/withdrawal/track-id/<key>")
def by_track_id(business: str, key: str) -> Response:
    """Show a withdrawal by the merchant's number."""
    return _receive("withdrawal/show", {}, lambda desk: _told(_debit(desk, business, "key", key)))


@api.put(f"{_PLACE}/withdrawal/<int:number>")
def cancel(business: str, number: int) -> Response:
    """Take a withdrawal back that waits."""
    return _receive("withdrawal/cancel", _body(), lambda desk: _cancel(desk, business, number))


def _receive(
    operation: str, body: Json, work: Callable[[Desk], Json], *, signed: bool = True
) -> Response:
    def answer(desk: Desk) -> Answer:
        _catch_up(desk)
        try:
            _check_token(desk, signed=signed)
            return Answer(HTTPStatus.OK, work(desk))
        except NoError as no:
            return _refused(no)

    response = receive(
        Call(
            operation=operation,
            asked=body,
            subject=lambda _desk: _subject(body),
            answer=answer,
            refused=lambda code: _refused(NoError(code or 500, "error")),
        )
    )
    office().deliver()
    return response


def _subject(body: Json) -> Subject:
    named = request.view_args or {}
    key = body.get("track_id") or named.get("key")
    return Subject(merchant_id=named.get("business"), authority=str(key) if key else None)


def _check_token(desk: Desk, *, signed: bool) -> None:
    """Ask for the panel's own token where a call needs one."""
    try:
        if signed:
            panel.check_token(desk, request.headers.get("Authorization", ""))
    except Refusal as refusal:
        raise NoError(HTTPStatus.UNAUTHORIZED, "Unauthenticated.") from refusal


def _catch_up(desk: Desk) -> None:
    for debit in book.catch_up(desk.db, desk.now):
        _notify(desk, debit)


def _notify(desk: Desk, debit: book.Row) -> None:
    if debit["notify_url"] and debit["psp"] == "vandar":
        told = {
            "withdrawal_id": str(debit["id"]),
            "authorization_id": str(debit["mandate"]),
            "gateway_transaction_id": f"{debit['id']:012}",
            "status": debit["state"],
            "amount": debit["amount_rial"],
            "payment_number": f"P{debit['id']}",
        }
        notice = Notice(url=debit["notify_url"], fields=told, psp="vandar", authority=debit["key"])
        notices.queue(desk.db, notice, now=desk.now)


def _store(desk: Desk, business: str, body: Json) -> Json:
    ends = _date(body.get("expiration_date"), "expiration_date")
    for name, is_right in (
        ("bank_code", body.get("bank_code") in dict(_BANKS)),
        ("mobile", bool(_MOBILE.fullmatch(str(body.get("mobile"))))),
        ("callback_url", str(body.get("callback_url")).startswith(("http://", "https://"))),
        ("count", _whole(body.get("count"), 1)),
        ("limit", _whole(body.get("limit"), _LEAST_RIAL)),
        ("expiration_date", ends > desk.now),
    ):
        if not is_right:
            raise _invalid(name)
    new = book.NewMandate(
        psp="vandar",
        merchant=business,
        token=f"{draw(desk.db, 'vandar token'):x}"[:32],
        mobile=str(body["mobile"]),
        bank=str(body["bank_code"]),
        callback_url=str(body["callback_url"]),
        max_rial=int(str(body["limit"])),
        month_count=int(str(body["count"])),
        expires_at=ends,
        national_code=str(body.get("national_code") or ""),
    )
    made = book.ask_mandate(desk.db, new, desk.now)
    return {"status": 1, "result": {"authorization": {"token": made["token"]}}}


def _verify(desk: Desk, business: str, number: int) -> Json:
    mandate = _mandate(desk, business, number)
    if mandate["state"] != "SIGNED":
        raise NoError(HTTPStatus.UNPROCESSABLE_ENTITY, "Already verified.")
    book.set_mandate(desk.db, number, state="ACTIVE")
    return _shown(mandate | {"state": "ACTIVE"})


def _show(desk: Desk, business: str, number: int, *, ends: bool) -> Json:
    mandate = _mandate(desk, business, number)
    if ends:
        book.set_mandate(desk.db, number, state="REVOKED")
        return {"status": 1}
    return _shown(mandate)


def _mandate(desk: Desk, business: str, number: int) -> book.Row:
    mandate = book.mandate_by(desk.db, "id", number)
    if mandate is None or (mandate["psp"], mandate["merchant"]) != ("vandar", business):
        raise NoError(HTTPStatus.NOT_FOUND, "Not found.")
    late = mandate["state"] == "SIGNED" and desk.now > (mandate["signed_at"] or 0) + _SIGN_SECONDS
    if late:
        book.set_mandate(desk.db, number, state="CANCELED")
    if late or mandate["state"] not in _STATES:
        raise NoError(HTTPStatus.UNPROCESSABLE_ENTITY, "Authorization is not there.")
    return mandate


def _shown(mandate: book.Row) -> Json:
    told = {
        "id": mandate["id"],
        "status": _STATES[mandate["state"]],
        "bank_code": mandate["bank"],
        "limit": mandate["max_rial"],
        "count": mandate["month_count"],
    }
    return {"status": 1, "result": {"authorization": told}}


def _withdraw(desk: Desk, business: str, body: Json) -> Json:
    mandate = _checked(desk, business, body)
    down = Meeting(names=("bank down",), door=api.name, merchant_id=business)
    if fault_of(desk.db, down):
        raise NoError(HTTPStatus.CONFLICT, "Bank is not available.")
    debit = book.order(
        desk.db,
        mandate,
        key=str(body["track_id"]),
        rial=int(str(body["amount"])),
        most=1 if body["is_instant"] else int(str(body["max_retry_count"])),
        notify=str(body.get("notify_url") or ""),
        now=max(desk.now, _date(body["withdrawal_date"], "withdrawal_date")),
    )
    if body["is_instant"]:
        debit = book.try_debit(desk.db, debit, desk.now)
        _notify(desk, debit)
    return _told(debit)


def _checked(desk: Desk, business: str, body: Json) -> book.Row:
    for name, is_right in (
        ("amount", _whole(body.get("amount"), _LEAST_RIAL)),
        ("is_instant", body.get("is_instant") in {0, 1}),
        ("max_retry_count", _whole(body.get("max_retry_count"), 1, _MOST_TRIES)),
        ("track_id", bool(body.get("track_id"))),
    ):
        if not is_right:
            raise _invalid(name)
    if book.debit_by(desk.db, "key", body["track_id"]) is not None:
        raise _invalid("track_id")
    return _with_room(desk, business, body)


def _with_room(desk: Desk, business: str, body: Json) -> book.Row:
    mandate = book.mandate_by(desk.db, "id", body.get("authorization_id"))
    if mandate is None or mandate["merchant"] != business or mandate["state"] != "ACTIVE":
        raise _invalid("authorization_id")
    if book.done_in_month(desk.db, mandate["id"], desk.now) >= mandate["month_count"]:
        raise _invalid("count")
    if int(str(body["amount"])) > mandate["max_rial"]:
        raise _invalid("amount")
    return mandate


def _cancel(desk: Desk, business: str, number: int) -> Json:
    debit = _debit(desk, business, "id", number)
    if debit["state"] not in {"PENDING", "INIT"}:
        raise NoError(HTTPStatus.UNPROCESSABLE_ENTITY, "It cannot be cancelled.")
    book.cancel(desk.db, debit)
    return _told(_debit(desk, business, "id", number))


def _debit(desk: Desk, business: str, column: str, value: object) -> book.Row:
    debit = book.debit_by(desk.db, column, value)
    mandate = book.mandate_by(desk.db, "id", debit["mandate"]) if debit else None
    if debit is None or mandate is None or mandate["merchant"] != business:
        raise NoError(HTTPStatus.NOT_FOUND, "Not found.")
    return debit


def _told(debit: book.Row) -> Json:
    told = {
        "id": str(debit["id"]),
        "authorization_id": str(debit["mandate"]),
        "amount": debit["amount_rial"],
        "status": debit["state"],
        "error_code": debit["error"] or None,
        "retry_count": debit["tries"],
        "max_retry_count": debit["most_tries"],
        "track_id": debit["key"],
    }
    return {"status": 1, "result": {"withdrawal": told}}


def _date(value: object, name: str) -> int:
    try:
        day = datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=TEHRAN)
    except ValueError as error:
        raise _invalid(name) from error
    return int(day.timestamp())


def _whole(value: object, least: int, most: int = 10**12) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _body() -> Json:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _invalid(field: str) -> NoError:
    return NoError(HTTPStatus.UNPROCESSABLE_ENTITY, "The given data was invalid.", field)


def _refused(no: NoError) -> Answer:
    body: Json = {"message": no.message}
    if no.field:
        body["errors"] = {no.field: [f"The {no.field} is invalid."]}
    return Answer(no.status, body)
