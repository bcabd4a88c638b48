"""The dialect's other door: sessions and their refunds over GraphQL, behind a bearer token.

Only two operations are spoken, each recognised by its root field; variables are checked as
strictly as the provider's types ask. Errors come with status 200, as GraphQL does.
"""

import re
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from sandbox import clock
from sandbox.bank import transfers
from sandbox.bank.payments import Payment, State, must_find
from sandbox.bank.transfers import GONE, Ordered, ShortOfMoneyError, Transfer
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.wire import Answer, Json

api = Blueprint("zarinpal_graphql", __name__, url_prefix="/zarinpal/api/v4/graphql")

MIN_REFUND_RIAL: Final = 20_000
_ROOT: Final = re.compile(r"(?:\w+\s*:\s*)?\b(AddRefund|Session)\s*\(\s*\w+\s*:\s*\$")
_METHODS: Final = {"PAYA": (3600, 3 * 3600), "CARD": (0, 0)}
_REASONS: Final = ("CUSTOMER_REQUEST", "DUPLICATE_TRANSACTION", "SUSPICIOUS_TRANSACTION", "OTHER")
_FILTERS: Final = ("PAID", "VERIFIED", "TRASH", "ACTIVE", "REFUNDED")
_WIRE: Final = {
    transfers.TransferState.PENDING: "PENDING",
    transfers.TransferState.SENT: "IN_PROGRESS",
}


class _Refusal(Exception):
    """A GraphQL error: what kind, and its words."""

    def __init__(self, category: str, message: str) -> None:
        super().__init__(message)
        self.category, self.message = category, message


@api.post("/")
def call() -> Response:
    """Carry out one operation."""
    sent = request.get_json(silent=True)
    body: Json = sent if isinstance(sent, dict) else {}
    found = _ROOT.search(str(body.get("query") or ""))
    name = found.group(1) if found else "graphql"
    given = body.get("variables")
    variables: Json = given if isinstance(given, dict) else {}
    token = request.headers.get("Authorization", "")
    return receive(
        Call(
            operation=name,
            kind="refund" if name == "AddRefund" else "inquire_refund",
            asked=variables,
            subject=lambda desk: _subject(desk, variables),
            answer=lambda desk: _answer(desk, name, variables, token),
            refused=lambda _code: _error(_Refusal("internal", "Internal server error")),
        )
    )


def _answer(desk: Desk, name: str, variables: Json, token: str) -> Answer:
    if not token.startswith("Bearer ") or not token.removeprefix("Bearer ").strip():
        return _error(_Refusal("authentication", "Unauthenticated."))
    if name not in _OPERATIONS:
        return _error(_Refusal("graphql", "Cannot query this field."))
    try:
        return Answer(200, {"data": _OPERATIONS[name](desk, variables)})
    except _Refusal as refusal:
        return _error(refusal)


def _error(refusal: _Refusal) -> Answer:
    said = {"message": refusal.message, "extensions": {"category": refusal.category}}
    return Answer(200, {"errors": [said], "data": None})


def _sessions(desk: Desk, variables: Json) -> Json:
    if not str(variables.get("terminal_id") or "").isdigit():
        raise _Refusal("graphql", "Variable $terminal_id of required type ID! was not provided.")
    if variables.get("filter") not in {None, *_FILTERS}:
        raise _Refusal("graphql", "Variable $filter got invalid value; expected FilterEnum.")
    limit = variables.get("limit") or 25
    if not isinstance(limit, int):
        raise _Refusal("graphql", "Variable $limit got invalid value; expected Int.")
    rows = desk.db.execute(
        "SELECT rowid AS number, authority FROM payments WHERE psp = 'zarinpal' AND state = ?"
        " AND (? IS NULL OR CAST(ref_id AS TEXT) = ?) ORDER BY rowid DESC LIMIT ?",
        (State.VERIFIED, variables.get("reference_id"), variables.get("reference_id"), limit),
    ).fetchall()
    return {
        "Session": [
            _session(desk, row["number"], must_find(desk.db, row["authority"])) for row in rows
        ]
    }


