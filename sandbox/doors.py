"""A dialect's door: one call comes in, a fault may be due, the answer goes out, all is noted.

A dialect says whom a call is about, how to answer it truly and how it words an error; what the
wire then does to that answer is the same for every dialect.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import Response, request

from sandbox import journal, wire
from sandbox.bank import contradictions
from sandbox.faults import Fault, Meeting
from sandbox.journal import Happening, Subject
from sandbox.office import Desk, office
from sandbox.scenario.due import fault_of
from sandbox.wire import Answer


def _as_it_is(answer: Answer) -> Answer:
    return answer


def _opened_nothing(_answer: Answer) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of a dialect.

    `operation` is the dialect's own word; `kind` one of request, verify, inquiry, reverse, … by
    which faults and magic amounts know it ("" when it is the same). `answer` gives the true
    answer, refusals included. `refused` words a scripted error code (None: something unexpected
    happened); magic codes are Zarinpal's, see magic.py. `opened` finds the token of a new payment.
    """

    operation: str
    asked: Mapping[str, object]
    subject: Callable[[Desk], Subject]
    answer: Callable[[Desk], Answer]
    refused: Callable[[int | None], Answer]
    fresh: Callable[[Answer], Answer] = _as_it_is
    opened: Callable[[Answer], str | None] = _opened_nothing
    kind: str = ""


def receive(call: Call) -> Response:
    """Carry out one call, distorted by a fault if one is due."""
    shop = office()
    with shop.desk() as desk:
        subject = call.subject(desk)
        fault = _due(desk, call, subject)
        answer = _answer(desk, call, fault)
        _plan(desk, subject, fault)
        seen = fault is None or fault.executes or fault.name in {"error", "error_200"}
        happening = Happening(
            operation=call.operation,
            subject=replace(subject, authority=call.opened(answer) or subject.authority),
            asked=call.asked,
            answered=answer.body if seen else {},
            status=answer.status if seen else None,
            fault=fault,
            door=door(),
        )
        journal.record(desk.db, happening, at=desk.now)
    return wire.send(answer, fault, hang_seconds=shop.settings.hang_seconds)


def _answer(desk: Desk, call: Call, fault: Fault | None) -> Answer:
    if fault is not None and not fault.executes:
        return call.refused(fault.code)
    answer = call.answer(desk)
    return call.fresh(answer) if fault and fault.name == "fresh_twice" else answer


def _plan(desk: Desk, subject: Subject, fault: Fault | None) -> None:
    """Let the bank take a success back later, where that was ordered."""
    if fault is not None and fault.name == "success_reversed" and subject.authority:
        wait = contradictions.USUAL_SECONDS if fault.seconds is None else int(fault.seconds)
        word = contradictions.Word.REVERSED
        contradictions.plan(desk.db, subject.authority, word, due_at=desk.now + wait)


def _due(desk: Desk, call: Call, subject: Subject) -> Fault | None:
    met = Meeting(
        names=(call.operation, call.kind or call.operation),
        door=door(),
        merchant_id=subject.merchant_id,
        authority=subject.authority,
        amount_rial=subject.amount_rial,
        subject=subject.authority or "",
    )
    return fault_of(desk.db, met)


def door() -> str:
    """Return whose product this request came to."""
    return request.blueprint or ""
