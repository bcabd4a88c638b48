"""Acting a fault out on the wire: what the caller gets instead of, or around, a true answer."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from flask import Response, request

from core.text import persian_digits
from sandbox.faults import Fault

Json = dict[str, object]

_HTML: Final = (
    "<!doctype html><html><head><title>500 Internal Server Error</title></head>"
    "<body><center><h1>500 Internal Server Error</h1></center><hr><center>nginx</center></body>"
    "</html>"
)
# What a dialect calls the bank's reference, or the message's.
_REFERENCES: Final = frozenset(
    {"ref_id", "messageid", "refNumber", "transId", "pspReferenceNumber", "pspRrn", "RefNum", "RRN"}
)
_PIECES: Final = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """A true answer, before any fault: an HTTP status and a JSON body.

    A dialect that speaks no JSON gives the `text` it is sent as; `body` is then only noted.
    """

    status: int
    body: Json
    text: str | None = None
    content_type: str = "application/json; charset=utf-8"

    @property
    def sent(self) -> str:
        """Return the body as it goes over the wire."""
        return json.dumps(self.body, ensure_ascii=False) if self.text is None else self.text


def send(answer: Answer, fault: Fault | None, *, hang_seconds: float) -> Response:
    """Send `answer`, distorted by `fault` if there is one.

    Waits and may cut the connection, so it must be called with no transaction open.
    """
    if fault is None or fault.name not in _ACTS:
        return _whole(answer)
    wait = hang_seconds if fault.seconds is None else fault.seconds
    return _ACTS[fault.name](answer, wait)


def distort(body: Json, key: str, change: Callable[[object], object]) -> Json:
    """Return `body` with `change` applied to what is under `key`."""
    return body | {key: change(body[key])} if body.get(key) else body


def _whole(answer: Answer) -> Response:
    return Response(answer.sent, status=answer.status, content_type=answer.content_type)


def _hang_up(_answer: Answer, wait: float) -> Response:
    time.sleep(wait)
    wire = request.environ.get("gunicorn.socket")
    if isinstance(wire, socket.socket):
        wire.shutdown(socket.SHUT_RDWR)
    return Response(status=504)


def _html_500(_answer: Answer, _wait: float) -> Response:
    return Response(_HTML, status=500, content_type="text/html")


def _too_many(_answer: Answer, _wait: float) -> Response:
    return Response(
        "<html><body><h1>429 Too Many Requests</h1></body></html>",
        status=429,
        content_type="text/html",
        headers={"Retry-After": "1"},
    )


def _as_200(answer: Answer, _wait: float) -> Response:
    return _whole(replace(answer, status=200))


def _cut_short(answer: Answer, _wait: float) -> Response:
    text = answer.sent
    return Response(text[: len(text) * 2 // 3], content_type=answer.content_type)


def _slowly(answer: Answer, wait: float) -> Response:
    text = answer.sent.encode()

    def pieces() -> Iterator[bytes]:
        size = -(-len(text) // _PIECES)
        for start in range(0, len(text), size):
            time.sleep(wait / _PIECES)
            yield text[start : start + size]

    headers = {"Content-Length": str(len(text))}
    return Response(pieces(), answer.status, headers, content_type=answer.content_type)


def _late(answer: Answer, wait: float) -> Response:
    time.sleep(wait)
    return _whole(answer)


def _wrong_type(answer: Answer, _wait: float) -> Response:
    return _whole(replace(answer, content_type="text/html; charset=utf-8"))


def _reshape(change: Callable[[object], object]) -> Callable[[Answer, float], Response]:
    def act(answer: Answer, _wait: float) -> Response:
        if answer.text is None:
            return _whole(replace(answer, text=json.dumps(_reshaped(answer.body, change))))
        return _whole(answer)

    return act


def _reshaped(body: Json, change: Callable[[object], object]) -> object:
    """Change what carries the answer: its `data` or `entries`, or else the whole of it."""
    parts = [part for part in ("data", "entries") if part in body]
    if not parts:
        return change(body)
    for part in parts:
        body = distort(body, part, change)
    return body


def _numbers(shown: Callable[[int], str]) -> Callable[[object], object]:
    def change(value: object) -> object:
        if isinstance(value, dict):
            return {key: change(item) for key, item in value.items()}
        if isinstance(value, list):
            return [change(item) for item in value]
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return shown(value) if is_number and isinstance(value, int) else value

    return change


def _without_reference(value: object) -> object:
    if isinstance(value, list):
        return [_without_reference(item) for item in value]
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key not in _REFERENCES}
    return value


def _in_a_list(value: object) -> object:
    return [value]


_ACTS: Final[dict[str, Callable[[Answer, float], Response]]] = {
    "timeout_done": _hang_up,
    "timeout_not_done": _hang_up,
    "html_500": _html_500,
    "html_500_done": _html_500,
    "error_200": _as_200,
    "http_429": _too_many,
    "bad_json": _cut_short,
    "late_answer": _late,
    "slow_body": _slowly,
    "wrong_content_type": _wrong_type,
    "data_list": _reshape(_in_a_list),
    "int_as_string": _reshape(_numbers(str)),
    "persian_digits": _reshape(_numbers(persian_digits)),
    "missing_field": _reshape(_without_reference),
}