def _add_refund(desk: Desk, variables: Json) -> Json:
    number, payment = _asked_session(desk, variables)
    amount = _checked_amount(desk, variables, payment)
    _check_choice(variables, "method", tuple(_METHODS))
    _check_choice(variables, "reason", _REASONS)
    leaves_after, lasts = _METHODS[str(variables["method"])]
    earlier = transfers.of_payment(desk.db, payment.authority)
    asked = Ordered(
        psp="zarinpal",
        merchant_id=payment.merchant_id,
        kind="refund",
        key=f"{number}-{len(earlier) + 1}",
        destination=transfers.card_account(desk.db, payment.authority),
        parts_rial=(amount,),
        authority=payment.authority,
        leaves_after=leaves_after,
        lasts=lasts,
    )
    try:
        transfers.order(desk.db, asked, now=desk.now)
    except ShortOfMoneyError as error:
        raise _Refusal("validation", "موجودی کیف پول کافی نیست.") from error
    transfers.catch_up(desk.db, now=desk.now)
    told = _session(desk, number, payment)
    return {"resource": told | {"terminal_id": "1", "amount": amount}}


def _checked_amount(desk: Desk, variables: Json, payment: Payment) -> int:
    amount = variables.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise _Refusal("graphql", "Variable $amount got invalid value; expected BigInteger.")
    if amount < MIN_REFUND_RIAL:
        raise _Refusal("validation", "The amount must be at least 20000.")
    if amount + transfers.refunded_rial(desk.db, payment.authority) > payment.due_rial:
        raise _Refusal("validation", "The amount is greater than the session's amount.")
    return amount


def _check_choice(variables: Json, name: str, choices: tuple[str, ...]) -> None:
    if variables.get(name) not in choices:
        raise _Refusal("graphql", f"Variable ${name} got invalid value.")


def _asked_session(desk: Desk, variables: Json) -> tuple[int, Payment]:
    given = str(variables.get("session_id") or "")
    row = desk.db.execute(
        "SELECT authority FROM payments WHERE rowid = ? AND psp = 'zarinpal'",
        (int(given) if given.isdigit() else -1,),
    ).fetchone()
    if row is None:
        raise _Refusal("validation", "The selected session is invalid.")
    payment = must_find(desk.db, row["authority"])
    if payment.state is not State.VERIFIED:
        raise _Refusal("validation", "Only a successful session can be refunded.")
    return int(given), payment


def _session(desk: Desk, number: int, payment: Payment) -> Json:
    back = transfers.of_payment(desk.db, payment.authority)
    return {
        "id": str(number),
        "status": "VERIFIED",
        "amount": payment.due_rial,
        "description": payment.description,
        "created_at": clock.tehran_text(payment.created_at),
        "timeline": _timeline(back),
    }


def _timeline(back: list[Transfer]) -> Json:
    """All that went back or is on its way, and the last refund whatever became of it."""
    counted = [one for one in back if one.state not in GONE or one is back[-1]]
    if not counted:
        return {"refund_amount": None, "refund_time": None, "refund_status": None}
    last = back[-1]
    return {
        "refund_amount": sum(one.amount_rial for one in counted),
        "refund_time": clock.tehran_text(last.created_at),
        "refund_status": _WIRE.get(last.state, last.state.value),
    }


def _subject(desk: Desk, variables: Json) -> Subject:
    amount = variables.get("amount")
    try:
        _number, payment = _asked_session(desk, variables)
    except _Refusal:
        return Subject()
    return Subject(
        merchant_id=payment.merchant_id,
        authority=payment.authority,
        amount_rial=amount if isinstance(amount, int) else None,
    )


_OPERATIONS: Final[dict[str, Callable[[Desk, Json], Json]]] = {
    "Session": _sessions,
    "AddRefund": _add_refund,
}
