"""Reading the provider's polymorphic JSON.

`data` is a list on error and an object on success, `errors` the other way round; numbers have
been seen as strings. What cannot be read with certainty is UNKNOWN, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from payments.providers.contract import Evidence, Outcome
from payments.providers.talk import Heard
from payments.providers.values import first_object, whole

# Without a readable code only "too many requests" says that nothing was done.
_SILENT: Final[dict[int, Outcome]] = {HTTPStatus.TOO_MANY_REQUESTS: Outcome.NOT_ATTEMPTED}
_SUCCESS_FROM: Final = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer understood: outcome, evidence, the provider's code and its data object."""

    outcome: Outcome
    evidence: Evidence
    code: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def read(heard: Heard, codes: Mapping[int, Outcome]) -> Reading:
    """Understand an answer by the documented codes of its operation."""
    if heard.answer is None:
        return Reading(heard.failure or Outcome.UNKNOWN, heard.evidence())
    status = heard.answer.status
    silent = _SILENT.get(status, Outcome.UNKNOWN), heard.evidence(code=f"http {status}")
    body = heard.answer.json
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not isinstance(body, dict):
        return Reading(*silent)
    data, errors = first_object(body.get("data")), first_object(body.get("errors"))
    said = errors or data
    code = whole(said.get("code"))
    if code is None or (code >= _SUCCESS_FROM) == bool(errors):
        return Reading(*silent)
    evidence = heard.evidence(code=str(code), message=str(said.get("message") or ""))
    return Reading(codes.get(code, Outcome.UNKNOWN), evidence, code, data)
