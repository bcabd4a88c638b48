"""One call on the wire, with how it ended and what may be kept of it; shared by all adapters."""

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.http import TIMEOUT, Answer, NotSent, OutcomeUnknown, call
from payments.providers.contract import Account, Evidence, Outcome

_TEXT_KEPT: Final = 500
_TAIL: Final = 4
# Never kept, in no provider's words: what opens an account, and the names of those who own one.
_HIDDEN: Final = frozenset(
    {
        "access_token",
        "accesstoken",
        "api_key",
        "apikey",
        "card_hash",
        "cid",
        "depositowners",
        "firstname",
        "hashedcardnumber",
        "hashedpan",
        "hashedcard",
        "lastname",
        "ownername",
        "password",
        "psphashedcardnumber",
        "refresh_token",
        "refreshtoken",
        "secret",
        "secretkey",
        "signature",
        "userpassword",
    }
)
_SHORTENED: Final = frozenset(
    {
        "birthdate",
        "card",
        "cardnumber",
        "cellnumber",
        "depositnumber",
        "destination",
        "destinationfirstname",
        "destinationlastname",
        "email",
        "iban",
        "merchant",
        "merchantid",
        "mobile",
        "mobilenumber",
        "nationalcode",
        "payermobilenumber",
        "sourceiban",
        "sourceidentifier",
        "terminalid",
        "terminalnumber",
        "username",
    }
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back, or why nothing did: then `failure` is NOT_ATTEMPTED or UNKNOWN."""

    answer: Answer | None
    failure: Outcome | None
    asked: Mapping[str, Any]
    took_ms: int
    trouble: str = ""

    def evidence(self, *, code: str = "", message: str = "") -> Evidence:
        """Return what is kept of the call, masked, with the provider's code and words."""
        return Evidence(
            asked=self.asked,
            answered=None if self.answer is None else kept(self.answer),
            http_status=None if self.answer is None else self.answer.status,
            code=code,
            message=message or self.trouble,
            took_ms=self.took_ms,
        )


def talk(
    method: str,
    url: str,
    *,
    json: Any = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    asked: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: Any = TIMEOUT,
) -> Heard:
    """Make one call; never raises for what the other side or the network did.

    `asked` says in words what `content` says in a dialect of its own.
    """
    shown = masked(dict(json) if isinstance(json, Mapping) else dict(data or asked or {}))
    began = time.monotonic()
    try:
        answer = call(
            method, url, json=json, data=data, content=content, headers=headers, timeout=timeout
        )
    except NotSent as error:
        return Heard(None, Outcome.NOT_ATTEMPTED, shown, _since(began), str(error))
    except OutcomeUnknown as error:
        return Heard(None, Outcome.UNKNOWN, shown, _since(began), str(error))
    return Heard(answer, None, shown, _since(began))


def masked(value: Any, key: str = "") -> Any:
    """Return a document without what identifies a payer, opens an account or leads back in."""
    if isinstance(value, Mapping):
        return {name: masked(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, key) for item in value]
    if key.lower() in _HIDDEN:
        return "•"
    return _shortened(value, key.lower().replace("_", "")) if isinstance(value, str) else value


def _shortened(text: str, name: str) -> str:
    if name in _SHORTENED:
        return f"…{text[-_TAIL:]}"
    if name in {"callbackurl", "notifyurl", "redirecturl", "returnurl"}:
        return f"{text.rstrip('/').rpartition('/')[0]}/…"
    return text


def kept(answer: Answer) -> Any:
    """Return what is worth keeping of an answer, masked."""
    return {"text": answer.text[:_TEXT_KEPT]} if answer.json is None else masked(answer.json)


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


_lock = threading.Lock()
_tokens: dict[str, tuple[float, str]] = {}


def remembered_token(account: Account, product: str) -> str | None:
    """Return this process's bearer token of an account, while it is good."""
    with _lock:
        until, token = _tokens.get(_place(account, product), (0.0, ""))
    return token if token and until > time.monotonic() else None


def remember_token(account: Account, product: str, token: str, *, seconds: float) -> None:
    """Keep a bearer token in this process's memory only."""
    with _lock:
        _tokens[_place(account, product)] = (time.monotonic() + seconds, token)


def forget_token(account: Account, product: str) -> None:
    """Drop a token the provider no longer takes."""
    with _lock:
        _tokens.pop(_place(account, product), None)


def _place(account: Account, product: str) -> str:
    known = repr((product, account.base_url, sorted(account.credentials.items())))
    return hashlib.sha256(known.encode()).hexdigest()
