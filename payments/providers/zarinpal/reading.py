"""Reading the provider's polymorphic JSON, and hiding what must not be kept.

`data` is a list on error and an object on success, `errors` the other way round; numbers have
been seen as strings. What cannot be read with certainty is UNKNOWN, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from core.http import Answer
from payments.providers.contract import Outcome
from payments.providers.values import first_object, text, whole

__all__ = ["Json", "Reading", "first_object", "kept", "masked", "read", "text", "whole"]

Json = dict[str, Any]

# Without a readable code only "too many requests" says that nothing was done.
_SILENT: Final[dict[int, Outcome]] = {HTTPStatus.TOO_MANY_REQUESTS: Outcome.NOT_ATTEMPTED}
_SUCCESS_FROM: Final = 100
_TEXT_KEPT: Final = 500
_TAIL: Final = 4
_HIDDEN: Final = frozenset({"card_hash"})
_SHORTENED: Final = frozenset({"merchant_id", "mobile", "email"})


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer understood: outcome, the provider's code and words, and its data object."""

    outcome: Outcome
    code: str = ""
    message: str = ""
    data: Json = field(default_factory=dict)


def read(answer: Answer, codes: Mapping[int, Outcome]) -> Reading:
    """Understand an answer by the documented codes of its operation."""
    silent = Reading(_SILENT.get(answer.status, Outcome.UNKNOWN), code=f"http {answer.status}")
    body = answer.json
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not isinstance(body, dict):
        return silent
    data, errors = first_object(body.get("data")), first_object(body.get("errors"))
    said = errors or data
    code = whole(said.get("code"))
    if code is None or (code >= _SUCCESS_FROM) == bool(errors):
        return silent
    outcome = codes.get(code, Outcome.UNKNOWN)
    return Reading(outcome, str(code), str(said.get("message") or ""), data)


def masked(value: object, key: str = "") -> Any:
    """Return a JSON document without what identifies a payer, a terminal or a way back in."""
    if isinstance(value, dict):
        return {name: masked(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item, key) for item in value]
    if key in _HIDDEN:
        return "•"
    if key in _SHORTENED and isinstance(value, str):
        return f"…{value[-_TAIL:]}"
    if key == "callback_url" and isinstance(value, str):
        return f"{value.rstrip('/').rpartition('/')[0]}/…"
    return value


def kept(answer: Answer) -> Any:
    """Return what is worth keeping of an answer, masked."""
    if answer.json is not None:
        return masked(answer.json)
    return {"text": answer.text[:_TEXT_KEPT]}
