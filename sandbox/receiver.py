"""A shop's own software that listens: it notes every message and answers well, unless told not to.

Faults of the wire (`POST /control/faults`, operation `receive`) make it slow, broken or silent;
`merchant` is the receiver's name.
"""

from typing import Final

from flask import Blueprint, Response, request

from sandbox import journal, wire
from sandbox.faults import Meeting
from sandbox.journal import Happening, Subject
from sandbox.office import office
from sandbox.scenario.due import fault_of
from sandbox.wire import Answer

api = Blueprint("receiver", __name__)

_OPERATION: Final = "receive"
_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature", "user-agent")
_REFUSED: Final = 400


@api.post("/receiver/<name>")
def receive(name: str) -> Response:
    """Note a message with the headers that prove it."""
    asked: dict[str, object] = {
        "headers": {head: request.headers.get(head, "") for head in _HEADERS},
        "body": request.get_data(as_text=True),
    }
    shop = office()
    with shop.desk() as desk:
        met = Meeting(names=(_OPERATION,), door=api.name, merchant_id=name, subject=name)
        fault = fault_of(desk.db, met)
        answer = _answer(executes=fault is None or fault.executes)
        happening = Happening(
            operation=_OPERATION,
            subject=Subject(merchant_id=name),
            asked=asked,
            answered=answer.body,
            status=answer.status,
            fault=fault,
            door=api.name,
        )
        journal.record(desk.db, happening, at=desk.now)
    return wire.send(answer, fault, hang_seconds=shop.settings.hang_seconds)


def _answer(*, executes: bool) -> Answer:
    return Answer(200, {"received": True}) if executes else Answer(_REFUSED, {"received": False})
