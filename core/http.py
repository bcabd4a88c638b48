"""Calling the outside world: no open transaction, no retries, no redirects, known outcomes.

Whether a request may have been executed by the other side is decided here, once, from the kind
of failure (reference: connection refused or DNS failure = not sent; anything later = unknown).

Connections are kept open for a moment, so that many calls to one host do not each open their own;
each thread keeps its own, for threads that share them spend half their time waiting for the list.
The library's connections are used without its client: the client's cookies, redirects, logins and
hooks are what we do not want, and took longer than the call itself. Without a proxy there is no
list either: a thread makes one call at a time, so one connection a host is all it needs.
"""

import ipaddress
import logging
import os
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from json import dumps, loads
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from core.tenancy import in_real_transaction

# As the project's own file says it; providers' logs name who called.
VERSION: Final = "0.1.0"
TIMEOUT: Final = httpx.Timeout(15.0, connect=3.0)
# The time-out is for silence; an answer that drips in is given up after this, well within the lease
# of a due row (payments.operations.schedule), so that nobody else takes the row over meanwhile.
PATIENCE: Final = timedelta(seconds=40)
# Reading the trusted roots takes longer than most calls; it is done once.
_TRUST: Final = httpx.create_ssl_context()
_NEVER_SENT: Final = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.UnsupportedProtocol,
)
_MAY_BE_SENT: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpx.DecodingError,
)
# An idle connection is given up long before the other side does so in the middle of a request.
_KEPT_SECONDS: Final = 3
_MOST_KEPT: Final = 32
_USUAL: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "User-Agent": f"Vafa/{VERSION}",
}
# Addresses that stand for an IPv4 address somewhere else: translated, tunnelled.
_MEANS_ANOTHER: Final = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
_WITH_BODY: Final = frozenset({"PATCH", "POST", "PUT"})

logger = logging.getLogger(__name__)


class NotSent(Exception):
    """The request did not reach the other side; it is safe to try elsewhere."""


class ForbiddenAddress(NotSent):
    """The name leads to an address that is not on the public network."""


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
    body, kind = _written(json, data, content)
    with (
        _outcomes(),
        _connection(address, proxy).stream(
            method,
            address,
            headers=_heads({**_USUAL, **kind, **(headers or {})}),
            content=body or (b"" if method in _WITH_BODY else None),
            extensions={"timeout": timeout.as_dict()},
        ) as response,
    ):
        logger.info("%s %s: %s", method, url, response.status)
        return _heard(response, until)


@dataclass(frozen=True, slots=True)
class Stranger:
    """How somebody is called whose address a customer of ours typed.

    Nothing inside our own network is reached (unless `inside`), whatever its name resolves to; no
    proxy is used, for it would resolve the name itself. No more than `most_bytes` are read.
    """

    timeout: httpx.Timeout
    patience: timedelta
    most_bytes: int
    inside: bool = False


def post_to_stranger(
    url: str, content: bytes, headers: Mapping[str, str], how: Stranger
) -> tuple[int, str]:
    """Post bytes; return the status and the beginning of what was said.

    Raises ForbiddenAddress, NotSent, OutcomeUnknown or InsideTransaction.
    """
    if in_real_transaction():
        raise InsideTransaction(url)
    until = time.monotonic() + how.patience.total_seconds()
    address, _proxy = _way(url)
    with (
        _outcomes(),
        _connection(address, None, outside=not how.inside).stream(
            "POST",
            address,
            headers=_heads({**_USUAL, "Accept-Encoding": "identity", **headers}),
            content=content,
            extensions={"timeout": how.timeout.as_dict()},
        ) as response,
    ):
        said = bytearray()
        for piece in response.iter_stream():
            said += piece
            if len(said) > how.most_bytes or time.monotonic() > until:
                break
        return response.status, said[: how.most_bytes].decode("utf-8", "replace")


@contextmanager
def _outcomes() -> Iterator[None]:
    """Tell what a failure means for whether the request was carried out."""
    try:
        yield
    except _NEVER_SENT as error:
        raise NotSent(type(error).__name__) from error
    except _MAY_BE_SENT as error:
        raise OutcomeUnknown(type(error).__name__) from error


def _written(
    json: Any, data: Mapping[str, str] | None, content: bytes | None
) -> tuple[bytes, dict[str, str]]:
    """Return the body and how it is written."""
    if json is not None:
        text = dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), {"Content-Type": "application/json"}
    if data:
        return urlencode(data).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    return content or b"", {}


def _heads(said: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in said.items()]


