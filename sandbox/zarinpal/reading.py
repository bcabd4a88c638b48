"""Reading what a caller sent: each field in its documented type, or a refusal."""

import re
from typing import Final

from sandbox.wire import Json
from sandbox.zarinpal.codes import VALIDATION, Refusal

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def invalid(name: str, problem: str) -> Refusal:
    """Return a validation refusal about one field."""
    return Refusal(VALIDATION, {name: f"The {name.replace('_', ' ')} {problem}"})


def merchant_id(body: Json) -> str:
    """Return the 36-character merchant id in small letters."""
    value = body.get("merchant_id")
    if value is None:
        raise invalid("merchant_id", "field is required.")
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise invalid("merchant_id", "must be a valid UUID.")
    return value.lower()


def whole_number(body: Json, name: str) -> int:
    """Return a required JSON integer; a number in a string or a fraction is refused."""
    value = body.get(name)
    if value is None:
        raise invalid(name, "field is required.")
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(name, "must be an integer.")
    return value


def currency(body: Json) -> str:
    """Return IRR or IRT; rial when nothing is said."""
    value = body.get("currency") or "IRR"
    if value not in {"IRR", "IRT"}:
        raise invalid("currency", "is invalid.")
    return str(value)


def text(body: Json, name: str) -> str | None:
    """Return an optional string."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(name, "must be a string.")
    return value


def table(body: Json, name: str) -> Json:
    """Return an optional object, empty when absent (an empty list counts as absent)."""
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise invalid(name, "must be an array.")
    return value
