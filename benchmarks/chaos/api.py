"""A shop's own program: patient with the API, and never the same thing under two keys."""

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

import httpx
from django.conf import settings

# A request whose process was killed is open to nobody else until its lease of a minute is over.
_PATIENCE_S: Final = 150.0
_PAUSE_S: Final = 0.5
# One for all; nothing here speaks TLS.
TRUST: Final = httpx.create_ssl_context()


class Refused(Exception):
    """The API's no, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Api:
    """A business's key. `given_up` counts requests the API never answered, `repeated` repetitions.

    What nobody answered is sent again, a POST under the very same key, as the API's papers say.
    """

    key: str
    given_up: int = 0
    repeated: int = 0
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30.0, verify=TRUST))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Send something once; None when nobody ever answered. Raises Refused."""
        return self._ask("POST", path, {"Idempotency-Key": uuid4().hex}, json=body)

    def get(self, path: str) -> dict[str, Any] | None:
        """Read something; None when nobody ever answered. Raises Refused."""
        return self._ask("GET", path, {})

    def _ask(
        self, method: str, path: str, headers: dict[str, str], json: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        headers["Authorization"] = f"Bearer {self.key}"
        url = f"{settings.BASE_URL}/api/v1/{path}"
        began = time.monotonic()
        while time.monotonic() - began < _PATIENCE_S:
            try:
                answer = self.http.request(method, url, json=json, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and not _is_again(answer):
                return _read(answer)
            self.repeated += 1
            time.sleep(_PAUSE_S)
        self.given_up += 1
        return None


def _is_again(answer: httpx.Response) -> bool:
    busy = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    return busy or answer.is_server_error or _code(answer) == "request_in_progress"


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_client_error:
        raise Refused(_code(answer))
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


def _code(answer: httpx.Response) -> str:
    return str(answer.json().get("code", answer.status_code)) if answer.is_client_error else ""