def _connection(
    address: httpcore.URL, proxy: str | None, *, outside: bool = False
) -> httpcore.ConnectionInterface | httpcore.ConnectionPool:
    """Return this thread's own connection to a host, or its pool of those through a proxy."""
    if proxy is not None:
        pool = _own.pools.get(proxy)
        if pool is None:
            pool = _own.pools[proxy] = _new_pool(proxy)
        return pool
    place = (address.scheme, address.host, address.port, outside)
    kept = _own.kept.get(place)
    if kept is None or not kept.is_idle() or kept.has_expired():
        _make_room()
        kept = _own.kept[place] = httpcore.HTTPConnection(
            address.origin,
            ssl_context=_TRUST,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=_Outside() if outside else _Backend(),
        )
    return kept


def _make_room() -> None:
    """Close what is kept no longer, or would be one too many."""
    kept = _own.kept
    for place, one in list(kept.items()):
        if not one.is_idle() or one.has_expired() or len(kept) >= _MOST_KEPT:
            kept.pop(place).close()


def _new_pool(proxy: str) -> httpcore.ConnectionPool:
    through = httpx.Proxy(proxy)
    return httpcore.ConnectionPool(
        ssl_context=_TRUST,
        max_connections=None,
        max_keepalive_connections=_MOST_KEPT,
        keepalive_expiry=_KEPT_SECONDS,
        proxy=httpcore.Proxy(str(through.url), auth=through.raw_auth),
        network_backend=_Backend(),
    )


def is_outside(address: str) -> bool:
    """Tell whether an IP address is on the public network, and means itself and no other."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_outside(str(ip.ipv4_mapped))
        if any(ip in net for net in _MEANS_ANOTHER):
            return False
    return ip.is_global and not ip.is_multicast


class _Together(httpcore.NetworkStream):
    """Sends what was written once an answer is waited for: head and body of a request as one.

    The library writes them one by one, which wakes the other side, and us, twice as often.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._written = b""
        self._timeout: float | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Send what was written, then read."""
        if self._written:
            written, self._written = self._written, b""
            # As the library does: who hangs up early may have said why.
            with suppress(httpcore.WriteError):
                self._stream.write(written, self._timeout)
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep what is to be sent."""
        self._written += buffer
        self._timeout = timeout

    def close(self) -> None:
        """Hang up; what was not sent never is."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on in secret."""
        return _Together(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Tell about the connection."""
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Opens connections that send a request as one."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        return _Together(super().connect_tcp(host, port, timeout, local_address, socket_options))


class _Outside(_Backend):
    """Opens connections to public addresses only; the one that was looked at is the one used."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, look at every address found, and connect to the first."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = [str(one[4][0]) for one in found]
        if not addresses or not all(map(is_outside, addresses)):
            raise ForbiddenAddress(host)
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


class _Own(threading.local):
    """Connections of each thread its own, by host, or by proxy: one list for many is a queue.

    They are closed when their thread ends.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[Any, ...], httpcore.ConnectionInterface] = {}
        self.pools: dict[str, httpcore.ConnectionPool] = {}
        self._thread = _Thread()
        weakref.finalize(self._thread, _close, self.kept, self.pools)


class _Thread:
    """Lives as long as the thread whose own it is."""


def _close(*kept: Mapping[Any, httpcore.ConnectionInterface | httpcore.ConnectionPool]) -> None:
    for several in kept:
        for one in several.values():
            one.close()


_own: Final = _Own()


@lru_cache(maxsize=256)
def _way(url: str) -> tuple[httpcore.URL, str | None]:
    """Return an address as it goes on the wire and the proxy the environment names for it."""
    read = httpx.URL(url)
    address = httpcore.URL(
        scheme=read.raw_scheme, host=read.raw_host, port=read.port, target=read.raw_path
    )
    known = {} if proxy_bypass(read.host) else getproxies()
    named = known.get(read.scheme) or known.get("all")
    return address, f"http://{named}" if named and "://" not in named else named


def _forget() -> None:
    _own.kept.clear()
    _own.pools.clear()


# A forked process must not speak on its parent's connections.
os.register_at_fork(after_in_child=_forget)


def _heard(response: httpcore.Response, until: float) -> Answer:
    """Read an answer piece by piece, but not for ever."""
    body = bytearray()
    for piece in response.iter_stream():
        body += piece
        if time.monotonic() > until:
            raise OutcomeUnknown("TooSlow")
    heads = {name.lower(): value.lower() for name, value in response.headers}
    if b"content-encoding" in heads or b"charset" in heads.get(b"content-type", b""):
        said = httpx.Response(response.status, headers=response.headers, content=bytes(body))
        return Answer(response.status, _parsed(said.content), said.text)
    return Answer(response.status, _parsed(body), body.decode("utf-8", "replace"))


def _parsed(body: bytes | bytearray) -> Any:
    try:
        return loads(body)
    except (ValueError, RecursionError):
        return None
