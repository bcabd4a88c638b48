"""How Finnotech is spoken to: client credentials, a track id that is never used twice."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from payments.providers.contract import Account, Evidence, Outcome
from payments.providers.talk import Heard, forget_token, remember_token, remembered_token, talk
from payments.providers.values import first_object, text

_PRODUCT: Final = "finnotech"
# Tokens live ten days; a process never keeps one longer than a day.
_KEPT_SECONDS: Final = 24 * 3600
_KEY_CHARS: Final = 27
# Refused at the door, or out of credit or turn: nobody was asked.
_NOT_ASKED: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
)


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its address, and the scope its token is asked for.

    Each has a token of its own, so that a service a client has not bought closes no other one.
    """

    family: str
    name: str
    scope: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer understood: OK with its result, or why there is none."""

    outcome: Outcome
    evidence: Evidence
    result: dict[str, Any] = field(default_factory=dict)
    code: str = ""


def ask(
    account: Account,
    service: Service,
    query: Mapping[str, str],
    *,
    key: str,
    shown: Mapping[str, str],
    under: str = "",
) -> Said:
    """Make one call under the client's own address; a refused token is renewed once."""
    client = quote(account.credentials["client_id"], safe="")
    url = f"{account.base_url}/{service.family}/v2/clients/{client}/{service.name}"
    if under:
        url = f"{url}/{quote(under, safe='')}"
    heard = None
    for _ in range(2):
        token, trouble = _token(account, service.scope)
        if trouble is not None:
            return _read(trouble)
        tracked = {"trackId": f"{key[:_KEY_CHARS]}-{secrets.token_hex(6)}", **query}
        heard = talk(
            "GET",
            f"{url}?{urlencode(tracked)}",
            asked={"trackId": tracked["trackId"], **shown},
            headers={"Authorization": f"Bearer {token}"},
        )
        if heard.answer is None or heard.answer.status != HTTPStatus.UNAUTHORIZED:
            break
        forget_token(account, _name(service.scope))
    return _read(heard) if heard else Said(Outcome.NOT_ATTEMPTED, Evidence(asked={}))


def _name(scope: str) -> str:
    return f"{_PRODUCT}.{scope}"


def _token(account: Account, scope: str) -> tuple[str, Heard | None]:
    known = remembered_token(account, _name(scope))
    if known:
        return known, None
    keys = account.credentials
    pair = f"{keys['client_id']}:{keys['client_secret']}".encode()
    heard = talk(
        "POST",
        f"{account.base_url}/dev/v2/oauth2/token",
        json={"grant_type": "client_credentials", "nid": keys["nid"], "scopes": scope},
        headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"},
    )
    body = {} if heard.answer is None else first_object(heard.answer.json)
    token = text(first_object(body.get("result")).get("value"))
    # What came back holds the token itself.
    quiet = replace(heard, answer=None, failure=Outcome.NOT_ATTEMPTED, trouble="login failed")
    if not token:
        return "", quiet
    remember_token(account, _name(scope), token, seconds=_KEPT_SECONDS)
    return token, None


def _read(heard: Heard) -> Said:
    answer = heard.answer
    if answer is None:
        return Said(heard.failure or Outcome.UNKNOWN, heard.evidence())
    body = first_object(answer.json)
    error = first_object(body.get("error"))
    code = text(error.get("code"))
    evidence = heard.evidence(code=code, message=text(error.get("message")))
    if answer.status in _NOT_ASKED:
        return Said(Outcome.NOT_ATTEMPTED, evidence, code=code)
    if code == "VALIDATION_ERROR":
        return Said(Outcome.DECLINED, evidence, code=code)
    if answer.status != HTTPStatus.OK or text(body.get("status")) != "DONE":
        return Said(Outcome.UNKNOWN, evidence, code=code)
    return Said(Outcome.OK, evidence, first_object(body.get("result")))
