"""The dialect's five calls. A sale that is verified and not settled is still only paid."""

import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from sandbox.bank import moves
from sandbox.bank.merchants import merchant
from sandbox.bank.payments import Asked, Payment, State, find, must_find, open_payment
from sandbox.mellat.soap import Values
from sandbox.office import Desk
from sandbox.store import fact, remember

PSP: Final = "mellat"
DONE: Final = 0
CANCELLED: Final = 17
NO_FUNDS: Final = 12
STRANGER: Final = 24
AMOUNT: Final = 25
SYSTEM: Final = 34
DUPLICATE: Final = 41
NO_SALE: Final = 42
VERIFIED: Final = 43
NOT_VERIFIED: Final = 44
SETTLED: Final = 45
RETURNED: Final = 48
INVALID: Final = 55
DOMAIN: Final = 62
_LEAST_RIAL: Final = 1_000
_MOST_RIAL: Final = 2_000_000_000
_REVERSE_SECONDS: Final = 30 * 60
_DATE: Final = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]")
_TIME: Final = re.compile(r"[0-2][0-9][0-5][0-9][0-5][0-9]")


class Refusal(Exception):
    """The bank's no, by its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def carry_out(desk: Desk, operation: str, values: Values) -> str:
    """Do one call; return what the bank says: a code, with a RefId after it for a new sale."""
    try:
        _check_terminal(desk, values)
        if operation == "bpPayRequest":
            return f"{DONE},{_open(desk, values).authority}"
        return str(_CALLS[operation](desk, _sale(desk, values)))
    except Refusal as refusal:
        return str(refusal.code)


def sale_of(desk: Desk, values: Values) -> Payment | None:
    """Return the sale of an order number at a terminal."""
    number = values.get("saleOrderId", values["orderId"])
    row = desk.db.execute(
        "SELECT authority FROM payments WHERE psp = ? AND merchant_id = ? AND order_id = ?",
        (PSP, str(values["terminalId"]), str(number)),
    ).fetchone()
    return None if row is None else find(desk.db, row["authority"])


def _open(desk: Desk, values: Values) -> Payment:
    terminal, url = str(values["terminalId"]), urlsplit(str(values["callBackUrl"]))
    if sale_of(desk, values) is not None:
        raise Refusal(DUPLICATE)
    amount = int(values["amount"])
    if not _LEAST_RIAL <= amount <= _MOST_RIAL:
        raise Refusal(AMOUNT)
    domain = merchant(desk.db, terminal).callback_domain
    if url.scheme not in {"http", "https"} or domain not in {None, url.hostname}:
        raise Refusal(DOMAIN)
    dated = _DATE.fullmatch(str(values["localDate"])) and _TIME.fullmatch(str(values["localTime"]))
    if not dated or int(values["orderId"]) <= 0:
        raise Refusal(INVALID)
    asked = Asked(
        merchant_id=terminal,
        wire_amount=amount,
        currency="IRR",
        callback_url=url.geturl(),
        description=str(values["additionalData"]),
        order_id=str(values["orderId"]),
        lifetime=desk.settings.session_lifetime,
        psp=PSP,
    )
    return open_payment(desk.db, asked, now=desk.now)


def _verify(desk: Desk, sale: Payment) -> int:
    if sale.state is State.VERIFIED or sale.facts.get("verified"):
        return VERIFIED
    facts = json.dumps(sale.facts | {"verified": True})
    desk.db.execute("UPDATE payments SET extra = ? WHERE authority = ?", (facts, sale.authority))
    return DONE


def _settle(desk: Desk, sale: Payment) -> int:
    if sale.state is State.VERIFIED:
        return SETTLED
    if not sale.facts.get("verified"):
        return NOT_VERIFIED
    moves.confirm(desk.db, must_find(desk.db, sale.authority), now=desk.now)
    return DONE


def _inquire(_desk: Desk, sale: Payment) -> int:
    if sale.state is State.VERIFIED:
        return SETTLED
    return DONE if sale.facts.get("verified") else NOT_VERIFIED


def _reverse(desk: Desk, sale: Payment) -> int:
    late = desk.now - (sale.paid_at or 0) > _REVERSE_SECONDS
    if sale.state is State.VERIFIED and late:
        return SETTLED
    moves.give_back(desk.db, sale, state=State.REVERSED, memo="reverse", now=desk.now)
    return DONE


_CALLS: Final[dict[str, Callable[[Desk, Payment], int]]] = {
    "bpVerifyRequest": _verify,
    "bpSettleRequest": _settle,
    "bpInquiryRequest": _inquire,
    "bpReversalRequest": _reverse,
}


def _sale(desk: Desk, values: Values) -> Payment:
    """Return the sale that both its numbers name, while its money is at the bank or the shop."""
    sale = sale_of(desk, values)
    if sale is None or sale.ref_id is None or sale.ref_id != values["saleReferenceId"]:
        raise Refusal(NO_SALE)
    if sale.state not in {State.PAID, State.VERIFIED}:
        raise Refusal(RETURNED)
    return sale


def _check_terminal(desk: Desk, values: Values) -> None:
    """Refuse a terminal that is refused; its first user and password are its own from then on."""
    terminal = str(values["terminalId"])
    refusal = merchant(desk.db, terminal).refusal
    if refusal is not None:
        raise Refusal(refusal)
    secret = sha256(f"{values['userName']}:{values['userPassword']}".encode()).hexdigest()
    known = fact(desk.db, f"mellat user of {terminal}")
    if not values["userPassword"] or known not in {None, secret}:
        raise Refusal(STRANGER)
    remember(desk.db, f"mellat user of {terminal}", secret)
