"""Rate limits, counted in Redis by the minute; without Redis nobody is refused."""

import hashlib
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import redis
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from core.errors import Problem

_WINDOW_S: Final = 60
# What one household may hold of the newer addresses counts as one.
_V6_PREFIX: Final = 64
# A process takes an API key's calls from the common count by the handful, as asking for each costs
# more than any other step before the work. What is left of a handful when its minute ends is lost
# to the key, so a handful is at most this part of what the key may call.
_HANDFUL: Final = 10
_PART: Final = 500
logger = logging.getLogger(__name__)

Page = Callable[..., HttpResponse]


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def spend(key_id: UUID) -> dict[str, str]:
    """Count one request; return the standard headers. Raises Problem `rate_limited` (429).

    Never more are let through than the limit says; some calls fewer (0.2 % of it for each further
    process) where several processes hold a handful.
    """
    limit, reset = settings.API_RATE_PER_MINUTE, _left_s()
    used = _handfuls.next(str(key_id), min(_HANDFUL, max(1, limit // _PART)))
    headers = {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(limit - used, 0)),
        "RateLimit-Reset": str(reset),
    }
    if used > limit:
        raise Problem(
            "rate_limited",
            _("Too many requests; wait a little."),
            status=HTTPStatus.TOO_MANY_REQUESTS,
            headers={**headers, "Retry-After": str(reset)},
        )
    return headers


def limited(view: Page, *, token_per_minute: int = 120, crowd: int = 1) -> Page:
    """Keep a public page behind limits: by the token it is about, and by who asks.

    A whole mobile network may stand behind one address, so that bound is wide; it is `crowd` times
    as wide where a provider's own server calls on behalf of many buyers.
    """

    @wraps(view)
    def page(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        most = settings.PUBLIC_RATE_PER_ADDRESS * crowd
        named_by = hashlib.sha256(token.encode()).hexdigest()[:32]
        kind = f"{view.__module__}.{view.__name__}"
        allowed = (
            _count(f"address:{kind}:{_address(request)}") <= most
            and _count(f"token:{kind}:{named_by}") <= token_per_minute
        )
        return view(request, token, **named) if allowed else _too_many(request)

    return page


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(_left_s())
    add_never_cache_headers(answer)
    return answer


def _address(request: HttpRequest) -> str:
    """Return whom to count, as trusted proxies tell; "" for the unknown, counted together."""
    try:
        told = get_adapter().get_client_ip(request)
        address = ipaddress.ip_address(told)
    except (PermissionDenied, ValueError):
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, _V6_PREFIX), strict=False))
    return str(address)


def _left_s() -> int:
    return _WINDOW_S - int(time.time()) % _WINDOW_S


def _window() -> int:
    return int(time.time()) // _WINDOW_S


def _count(name: str, amount: int = 1, *, window: int | None = None) -> int:
    """Count calls of this minute; return the number of the last of them, 0 without Redis."""
    minute = _window() if window is None else window
    name = f"vafa-rate:{settings.ENV}:{name}:{minute}"
    try:
        used = int(_client().incrby(name, amount))
        if used == amount:
            _client().expire(name, 2 * _WINDOW_S)
    except redis.RedisError as error:
        logger.warning("rate limits are off: %s", type(error).__name__)
        return 0
    return used


@dataclass(slots=True)
class _Handfuls:
    """The numbers this process has taken from the common count and not given to a call yet."""

    window: int = 0
    held: dict[str, range] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, name: str, amount: int) -> int:
        """Return the number of one call among all of this minute; 0 without Redis."""
        window = _window()
        with self.lock:
            held = self._held(name, window)
            if held:
                self.held[name] = held[1:]
                return held[0]
        last = _count(name, amount, window=window)
        first = last - amount + 1
        with self.lock:
            # Threads may each have taken a handful; the later one stays, the other's rest is lost.
            if last and window == self.window:
                self.held[name] = range(first + 1, last + 1)
        return first if last else 0

    def _held(self, name: str, window: int) -> range:
        if window != self.window:
            self.window = window
            self.held.clear()
        return self.held.get(name, range(0))


_handfuls: Final = _Handfuls()
