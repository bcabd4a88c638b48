"""How every Jibit service is spoken to: a bearer token, errors as dotted codes.

A login that fails, or a token nobody takes, means that the call itself was never made:
NOT_ATTEMPTED. An error nobody documented is UNKNOWN.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from payments.providers.contract import Account, Evidence, Outcome
from payments.providers.talk import Heard, forget_token, remember_token, remembered_token, talk
from payments.providers.values import first_object, text

Json = dict[str, Any]

# Tokens live a day, the right to renew them two.
_ACCESS_SECONDS: Final = 23 * 3600
_REFRESH_SECONDS: Final = 47 * 3600
_TOKEN_CODES: Final = frozenset({"security.auth_required", "token.verification_failed"})
# Refused at the door: whatever was asked was not begun.
AT_THE_DOOR: Final[Mapping[str, Outcome]] = dict.fromkeys(
    (
        *_TOKEN_CODES,
        "client.not_active",
        "ip.not_trusted",
        "security.bad_credentials",
        "too_many_requests",
        "web.invalid_or_missing_body",
    ),
    Outcome.NOT_ATTEMPTED,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One of Jibit's services: where its tokens are made, and what renewing one asks for."""

    name: str
    login: str
    refresh: str
    refresh_tells_access: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """An answer understood: OK with its object, or the outcome of the error's code."""

    outcome: Outcome
    evidence: Evidence
    body: Json = field(default_factory=dict)
    code: str = ""


def ask(
    account: Account,
    service: Service,
    call: tuple[str, str],
    codes: Mapping[str, Outcome],
    *,
    json: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    shown: Mapping[str, str] | None = None,
) -> Said:
    """Make one call, `call` being its method and path; a refused token is renewed once.

    `shown` is kept as what was asked where the query itself may not be.
    """
    method, path = call
    heard = None
    for _ in range(2):
        token, trouble = _token(account, service)
        if trouble is not None:
            return _read(trouble, codes)
        heard = talk(
            method,
            f"{account.base_url}{path}{'?' if query else ''}{urlencode(query or {})}",
            json=json,
            asked=shown or query,
            headers={"Authorization": f"Bearer {token}", **(headers or {})},
        )
        if not _token_refused(heard):
            return _read(heard, codes)
        forget_token(account, service.name)
    return _read(replace(heard, failure=Outcome.NOT_ATTEMPTED), codes) if heard else _nothing()


def log_in(account: Account, *, service: Service) -> tuple[Outcome, Evidence]:
    """Ask for a token and forget it: shows whether the keys are good, and changes nothing."""
    keys = account.credentials
    heard = talk(
        "POST",
        f"{account.base_url}{service.login}",
        json={"apiKey": keys["api_key"], "secretKey": keys["secret_key"]},
    )
    body = {} if heard.answer is None else first_object(heard.answer.json)
    code, message = _error(body)
    evidence = heard.evidence(code=code, message=message)
    if heard.answer is None:
        return heard.failure or Outcome.UNKNOWN, evidence
    if text(body.get("accessToken")):
        return Outcome.OK, evidence
    return Outcome.DECLINED if code in AT_THE_DOOR else Outcome.UNKNOWN, evidence


def _nothing() -> Said:
    return Said(Outcome.NOT_ATTEMPTED, Evidence(asked={}))


def _token(account: Account, service: Service) -> tuple[str, Heard | None]:
    known = remembered_token(account, service.name)
    if known:
        return known, None
    renewed = _renewed(account, service)
    if renewed:
        return renewed, None
    keys = account.credentials
    heard = talk(
        "POST",
        f"{account.base_url}{service.login}",
        json={"apiKey": keys["api_key"], "secretKey": keys["secret_key"]},
    )
    token = _keep(account, service, heard)
    trouble = replace(heard, failure=Outcome.NOT_ATTEMPTED, trouble=heard.trouble or "login failed")
    return token, None if token else trouble


def _renewed(account: Account, service: Service) -> str:
    """Renew the token that ran out; "" when there was none or its time is over."""
    refresh = remembered_token(account, f"{service.name}.refresh")
    if not refresh:
        return ""
    forget_token(account, f"{service.name}.refresh")
    access, _, renewal = refresh.partition(" ")
    body = {"refreshToken": renewal}
    if service.refresh_tells_access:
        body["accessToken"] = access
    return _keep(account, service, talk("POST", f"{account.base_url}{service.refresh}", json=body))


def _keep(account: Account, service: Service, heard: Heard) -> str:
    if heard.answer is None or heard.answer.status != HTTPStatus.OK:
        return ""
    body = first_object(heard.answer.json)
    access, renewal = text(body.get("accessToken")), text(body.get("refreshToken"))
    if access:
        remember_token(account, service.name, access, seconds=_ACCESS_SECONDS)
    if access and renewal:
        both = f"{access} {renewal}"
        remember_token(account, f"{service.name}.refresh", both, seconds=_REFRESH_SECONDS)
    return access


def _token_refused(heard: Heard) -> bool:
    if heard.answer is None:
        return False
    refused = heard.answer.status == HTTPStatus.UNAUTHORIZED
    return refused or _error(first_object(heard.answer.json))[0] in _TOKEN_CODES


def _error(body: Json) -> tuple[str, str]:
    errors = body.get("errors")
    first = first_object(errors[0]) if isinstance(errors, list) and errors else {}
    return text(first.get("code")), text(first.get("message"))


def _read(heard: Heard, codes: Mapping[str, Outcome]) -> Said:
    answer = heard.answer
    body = {} if answer is None else first_object(answer.json)
    code, message = _error(body)
    evidence = heard.evidence(code=code, message=message)
    if answer is None or heard.failure is not None:
        return Said(heard.failure or Outcome.UNKNOWN, evidence, code=code)
    if code:
        return Said(_outcome(code, codes), evidence, code=code)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Said(Outcome.NOT_ATTEMPTED, evidence)
    told = bool(body) or not answer.text.strip()
    fine = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES and told
    return Said(Outcome.OK if fine else Outcome.UNKNOWN, evidence, body if fine else {})


def _outcome(code: str, codes: Mapping[str, Outcome]) -> Outcome:
    if code in codes:
        return codes[code]
    if code in AT_THE_DOOR:
        return AT_THE_DOOR[code]
    # Complaints about one transfer of a batch name its place: `transfers.0.amount.…`.
    return codes.get(f"{code.partition('.')[0]}.*", Outcome.UNKNOWN)
