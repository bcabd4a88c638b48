"""Checking a purchase, field by field, with the documented codes."""

import json
import re
from typing import Final
from urllib.parse import urlsplit

from sandbox.bank.merchants import Merchant
from sandbox.bank.payments import Asked
from sandbox.jibit.words import Refusal
from sandbox.wire import Json

LIFETIME: Final = 15 * 60
MIN_RIAL: Final = 5_000
MAX_RIAL: Final = 2_000_000_000
_WAGE_PERCENT: Final = 15
_LENGTHS: Final = {"description": 256, "userIdentifier": 50, "callbackUrl": 1024}
_MOBILE: Final = re.compile(r"(\+98|0)9[0-9]{9}")
_CARD: Final = re.compile(r"[0-9]{16}")
_NATIONAL_CODE: Final = re.compile(r"[0-9]{10}")
_SHAPES: Final = {
    "payerMobileNumber": _MOBILE,
    "payerCardNumber": _CARD,
    "payerNationalCode": _NATIONAL_CODE,
}


def read_purchase(body: Json, terminal: Merchant) -> Asked:
    """Return the checked purchase, or refuse.

    Checks of the payer are ignored, as they are for every client they were not enabled for.
    """
    if not body:
        raise Refusal("web.invalid_or_missing_body")
    amount, wage = _amounts(body)
    if body.get("currency") != "IRR":
        missing = body.get("currency") is None
        raise Refusal("currency.is_required" if missing else "web.invalid_or_missing_body")
    for name in _LENGTHS:
        _short(body, name)
    _check_payer(body)
    facts = {"wage": wage, "payer_wage_rial": wage, "userIdentifier": body.get("userIdentifier")}
    return Asked(
        merchant_id=terminal.merchant_id,
        wire_amount=amount,
        currency="IRR",
        callback_url=_callback(body, terminal),
        description=str(body.get("description") or ""),
        order_id=_reference(body),
        mobile=_text(body, "payerMobileNumber"),
        lifetime=LIFETIME,
        psp="jibit_ppg",
        extra=json.dumps(facts),
    )


def _amounts(body: Json) -> tuple[int, int]:
    amount = body.get("amount")
    if amount is None:
        raise Refusal("amount.is_required")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Refusal("web.invalid_or_missing_body")
    if amount < MIN_RIAL:
        raise Refusal("amount.not_enough")
    wage = _wage(body.get("wage", 0))
    if wage * 100 > amount * _WAGE_PERCENT:
        raise Refusal("wage.must_be_less_than_fifteen_percent_of_purchase_amount")
    if amount + wage > MAX_RIAL:
        raise Refusal("amount_plus_wage.permitted_value_exceeded")
    return amount, wage


def _wage(wage: object) -> int:
    if isinstance(wage, bool) or not isinstance(wage, int) or wage < 0:
        raise Refusal("wage.is_invalid")
    return wage


def _callback(body: Json, terminal: Merchant) -> str:
    address = _text(body, "callbackUrl")
    if not address:
        raise Refusal("callbackUrl.is_required")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refusal("callbackUrl.is_invalid")
    if terminal.callback_domain is not None and parts.hostname != terminal.callback_domain:
        raise Refusal("callbackUrl.domain_not_in_whitelist")
    return address


def _reference(body: Json) -> str:
    reference = _text(body, "clientReferenceNumber")
    if not reference:
        raise Refusal("clientReferenceNumber.is_required")
    if len(reference) > 50:  # noqa: PLR2004 -- documented
        raise Refusal("clientReferenceNumber.max_length")
    return reference


def _check_payer(body: Json) -> None:
    for name, shape in _SHAPES.items():
        value = _text(body, name)
        if value is not None and not shape.fullmatch(value):
            raise Refusal(f"{name}.is_invalid")
    if body.get("checkPayerMobileNumber") and not body.get("payerMobileNumber"):
        raise Refusal("payerMobileNumber.must_be_provided_to_check_with_card_number")
    if body.get("payerCardNumber") and body.get("payerCardNumbers"):
        raise Refusal("payerCardNumber_and_payerCardNumbers.just_one_of_them_is_permitted")


def _short(body: Json, name: str) -> None:
    value = _text(body, name)
    if value is not None and len(value) > _LENGTHS[name]:
        raise Refusal(f"{name}.max_length")


def _text(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal("web.invalid_or_missing_body")
    return value
