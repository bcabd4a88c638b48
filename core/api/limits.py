"""Rate limits per API key, counted in Redis by the minute; without Redis nobody is refused."""

import logging
import time
from functools import lru_cache
from http import HTTPStatus
from typing import Final
from uuid import UUID

import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import Problem

_WINDOW_S: Final = 60
logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def spend(key_id: UUID) -> dict[str, str]:
    """Count one request; return the standard headers. Raises Problem `rate_limited` (429)."""
    window, passed = divmod(int(time.time()), _WINDOW_S)
    reset, limit = _WINDOW_S - passed, settings.API_RATE_PER_MINUTE
    used = _count(f"vafa-rate:{settings.ENV}:{key_id}:{window}")
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


def _count(name: str) -> int:
    try:
        used = _client().incr(name)
        if used == 1:
            _client().expire(name, 2 * _WINDOW_S)
    except redis.RedisError as error:
        logger.warning("rate limits are off: %s", type(error).__name__)
        return 0
    return int(used)
