"""The dialect's three calls: a checked body in, an answer out, or a Refusal raised."""

import re
from typing import Final
from urllib.parse import urlsplit

from sandbox import clock
from sandbox.bank import moves
from sandbox.bank.merchants import merchant
from sandbox.bank.payments import Asked, Payment, State, find, open_payment
from sandbox.office import Desk
from sandbox.sep.codes import PARAMETERS, Refusal, Table, result, table_of
from sandbox.wire import Answer, Json

PSP: Final = "sep"
WINDOW_SECONDS: Final = 30 * 60
_RES_NUM_CHARS: Final = 50
_LEAST_RIAL: Final = 1_000
_MOST_RIAL: Final = 2_000_000_000
_MOBILE: Final = re.compile(r"09[0-9]{9}")
_TERMINAL: Final = re.compile(r"[0-9]{1,12}")
# A RefNum is text that no number type takes.
_REF_PREFIX: Final = "GmshtyjwKSs+"


def open_token(desk: Desk, body: Json) -> Answer:
    """Issue a token for an amount in rial."""
    terminal = _text(body, "TerminalId")
    if body.get("action") != "token" or not _TERMINAL.fullmatch(terminal):
        raise Refusal(PARAMETERS)
    _check_terminal(desk, terminal)
    payment = open_payment(desk.db, _asked(desk, body, terminal), now=desk.now)
    return Answer(200, {"status": 1, "token": payment.authority})


def verify(desk: Desk, body: Json) -> Answer:
    """Confirm a paid payment. Asked again, a usual terminal hears the same success again."""
    terminal = _terminal_number(desk, body)
    table, payment = table_of(terminal), _own(desk, body, terminal)
    if desk.now - (payment.paid_at or 0) > WINDOW_SECONDS:
        raise Refusal(table.late)
    if payment.state is State.VERIFIED and table.verified is not None:
        return result(table.verified, _detail(payment, table))
    if payment.state is State.PAID:
        payment = moves.confirm(desk.db, payment, now=desk.now)
    if payment.state is not State.VERIFIED:
        raise Refusal(table.reversed)
    return result(0, _detail(payment, table), success=True)


def reverse(desk: Desk, body: Json) -> Answer:
    """Send a payment back within half an hour of it."""
    terminal = _terminal_number(desk, body)
    table, payment = table_of(terminal), _own(desk, body, terminal)
    if payment.state not in {State.PAID, State.VERIFIED}:
        raise Refusal(table.reversed)
    if desk.now - (payment.paid_at or 0) > WINDOW_SECONDS:
        raise Refusal(table.late)
    moves.give_back(desk.db, payment, state=State.REVERSED, memo="reverse", now=desk.now)
    return result(0, _detail(payment, table), success=True)


def ref_num(payment: Payment) -> str:
    """Return the bank's reference of a paid payment, "" before."""
    return f"{_REF_PREFIX}{payment.ref_id}" if payment.ref_id else ""


def by_ref_num(desk: Desk, reference: object) -> Payment | None:
    """Return the payment a RefNum names."""
    text = str(reference)
    row = desk.db.execute(
        "SELECT authority FROM payments WHERE psp = ? AND ref_id = ?",
        (PSP, text.removeprefix(_REF_PREFIX)),
    ).fetchone()
    return find(desk.db, row["authority"]) if row and text.startswith(_REF_PREFIX) else None


def _asked(desk: Desk, body: Json, terminal: str) -> Asked:
    amount, url = body.get("Amount"), urlsplit(_text(body, "RedirectUrl"))
    number, mobile = _text(body, "ResNum"), body.get("CellNumber")
    well_formed = (
        isinstance(amount, int)
        and not isinstance(amount, bool)
        and _LEAST_RIAL <= amount <= _MOST_RIAL
        and url.scheme in {"http", "https"}
        and bool(url.hostname)
        and 0 < len(number) <= _RES_NUM_CHARS
        and (mobile is None or bool(_MOBILE.fullmatch(str(mobile))))
    )
    if not well_formed or not isinstance(amount, int) or _is_used(desk, terminal, number):
        raise Refusal(PARAMETERS)
    return Asked(
        merchant_id=terminal,
        wire_amount=amount,
        currency="IRR",
        callback_url=url.geturl(),
        description="",
        order_id=number,
        mobile=None if mobile is None else str(mobile),
        lifetime=desk.settings.session_lifetime,
        psp=PSP,
    )


def _is_used(desk: Desk, terminal: str, number: str) -> bool:
    found = desk.db.execute(
        "SELECT 1 FROM payments WHERE psp = ? AND merchant_id = ? AND order_id = ?",
        (PSP, terminal, number),
    )
    return found.fetchone() is not None


def _terminal_number(desk: Desk, body: Json) -> str:
    number = body.get("TerminalNumber")
    if isinstance(number, bool) or not isinstance(number, int):
        raise Refusal(-105)
    _check_terminal(desk, str(number))
    return str(number)


def _check_terminal(desk: Desk, terminal: str) -> None:
    refusal = merchant(desk.db, terminal).refusal
    if refusal is not None:
        raise Refusal(refusal)


def _own(desk: Desk, body: Json, terminal: str) -> Payment:
    payment = by_ref_num(desk, body.get("RefNum"))
    if payment is None or payment.merchant_id != terminal:
        raise Refusal(table_of(terminal).not_found)
    return payment


def _detail(payment: Payment, table: Table) -> Json:
    return {
        "RRN": str(payment.ref_id),
        "RefNum": ref_num(payment),
        "MaskedPan": payment.card_pan,
        "HashedPan": payment.card_hash,
        "TerminalNumber": int(payment.merchant_id),
        table.original: payment.amount_rial,
        "AffectiveAmount": payment.due_rial,
        "StraceNo": str(payment.ref_id)[-6:],
        "StraceDate": clock.tehran_text(payment.paid_at or payment.created_at),
    }


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
