"""Calling the outside world: no open transaction, no retries, no redirects, known outcomes.

Whether a request may have been executed by the other side is decided here, once, from the kind
of failure (reference: connection refused or DNS failure = not sent; anything later = unknown).

Connections are kept open for a moment, so that many calls to one host do not each open their own.
The library's transport is called without its client: the client's cookies, redirects, logins and
hooks are what we do not want, and took as long as the call itself.
"""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from json import loads
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

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
_USUAL: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": f"python-httpx/{httpx.__version__}",
}

logger = logging.getLogger(__name__)


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
    address, proxy = _way(url)
    try:
        request = httpx.Request(
            method,
            address,
            json=json,
            data=data,
            content=content,
            headers={**_USUAL, **(headers or {})},
            extensions={"timeout": timeout.as_dict()},
        )
        response = _transport(proxy).handle_request(request)
        logger.info("%s %s: %s", method, request.url, response.status_code)
        try:
            return _heard(response, until)
        finally:
            response.close()
    except _NEVER_SENT as error:
        raise NotSent(type(error).__name__) from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown(type(error).__name__) from error


@lru_cache(maxsize=4)
def _transport(proxy: str | None) -> httpx.HTTPTransport:
    """Return this process's connections, all through one proxy or through none."""
    return httpx.HTTPTransport(verify=_TRUST, limits=_KEPT, proxy=proxy)


@lru_cache(maxsize=256)
def _way(url: str) -> tuple[httpx.URL, str | None]:
    """Return an address as the library reads it and the proxy the environment names for it."""
    address = httpx.URL(url)
    known = {} if proxy_bypass(address.host) else getproxies()
    named = known.get(address.scheme) or known.get("all")
    return address, f"http://{named}" if named and "://" not in named else named


# A forked process must not speak on its parent's connections.
os.register_at_fork(after_in_child=_transport.cache_clear)


def _heard(response: httpx.Response, until: float) -> Answer:
    """Read an answer piece by piece, but not for ever."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if time.monotonic() > until:
            raise OutcomeUnknown("TooSlow")
    return Answer(
        response.status_code, _parsed(body), body.decode(response.encoding or "utf-8", "replace")
    )


def _parsed(body: bytearray) -> Any:
    try:
        return loads(body)
    except ValueError:
        return None
