"""Is the process alive, and is it fit to serve?"""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

from core.tenancy.audit import faults


def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process lives."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, walls and Redis are in order, else 503 with the reasons.

    Without Redis sales go on (the sweeper catches up), so its loss is told but not fatal.
    """
    checks = {"database": _database(), "walls": _walls(), "redis": _redis()}
    fit = checks["database"] == checks["walls"] == "ok"
    return JsonResponse({"ready": fit, "checks": checks}, status=200 if fit else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return type(error).__name__
    return "ok"


def _walls() -> str:
    try:
        found = faults()
    except DatabaseError as error:
        return type(error).__name__
    return "ok" if not found else f"{len(found)} faults"


def _redis() -> str:
    try:
        cache.get("readyz")
    except RedisError as error:
        return type(error).__name__
    return "ok"
