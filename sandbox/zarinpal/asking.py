"""Checking a payment request, field by field, in the order the codes are documented."""

import re
from typing import Final
from urllib.parse import urlsplit

from sandbox.bank.merchants import Merchant
from sandbox.bank.payments import RIAL_PER_UNIT, Asked
from sandbox.wire import Json
from sandbox.zarinpal import codes, reading
from sandbox.zarinpal.codes import Refusal

MIN_RIAL: Final = 1_000
MAX_RIAL: Final = 1_000_000_000
_DESCRIPTION_LENGTH: Final = 500
_CARD: Final = re.compile(r"[0-9Xx]{16}")
_IBAN: Final = re.compile(r"IR\d{24}")
_WAGE_PARTS: Final = 5
_WAGE_MIN_RIAL: Final = 10_000
_WAGE_MAX_PERCENT: Final = 99


def read_request(body: Json, merchant: Merchant, *, referer: str, lifetime: int) -> Asked:
    """Return the checked request; raise Refusal with the provider's code otherwise."""
    amount, currency = checked_amount(body)
    metadata = reading.table(body, "metadata")
    reading.table(body, "cart_data")
    _check_referrer(body)
    return Asked(
        merchant_id=merchant.merchant_id,
        wire_amount=amount,
        currency=currency,
        callback_url=_callback_url(body, merchant),
        description=_description(body),
        referer=referer,
        order_id=reading.text(metadata, "order_id"),
        mobile=reading.text(metadata, "mobile"),
        allowed_card=_allowed_card(metadata),
        auto_verify=_auto_verify(metadata),
        wages_rial=_wages(body, amount, RIAL_PER_UNIT[currency]),
        lifetime=_lifetime(body, lifetime),
    )


def checked_amount(body: Json) -> tuple[int, str]:
    """Return the amount as sent and its currency, within the provider's limits."""
    amount, currency = reading.whole_number(body, "amount"), reading.currency(body)
    rial = amount * RIAL_PER_UNIT[currency]
    if rial < MIN_RIAL:
        raise Refusal(codes.AMOUNT, {"amount": f"The amount must be at least {MIN_RIAL} IRR."})
    if rial > MAX_RIAL:
        raise Refusal(codes.TOO_MUCH)
    return amount, currency


def _callback_url(body: Json, merchant: Merchant) -> str:
    address = reading.text(body, "callback_url")
    if not address:
        raise Refusal(codes.CALLBACK)
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise reading.invalid("callback_url", "format is invalid.")
    if merchant.callback_domain is not None and parts.hostname != merchant.callback_domain:
        raise Refusal(codes.CALLBACK_DOMAIN)
    return address


def _description(body: Json) -> str:
    text = reading.text(body, "description")
    if not text or len(text) > _DESCRIPTION_LENGTH:
        raise Refusal(codes.DESCRIPTION)
    return text


def _check_referrer(body: Json) -> None:
    referrer = body.get("referrer_id")
    if referrer is not None and not (isinstance(referrer, str) and referrer.strip()):
        raise Refusal(codes.REFERRER)


def _allowed_card(metadata: Json) -> str | None:
    card = reading.text(metadata, "card_pan")
    if card and not _CARD.fullmatch(card):
        raise reading.invalid("metadata.card_pan", "format is invalid.")
    return card or None


def _auto_verify(metadata: Json) -> bool | None:
    value = metadata.get("auto_verify")
    if value is not None and not isinstance(value, bool):
        raise reading.invalid("metadata.auto_verify", "field must be true or false.")
    return value


def _lifetime(body: Json, usual: int) -> int:
    value = body.get("expire_in")
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise Refusal(codes.EXPIRE_IN)
    return value


def _wages(body: Json, amount: int, rial_per_unit: int) -> tuple[tuple[str, int], ...]:
    rows = body.get("wages") or []
    if not isinstance(rows, list):
        raise reading.invalid("wages", "must be an array.")
    if len(rows) > _WAGE_PARTS:
        raise Refusal(codes.WAGES_PARTS)
    wages = tuple(_wage(row, rial_per_unit) for row in rows)
    if sum(share for _, share in wages) * 100 > amount * rial_per_unit * _WAGE_MAX_PERCENT:
        raise Refusal(codes.WAGES_TOTAL)
    return wages


def _wage(row: object, rial_per_unit: int) -> tuple[str, int]:
    if not isinstance(row, dict) or not _IBAN.fullmatch(str(row.get("iban"))):
        raise Refusal(codes.WAGES)
    share = reading.whole_number(row, "amount") * rial_per_unit
    if share < _WAGE_MIN_RIAL:
        raise Refusal(codes.WAGES_MINIMUM)
    return str(row["iban"]), share
