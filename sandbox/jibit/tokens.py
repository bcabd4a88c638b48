"""Bearer tokens of Jibit's services: made from a pair of keys, good for a day, renewed within two.

Any pair of keys is a client; the secret an api key came with first is the right one from then on.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from sandbox import sequence
from sandbox.bank.merchants import merchant
from sandbox.jibit.words import Refusal
from sandbox.office import Desk
from sandbox.store import fact, remember
from sandbox.wire import Answer, Json

_ACCESS_SECONDS: Final = 24 * 3600
_REFRESH_SECONDS: Final = 48 * 3600


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: the api key is the merchant's id at the bank."""

    api_key: str


def generate(desk: Desk, service: str, body: Json) -> Answer:
    """Make a pair of tokens from a pair of keys."""
    api_key = _required(body, "apiKey")
    secret = hashlib.sha256(_required(body, "secretKey").encode()).hexdigest()
    place = f"jibit secret {service} {api_key}"
    known = fact(desk.db, place)
    if known is None:
        remember(desk.db, place, secret)
    elif known != secret:
        raise Refusal("security.bad_credentials", 400)
    return _pair(desk, service, api_key)


def renew(desk: Desk, service: str, body: Json) -> Answer:
    """Make a new pair from the right to renew."""
    owner = _owner(desk, service, "refresh", _required(body, "refreshToken"))
    if owner is None:
        raise Refusal("security.bad_credentials", 400)
    return _pair(desk, service, owner)


def client(desk: Desk, service: str, header: str) -> Client:
    """Return who a bearer token belongs to, or refuse."""
    kind, _, token = header.partition(" ")
    if kind != "Bearer" or not token:
        raise Refusal("security.auth_required", 401)
    owner = _owner(desk, service, "access", token)
    if owner is None:
        raise Refusal("token.verification_failed", 401)
    if merchant(desk.db, owner).refusal is not None:
        raise Refusal("ip.not_trusted", 403)
    return Client(owner)


def known_client(desk: Desk, service: str, header: str) -> str | None:
    """Return the api key behind a token without judging it."""
    return _owner(desk, service, "access", header.partition(" ")[2])


def _pair(desk: Desk, service: str, api_key: str) -> Answer:
    access = _new(desk, service, "access", api_key, _ACCESS_SECONDS)
    refresh = _new(desk, service, "refresh", api_key, _REFRESH_SECONDS)
    return Answer(200, {"accessToken": access, "refreshToken": refresh})


def _new(desk: Desk, service: str, kind: str, api_key: str, seconds: int) -> str:
    token = f"{sequence.draw(desk.db, 'jibit token'):064x}"
    remember(desk.db, f"jibit {kind} {service} {token}", f"{desk.now + seconds} {api_key}")
    return token


def _owner(desk: Desk, service: str, kind: str, token: str) -> str | None:
    known = fact(desk.db, f"jibit {kind} {service} {token}")
    if known is None:
        return None
    until, _, api_key = known.partition(" ")
    return api_key if int(until) > desk.now else None


def _required(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(f"{name}.is_required", 400)
    return value
