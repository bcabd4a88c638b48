"""Talking to SnappPay: a bearer token from a password grant, one envelope around every answer.

The statuses are known, their exact meaning is not published. PENDING is told of a session that
waits for our verification, and may be told of one nobody has paid yet. So it counts as paid only
when the buyer came back saying so, or the account says that it always means paid.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from core.http import TIMEOUT
from payments.providers.contract import Account, Evidence, Outcome, Session, Standing
from payments.providers.talk import Heard, forget_token, remember_token, remembered_token, talk
from payments.providers.values import first_object, text, whole

PRODUCT: Final = "snapppay"
PAID: Final = "paid"
_API: Final = "/api/online"
_OAUTH: Final = f"{_API}/v1/oauth/token"
_OAUTH_TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
_TOKEN_SECONDS: Final = 3600
_MARGIN_SECONDS: Final = 60
_NOT_LET_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_STANDINGS: Final[Mapping[str, Standing]] = {
    "VERIFY": Standing.CONFIRMED,
    "SETTLE": Standing.CONFIRMED,
    "REVERT": Standing.RETURNED,
    "CANCEL": Standing.RETURNED,
    "FAILED": Standing.FAILED,
}


@dataclass(frozen=True, slots=True)
class Word:
    """An answer understood: how the call ended, what it told, and its evidence."""

    outcome: Outcome
    evidence: Evidence
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Return the status told, in capitals."""
        return text(self.data.get("status")).upper()

    @property
    def amount_rial(self) -> int | None:
        """Return the amount told; nought is how an absent one is written."""
        return whole(self.data.get("amount")) or None


def ask(
    account: Account,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    timeout: httpx.Timeout = TIMEOUT,
) -> Word:
    """Make one call; a token that is no longer taken is renewed once, for it did nothing."""
    remembered = remembered_token(account, PRODUCT)
    token = remembered or _fetched(account)
    if isinstance(token, Word):
        return token
    heard = talk(
        method,
        f"{account.base_url}{_API}{path}",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        timeout=timeout,
    )
    if remembered and heard.answer and heard.answer.status == HTTPStatus.UNAUTHORIZED:
        forget_token(account, PRODUCT)
        return ask(account, method, path, body, timeout=timeout)
    return _read(heard)


def status(account: Account, session: Session) -> Word:
    """Ask where a session stands, changing nothing."""
    return ask(account, "GET", f"/payment/v1/status?{httpx.QueryParams(_named(session))}")


def post(
    account: Account, session: Session, verb: str, *, timeout: httpx.Timeout = TIMEOUT
) -> Word:
    """Do one of verify, settle, revert and cancel to a session."""
    return ask(account, "POST", f"/payment/v1/{verb}", _named(session), timeout=timeout)


def standing(account: Account, session: Session, told: Word) -> Standing | None:
    """Return what a status means for this session; None for one nobody documented."""
    if told.status == "PENDING":
        came_back = session.callback_references.get("state", "").upper() == "OK"
        is_paid = came_back or account.credentials.get("pending") == PAID
        return Standing.PAID_UNCONFIRMED if is_paid else Standing.AT_BANK
    return _STANDINGS.get(told.status)


def _named(session: Session) -> dict[str, str]:
    return {"paymentToken": session.authority}


def log_in(account: Account) -> tuple[Outcome, Evidence]:
    """Ask for a token and forget it: shows whether the keys are good, and changes nothing."""
    heard, answer = _granted(account)
    if text(answer.get("access_token")):
        return Outcome.OK, heard.evidence()
    return Outcome.NOT_ATTEMPTED, heard.evidence(code=text(answer.get("error")))


def _fetched(account: Account) -> str | Word:
    """Return a fresh token, or why there is none: then the call itself was never made."""
    heard, answer = _granted(account)
    token = text(answer.get("access_token"))
    if not token:
        return Word(Outcome.NOT_ATTEMPTED, heard.evidence(code=text(answer.get("error"))))
    seconds = (whole(answer.get("expires_in")) or _TOKEN_SECONDS) - _MARGIN_SECONDS
    remember_token(account, PRODUCT, token, seconds=seconds)
    return token


def _granted(account: Account) -> tuple[Heard, Mapping[str, Any]]:
    """Ask for a token; return what was heard, and the answer's members if it has any."""
    known = account.credentials
    client = f"{known['client_id']}:{known['client_secret']}".encode()
    heard = talk(
        "POST",
        f"{account.base_url}{_OAUTH}",
        data={
            "grant_type": "password",
            "scope": "online-merchant",
            "username": known["username"],
            "password": known["password"],
        },
        headers={"Authorization": f"Basic {base64.b64encode(client).decode()}"},
        timeout=_OAUTH_TIMEOUT,
    )
    said = heard.answer.json if heard.answer else None
    return heard, said if isinstance(said, dict) else {}


def _read(heard: Heard) -> Word:
    """Understand the envelope: `successful`, and `response` or `errorData`."""
    answer = heard.answer
    if answer is None:
        return Word(heard.failure or Outcome.UNKNOWN, heard.evidence())
    body: Mapping[str, Any] = answer.json if isinstance(answer.json, dict) else {}
    told, data = first_object(body.get("errorData")), first_object(body.get("response"))
    evidence = heard.evidence(code=text(told.get("errorCode")), message=text(told.get("message")))
    if answer.status in _NOT_LET_IN or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Word(Outcome.NOT_ATTEMPTED, evidence)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or "successful" not in body:
        return Word(Outcome.UNKNOWN, evidence)
    if body["successful"] is False:
        return Word(Outcome.DECLINED, evidence)
    understood = body["successful"] is True and bool(data)
    return Word(Outcome.OK, evidence, data) if understood else Word(Outcome.UNKNOWN, evidence)
