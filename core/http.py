"""Calling the outside world: no open transaction, no retries, no redirects, known outcomes.

Whether a request may have been executed by the other side is decided here, once, from the kind
of failure (reference: connection refused or DNS failure = not sent; anything later = unknown).

Connections are kept open for a moment, so that many calls to one host do not each open their own.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

from core.tenancy import in_real_transaction

TIMEOUT: Final = httpx.Timeout(15.0, connect=3.0)
# The time-out is for silence; an answer that drips in is given up after this, well within the lease
# of a due row (payments.operations.schedule), so that nobody else takes the row over meanwhile.
PATIENCE: Final = timedelta(seconds=40)
# Reading the trusted roots takes longer than most calls; it is done once.
_TRUST: Final = httpx.create_ssl_context()
_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
# An idle connection is given up long before the other side does so in the middle of a request.
_KEPT: Final = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=3)


class NotSent(Exception):
    """The request did not reach the other side; it is safe to try elsewhere."""


class OutcomeUnknown(Exception):
    """The request may have been carried out; ask, never repeat blindly."""


class InsideTransaction(RuntimeError):
    """A wire call was attempted while a database transaction was open."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status and the body, parsed when it is JSON (else None)."""

    status: int
    json: Any
    text: str


def call(
    method: str,
    url: str,
    *,
    json: Any = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: httpx.Timeout = TIMEOUT,
) -> Answer:
    """Make one request. Raises NotSent, OutcomeUnknown or InsideTransaction."""
    if in_real_transaction():
        raise InsideTransaction(url)
    until = time.monotonic() + PATIENCE.total_seconds()
    try:
        with _client().stream(
            method,
            url,
            json=json,
            data=data,
            content=content,
            headers=headers,
            timeout=timeout,
        ) as response:
            return _heard(response, until)
    except _NEVER_SENT as error:
        raise NotSent(type(error).__name__) from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown(type(error).__name__) from error


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    """Return this process's client; a cookie it took would be carried to somebody else."""
    nobodys = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(verify=_TRUST, limits=_KEPT, cookies=nobodys)


# A forked process must not speak on its parent's connections.
os.register_at_fork(after_in_child=_client.cache_clear)


def _heard(response: httpx.Response, until: float) -> Answer:
    """Read an answer piece by piece, but not for ever."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if time.monotonic() > until:
            raise OutcomeUnknown("TooSlow")
    kind = {name: response.headers[name] for name in ("content-type",) if name in response.headers}
    whole = httpx.Response(response.status_code, headers=kind, content=bytes(body))
    return Answer(whole.status_code, _parsed(whole), whole.text)


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
