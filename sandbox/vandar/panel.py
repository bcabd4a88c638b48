"""The panel: login, refunds and settlements. Whoever logs in may act for any business here."""

import re
from typing import Final
from uuid import UUID

from sandbox.bank import transfers
from sandbox.bank.notices import Notice
from sandbox.bank.payments import State, find
from sandbox.bank.transfers import Ordered, ShortOfMoneyError, Transfer, TransferState
from sandbox.office import Desk
from sandbox.sequence import draw
from sandbox.store import fact, remember
from sandbox.vandar.ipg import PSP
from sandbox.vandar.words import Refusal, granted
from sandbox.wire import Answer, Json

TOKEN_SECONDS: Final = 5 * 24 * 3600
# Chosen, not published: what a settlement costs, and how long transfers take.
WAGE_RIAL: Final = 5_000
_LASTS_SECONDS: Final = 2 * 3600
_BATCH_SECONDS: Final = 30 * 60
_PART_RIAL: Final = 150_000_000
_MIN_TOMAN: Final = 5_000
_MOBILE: Final = re.compile(r"09\d{9}")
_IBAN: Final = re.compile(r"IR\d{24}")
_WORDS: Final = {
    TransferState.PENDING: "PENDING",
    TransferState.SENT: "SUBMITTED",
    TransferState.PAID: "DONE",
    TransferState.FAILED: "FAILED",
    TransferState.CANCELLED: "CANCELED",
    TransferState.RETURNED: "RETURNED",
}


def login(desk: Desk, body: Json) -> Answer:
    """Give a token for five days; any password but `wrong` is right."""
    mobile, password = str(body.get("mobile")), body.get("password")
    if not _MOBILE.fullmatch(mobile) or not password or password == "wrong":  # noqa: S105
        raise Refusal(422, "mobile or password is wrong")
    token = f"{draw(desk.db, 'vandar panel'):064x}"
    remember(desk.db, f"vandar panel {token}", str(desk.now + TOKEN_SECONDS))
    return granted(
        token_type="Bearer",  # noqa: S106
        expires_in=TOKEN_SECONDS,
        access_token=token,
        refresh_token=token[::-1],
    )


def check_token(desk: Desk, header: str) -> None:
    """Raise a Refusal with 401 unless the Authorization header brings a living token."""
    kind, _, token = header.partition(" ")
    until = fact(desk.db, f"vandar panel {token}")
    if kind != "Bearer" or until is None or int(until) <= desk.now:
        raise Refusal(401, "Unauthenticated.")


def refund(desk: Desk, body: Json, business: str, transaction: str) -> Answer:
    """Send part or all of a verified payment back to its card; amounts are rial."""
    key = _new_key(desk, business, body.get("payment_number"))
    row = desk.db.execute(
        "SELECT authority FROM payments WHERE psp = ? AND merchant_id = ? AND ref_id = ?",
        (PSP, business, transaction),
    ).fetchone()
    payment = None if row is None else find(desk.db, row["authority"])
    if payment is None:
        raise Refusal(404, "transaction not found")
    if payment.state is not State.VERIFIED:
        raise Refusal(422, "transaction is not verified")
    left = payment.due_rial - transfers.refunded_rial(desk.db, payment.authority)
    amount = _whole(body.get("amount", left), least=1_000)
    if amount > left:
        raise Refusal(422, "amount is more than what is left")
    made = _order(
        desk,
        Ordered(
            psp=PSP,
            merchant_id=business,
            kind="refund",
            key=key,
            authority=payment.authority,
            destination=transfers.card_account(desk.db, payment.authority),
            parts_rial=transfers.split(amount, _PART_RIAL),
            leaves_after=0,
            lasts=_LASTS_SECONDS,
            notify_url=str(body.get("notify_url") or ""),
        ),
    )
    return granted(data={"refund": [_row(one) for one in made]})


def settle(desk: Desk, body: Json, business: str) -> Answer:
    """Order a settlement; the amount is toman, the answer's rial."""
    track = str(body.get("track_id"))
    try:
        UUID(track)
    except ValueError as wrong:
        raise Refusal(422, "track_id must be a UUID") from wrong
    key = _new_key(desk, business, track)
    iban = str(body.get("iban"))
    if not _IBAN.fullmatch(iban):
        raise Refusal(422, "iban is invalid")
    if body.get("type") not in {None, "ACH", "A2A"}:
        raise Refusal(422, "type is invalid")
    made = _order(
        desk,
        Ordered(
            psp=PSP,
            merchant_id=business,
            kind="payout",
            key=key,
            destination=f"iban:{iban}",
            parts_rial=(_whole(body.get("amount"), least=_MIN_TOMAN) * 10,),
            fee_rial=WAGE_RIAL,
            leaves_after=0 if body.get("is_instant") else _BATCH_SECONDS,
            lasts=_LASTS_SECONDS,
            notify_url=str(body.get("notify_url") or ""),
        ),
    )
    return granted(data={"settlement": [_row(one) for one in made]})


def show(desk: Desk, business: str, kind: str, key: str) -> Answer:
    """Tell an order by the caller's own number."""
    rows = [one for one in transfers.with_key(desk.db, PSP, business, key) if one.kind == kind]
    if not rows:
        raise Refusal(404, "not found")
    return granted(data={kind: [_row(one) for one in rows]})


def cancel(desk: Desk, business: str, number: str) -> Answer:
    """Take a settlement back before its batch leaves."""
    rows = transfers.of_merchant(desk.db, PSP, business, "payout")
    one = next((row for row in rows if _id(row) == number), None)
    if one is None:
        raise Refusal(404, "settlement not found")
    if one.state is not TransferState.PENDING:
        raise Refusal(422, "settlement has left")
    return granted(data={"settlement": [_row(transfers.cancel(desk.db, one, now=desk.now))]})


def notice(moved: Transfer) -> Notice | None:
    """Return what a shop is told, as a form, of a transfer that moved."""
    if not moved.notify_url:
        return None
    row = _row(moved)
    fields = {name: row[name] for name in ("id", "amount", "status", "transaction_id", "ref_code")}
    return Notice(url=moved.notify_url, fields=fields, form=True, psp=PSP, authority=moved.key)


def _new_key(desk: Desk, business: str, key: object) -> str:
    if not isinstance(key, str) or not key:
        raise Refusal(422, "payment_number is required")
    if transfers.with_key(desk.db, PSP, business, key):
        raise Refusal(422, "this number has been used before")
    return key


def _whole(value: object, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Refusal(422, "amount is invalid")
    return value


def _order(desk: Desk, asked: Ordered) -> list[Transfer]:
    try:
        return transfers.order(desk.db, asked, now=desk.now)
    except ShortOfMoneyError as short:
        raise Refusal(422, "wallet balance is not enough") from short


def _id(one: Transfer) -> str:
    return f"{one.id:08}"


def _row(one: Transfer) -> Json:
    return {
        "id": _id(one),
        "amount": f"{one.amount_rial}.00",
        "amount_toman": one.amount_rial // 10,
        "wage": one.kept_rial,
        "status": _WORDS[one.state],
        "transaction_id": f"{_id(one)}{one.part}",
        "ref_code": f"{one.id:012}",
        "payment_number": one.key,
        "track_id": one.key,
    }
