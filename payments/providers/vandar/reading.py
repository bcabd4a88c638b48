"""Reading Vandar's answers: the HTTP status decides, decimal strings are money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, Final

from payments.providers.contract import Evidence, Outcome
from payments.providers.talk import Heard
from payments.providers.values import first_object, text, whole

# Refused at the door: nothing was done.
_AT_THE_DOOR: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)
_FINAL_NO: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer understood; `outcome` is what its HTTP status alone means."""

    outcome: Outcome
    evidence: Evidence
    status: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> int | None:
        """Return the number Vandar gives a session's standing."""
        return whole(self.body.get("code"))


def read(heard: Heard) -> Reading:
    """Understand an answer; a panel call that was never made keeps its failure."""
    if heard.answer is None or heard.failure is not None:
        return Reading(heard.failure or Outcome.UNKNOWN, heard.evidence())
    status = heard.answer.status
    body = first_object(heard.answer.json)
    code = text(body.get("code")) or str(status)
    evidence = heard.evidence(code=code, message=_message(body))
    return Reading(_outcome(status, body), evidence, status, body)


def rial(value: object) -> int | None:
    """Return whole rial of a number or a decimal string; None for a fraction or anything else."""
    number = whole(value)
    if number is not None:
        return number
    try:
        amount = Decimal(text(value))
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and amount == amount.to_integral_value() else None


def _outcome(status: int, body: Mapping[str, Any]) -> Outcome:
    if status in _AT_THE_DOOR:
        return Outcome.NOT_ATTEMPTED
    if status in _FINAL_NO and body:
        return Outcome.DECLINED
    is_yes = status in {HTTPStatus.OK, HTTPStatus.CREATED} and bool(body)
    return Outcome.OK if is_yes else Outcome.UNKNOWN


def _message(body: Mapping[str, Any]) -> str:
    told = body.get("message") or body.get("errors") or body.get("error") or ""
    return told if isinstance(told, str) else str(told)[:200]
