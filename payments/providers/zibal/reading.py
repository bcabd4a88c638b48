"""Reading Zibal's answers: one flat object with a numeric `result`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from payments.providers.contract import Evidence, Outcome
from payments.providers.talk import Heard
from payments.providers.values import first_object, whole

# Without a readable result only these say that nothing was done.
_REFUSED: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer understood."""

    outcome: Outcome
    evidence: Evidence
    result: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


def read(heard: Heard, known: Mapping[int, Outcome]) -> Reading:
    """Understand an answer by the documented results of its operation."""
    if heard.answer is None:
        return Reading(heard.failure or Outcome.UNKNOWN, heard.evidence())
    status = heard.answer.status
    body = first_object(heard.answer.json)
    result = whole(body.get("result"))
    if result is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        outcome = Outcome.NOT_ATTEMPTED if status in _REFUSED else Outcome.UNKNOWN
        return Reading(outcome, heard.evidence(code=f"http {status}"))
    message = str(body.get("message") or "")
    evidence = heard.evidence(code=str(result), message=message)
    return Reading(known.get(result, Outcome.UNKNOWN), evidence, result, body)
