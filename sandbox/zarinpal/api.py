"""The dialect's HTTP doors."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, abort, request

from sandbox import faults, journal, magic, wire
from sandbox.bank.payments import RIAL_PER_UNIT, find
from sandbox.faults import Fault
from sandbox.journal import Happening, Subject
from sandbox.office import Desk, office
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


@api.post("/pg/v4/payment/<operation>.json")
def call(operation: str) -> Response:
    """Carry out one call of the dialect, distorted by a fault if one is due."""
    if operation not in _CALLS:
        abort(404)
    sent = request.get_json(silent=True)
    body: Json = sent if isinstance(sent, dict) else {}
    shop = office()
    with shop.desk() as desk:
        subject = _subject(desk, operation, body)
        fault = _fault(desk, operation, subject)
        answer = _answer(desk, operation, body, fault)
        subject = _with_new_authority(subject, answer)
        happening = Happening(
            operation=operation,
            subject=subject,
            asked=body,
            answered=answer.body if _is_seen(fault) else {},
            status=answer.status if _is_seen(fault) else None,
            fault=fault,
        )
        journal.record(desk.db, happening, at=desk.now)
    return wire.send(answer, fault, hang_seconds=shop.settings.hang_seconds)


def _is_seen(fault: Fault | None) -> bool:
    """Tell whether the dialect's answer was made at all, however it reached the caller."""
    return fault is None or fault.executes or fault.name in {"error", "error_200"}


def _answer(desk: Desk, operation: str, body: Json, fault: Fault | None) -> Answer:
    if fault is not None and not fault.executes:
        return refused(Refusal(codes.OOPS if fault.code is None else fault.code))
    try:
        answer = _CALLS[operation](desk, body, referer=request.headers.get("Referer", ""))
    except Refusal as refusal:
        return refused(refusal)
    return _made_fresh(answer) if fault and fault.name == "fresh_twice" else answer


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


def _fault(desk: Desk, operation: str, subject: Subject) -> Fault | None:
    scripted = faults.take(
        desk.db,
        operation=operation,
        merchant_id=subject.merchant_id,
        authority=subject.authority,
    )
    if scripted is not None or subject.amount_rial is None:
        return scripted
    return magic.for_amount(
        desk.db,
        operation=operation,
        amount_rial=subject.amount_rial,
        subject=subject.authority or "",
    )


def _with_new_authority(subject: Subject, answer: Answer) -> Subject:
    data = answer.body["data"]
    made = data.get("authority") if isinstance(data, dict) else None
    if not isinstance(made, str):
        return subject
    return Subject(merchant_id=subject.merchant_id, authority=made, amount_rial=subject.amount_rial)
