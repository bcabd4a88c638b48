"""The dialect's HTTP doors: the account's key is in the path, fields come by query or form."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from sandbox import journal, magic, wire
from sandbox.faults import Fault, Meeting
from sandbox.journal import Happening, Subject
from sandbox.office import Desk, office
from sandbox.scenario.due import fault_of
from sandbox.sms import centre
from sandbox.sms.centre import Message
from sandbox.sms.fates import STATUS_TEXTS, UNKNOWN_ID
from sandbox.sms.reading import (
    MESSAGES,
    NO_CREDIT,
    TOO_MANY,
    Rejection,
    api_key,
    letters,
    local_mobile,
    split,
)
from sandbox.wire import Answer, Json

api = Blueprint("kavenegar", __name__)

_OK: Final = 200
_NO_METHOD: Final = 404
_SERVER_BUSY: Final = 409
_MAX_IDS: Final = 500
_YEAR_SECONDS: Final = 365 * 24 * 3600


@api.route("/v1/<key>/<scope>/<method>.json", methods=["GET", "POST"])
def call(key: str, scope: str, method: str) -> Response:
    """Carry out one call of the dialect, distorted by a fault if one is due."""
    fields, operation = request.values.to_dict(), f"{scope}.{method}"
    shop = office()
    with shop.desk() as desk:
        fault = _fault(desk, operation, key, fields)
        answer = _answer(desk, operation, key, fields, fault)
        happening = Happening(
            operation=operation,
            subject=Subject(merchant_id=key),
            asked=fields,
            answered=answer.body,
            status=answer.status,
            fault=fault,
            door=api.name,
        )
        journal.record(desk.db, happening, at=desk.now)
    return wire.send(answer, fault, hang_seconds=shop.settings.hang_seconds)


def _answer(
    desk: Desk, operation: str, key: str, fields: dict[str, str], fault: Fault | None
) -> Answer:
    if fault is not None and not fault.executes:
        return _reply(fault.code if fault.code in MESSAGES else _SERVER_BUSY, None)
    try:
        account = api_key(key)
        carry_out = _CALLS.get(operation, _no_such_method)
        return _reply(_OK, carry_out(desk, account, fields))
    except Rejection as rejection:
        return _reply(rejection.status, None)


def _reply(status: int, entries: object) -> Answer:
    """Return the dialect's envelope; the HTTP status repeats the inner one."""
    told: Json = {"status": status, "message": MESSAGES.get(status, MESSAGES[_SERVER_BUSY])}
    return Answer(status, {"return": told, "entries": entries})


def _send(desk: Desk, account: str, fields: dict[str, str]) -> list[Json]:
    wanted = letters(fields, account, now=desk.now)
    if sum(letter.cost_rial for letter in wanted) > centre.credit_rial(desk.db, account):
        raise Rejection(NO_CREDIT)
    sent = [centre.accept(desk.db, letter, now=desk.now) for letter in wanted]
    return [_sent_entry(desk, message) for message in sent]


def _sent_entry(desk: Desk, message: Message) -> Json:
    return {
        "messageid": message.message_id,
        "message": message.body,
        "status": message.status(desk.now),
        "statustext": message.status_text(desk.now),
        "sender": message.sender,
        "receptor": message.receptor,
        "date": message.due_at,
        "cost": message.cost_rial,
    }


def _status(desk: Desk, account: str, fields: dict[str, str]) -> list[Json]:
    return [_status_entry(desk, account, given) for given in _ids(fields, "messageid")]


def _status_entry(desk: Desk, account: str, given: str) -> Json:
    number = int(given) if given.isdecimal() else 0
    found = centre.by_id(desk.db, account, number)
    return {"messageid": number} | _told(found, desk.now)


def _status_local(desk: Desk, account: str, fields: dict[str, str]) -> list[Json]:
    return [_local_entry(desk, account, given) for given in _ids(fields, "localid")]


def _local_entry(desk: Desk, account: str, given: str) -> Json:
    found = centre.by_local_id(desk.db, account, given)
    message_id = 0 if found is None else found.message_id
    return {"messageid": message_id, "localid": given} | _told(found, desk.now)


def _told(found: Message | None, now: int) -> Json:
    status = UNKNOWN_ID if found is None else found.status(now)
    return {"status": status, "statustext": STATUS_TEXTS[status]}


def _ids(fields: dict[str, str], name: str) -> list[str]:
    given = split(fields, name)
    if len(given) > _MAX_IDS:
        raise Rejection(TOO_MANY)
    return given


def _info(desk: Desk, account: str, _fields: dict[str, str]) -> Json:
    return {
        "remaincredit": centre.credit_rial(desk.db, account),
        "expiredate": desk.now + _YEAR_SECONDS,
        "type": "Master",
    }


def _no_such_method(_desk: Desk, _account: str, _fields: dict[str, str]) -> object:
    raise Rejection(_NO_METHOD)


def _fault(desk: Desk, operation: str, key: str, fields: dict[str, str]) -> Fault | None:
    scripted = fault_of(desk.db, Meeting(names=(operation,), door=api.name, merchant_id=key))
    if scripted is not None:
        return scripted
    receptor = local_mobile(fields.get("receptor", ""))
    if receptor is None:
        return None
    return magic.for_receptor(desk.db, operation=operation, receptor=receptor)


_CALLS: Final[dict[str, Callable[[Desk, str, dict[str, str]], object]]] = {
    "sms.send": _send,
    "sms.status": _status,
    "sms.statuslocalmessageid": _status_local,
    "account.info": _info,
}
