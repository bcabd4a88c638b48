"""One line of JSON for each request, without anything personal.

A path may hold a token that opens somebody's page, and an address belongs to a person: the line
names the route of urls.py instead of the path, and nobody.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse

_LOG: Final = logging.getLogger("vafa.requests")


class Journal:
    """Write down method, route, status and milliseconds of what Django answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then write the line."""
        if not _LOG.isEnabledFor(logging.INFO):
            return self._answer(request)
        began = time.monotonic()
        response = self._answer(request)
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": request.method,
            "route": route_of(request),
            "status": response.status_code,
            "ms": round(1000 * (time.monotonic() - began)),
        }
        _LOG.info(json.dumps(line))
        return response


class RoutesForPaths(logging.Filter):
    """Put the route where Django's own warnings and errors tell the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            route = route_of(request) or "no such route"
            record.args = tuple(route if one == request.path else one for one in record.args)
        return True


def route_of(request: HttpRequest) -> str | None:
    """Return the route of urls.py a request was led to."""
    return request.resolver_match.route if request.resolver_match else None
