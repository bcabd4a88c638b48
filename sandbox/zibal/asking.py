"""Checking a request for a payment, in the order the results are numbered."""

import json
import re
from typing import Final
from urllib.parse import urlsplit

from sandbox.bank.merchants import Merchant, merchant
from sandbox.bank.payments import Asked
from sandbox.office import Desk
from sandbox.wire import Json
from sandbox.zibal import codes
from sandbox.zibal.codes import Refusal

PSP: Final = "zibal"
MIN_RIAL: Final = 1_000
MAX_RIAL: Final = 1_000_000_000
_MERCHANT: Final = re.compile(r"[A-Za-z0-9-]{5,64}")
_CARD: Final = re.compile(r"\d{16}")
_IBAN: Final = re.compile(r"IR\d{24}")
_NATIONAL_CODE: Final = re.compile(r"\d{10}")


def terminal(desk: Desk, body: Json) -> Merchant:
    """Return whose call it is. Any well-formed merchant is one; `zibal` is the test merchant."""
    name = body.get("merchant")
    if not isinstance(name, str) or not _MERCHANT.fullmatch(name):
        raise Refusal(codes.NO_MERCHANT)
    known = merchant(desk.db, name)
    if known.refusal is not None:
        raise Refusal(known.refusal)
    return known


def read_request(body: Json, shop: Merchant, *, lifetime: int, lazy: bool) -> Asked:
    """Return the checked request; raise Refusal otherwise."""
    amount = _amount(body)
    return Asked(
        psp=PSP,
        merchant_id=shop.merchant_id,
        wire_amount=amount,
        currency="IRR",
        callback_url=_callback(body, shop),
        description=str(body.get("description") or ""),
        order_id=_text(body, "orderId"),
        mobile=_text(body, "mobile"),
        allowed_card=_allowed_card(body),
        wages_rial=_shares(body, amount),
        lifetime=lifetime,
        extra=json.dumps({"lazy": lazy, "national_code": _national_code(body)}),
    )


def _amount(body: Json) -> int:
    amount = body.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < MIN_RIAL:
        raise Refusal(codes.AMOUNT)
    if amount > MAX_RIAL:
        raise Refusal(codes.TOO_MUCH)
    return amount


def _callback(body: Json, shop: Merchant) -> str:
    address = body.get("callbackUrl")
    parts = urlsplit(address if isinstance(address, str) else "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refusal(codes.CALLBACK)
    if shop.callback_domain is not None and parts.hostname != shop.callback_domain:
        raise Refusal(codes.CALLBACK)
    return str(address)


def _text(body: Json, name: str) -> str | None:
    value = body.get(name)
    return None if value is None else str(value)


def _allowed_card(body: Json) -> str | None:
    cards = body.get("allowedCards") or []
    first = str(cards[0]) if isinstance(cards, list) and cards else ""
    return first if _CARD.fullmatch(first) else None


def _national_code(body: Json) -> str:
    code = body.get("nationalCode")
    if code and not _NATIONAL_CODE.fullmatch(str(code)):
        raise Refusal(codes.NATIONAL_CODE)
    return str(code or "")


def _shares(body: Json, amount: int) -> tuple[tuple[str, int], ...]:
    percent = body.get("percentMode") or 0
    if percent not in {0, 1}:
        raise Refusal(codes.PERCENT_MODE)
    rows = body.get("multiplexingInfos") or []
    if not isinstance(rows, list):
        raise Refusal(codes.BENEFICIARY)
    shares = tuple(_share(row, amount if percent else 0) for row in rows)
    if sum(share for _, share in shares) > amount:
        raise Refusal(codes.SPLIT_SUM)
    return shares


def _share(row: object, percent_of: int) -> tuple[str, int]:
    """Return an account's share in rial; shares are rial, or percent of an amount."""
    account = row.get("bankAccount") if isinstance(row, dict) else None
    value = row.get("amount") if isinstance(row, dict) else None
    if not isinstance(account, str) or not _IBAN.fullmatch(account):
        raise Refusal(codes.BENEFICIARY)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(codes.SPLIT_SUM)
    return account, value * percent_of // 100 if percent_of else value
