"""The web processes as the Procfile starts them, and a client cheap enough not to be measured."""

import os
import re
import selectors
import socket
import subprocess
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import psutil

from benchmarks.stage import ROOT, VAR

CONNECTIONS: Final = 4
WORKERS: Final = 2
_FOREVER_S: Final = 3600.0
_START_S: Final = 180
_TRIES: Final = 300
_FEW: Final = 16
Queue = Iterable[bytes] | Generator[bytes, bytes]
_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Load:
    """What a stretch of requests took; `latencies_s` of every answered one; `dry`: too few."""

    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    dry: bool = False

    @property
    def per_second(self) -> float:
        """Answered requests a second."""
        return len(self.latencies_s) / self.seconds

    def percentile_ms(self, part: float) -> float:
        """Latency below which `part` of the requests stayed, in milliseconds."""
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(int(part * len(ordered)), len(ordered) - 1)]


@contextmanager
def serving() -> Iterator[int]:
    """Run the Procfile's web line with two processes; yield its port."""
    line, port = procfile("web"), free_port()
    chosen = {
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "WEB_WORKERS": str(WORKERS),
        "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
    }
    with (VAR / "web.log").open("w") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {line}"],  # noqa: S607 - a Procfile is for the shell
            cwd=ROOT,
            env=os.environ | chosen,
            stdout=log,
            stderr=log,
        )
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def workers() -> list[psutil.Process]:
    """Return the web's worker processes, not their master."""
    masters = [
        child for child in psutil.Process().children() if "config.wsgi:application" in _words(child)
    ]
    return [worker for master in masters for worker in children_of(master.pid)]


def children_of(pid: int) -> list[psutil.Process]:
    """Return a process's children, oldest first; [] when it is gone."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children()
    return []


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def procfile(process: str) -> str:
    """Return the Procfile's line of a process."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    said = dict(line.split(": ", 1) for line in lines if ": " in line)
    return said[process].strip()


def free_port() -> int:
    """Return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_S
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as wire:
                wire.settimeout(30)
                ask(wire, request)
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the web server did not start; see {VAR / 'web.log'}")


def post(path: str, key: str, idempotency_key: str, body: bytes) -> bytes:
    """Return the bytes of one POST."""
    head = (
        f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: {idempotency_key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, cookie: str) -> bytes:
    """Return the bytes of one GET of a signed-in browser."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def send(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request; return status and body."""
    with socket.create_connection(("127.0.0.1", port), 60) as wire:
        return ask(wire, request)


def load(port: int, queues: Sequence[Queue], seconds: float) -> Load:
    """Send the requests of each queue over a kept-alive connection of its own for a while.

    A queue that is a generator is sent each answer's body and yields the next request. One thread
    waits for all of them: threads of ours would take the cores from what is measured.
    """
    result = _talk(port, queues, seconds)
    if result.dry:
        raise RuntimeError("a queue of requests ran dry; the figure would be too low")
    return result


def drain(port: int, queues: Sequence[Queue]) -> Load:
    """Send every request of each queue over a connection of its own."""
    return _talk(port, queues, _FOREVER_S)


def _talk(port: int, queues: Sequence[Queue], seconds: float) -> Load:
    result = Load()
    wires = _spread(port, len(queues))
    began = time.monotonic()
    with selectors.DefaultSelector() as waiting:
        for wire, queue in zip(wires, queues, strict=True):
            _Talk(wire, queue, result).go_on(waiting, began + seconds)
        while waiting.get_map():
            for key, _ in waiting.select():
                talk: _Talk = key.data
                if talk.hear():
                    talk.go_on(waiting, began + seconds)
    result.seconds = time.monotonic() - began
    return result


def _spread(port: int, amount: int) -> list[socket.socket]:
    """Open connections that the server's processes share evenly.

    A handful of connections may all be accepted by one process, and then the other's core idles;
    among the many of a real day that evens out, and looking would take longer than the server
    waits for the first one to speak.
    """
    if amount > _FEW:
        return [_connected(port) for _ in range(amount)]
    serving = workers()
    most = -(-amount // len(serving))
    kept: dict[int, list[socket.socket]] = {one.pid: [] for one in serving}
    too_many: list[socket.socket] = []
    for _ in range(_TRIES):
        if sum(map(len, kept.values())) == amount:
            break
        wire = _connected(port)
        ours = kept[_accepted_by(serving, wire)]
        (ours if len(ours) < most else too_many).append(wire)
    else:
        raise RuntimeError("the server's processes never shared the connections evenly")
    for wire in too_many:
        wire.close()
    return [wire for ours in kept.values() for wire in ours]


def _connected(port: int) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 60)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def _accepted_by(serving: list[psutil.Process], wire: socket.socket) -> int:
    """Return the number of the process that accepted a connection."""
    mine = wire.getsockname()[1]
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        for process in serving:
            for it in process.net_connections("tcp"):
                if it.status == psutil.CONN_ESTABLISHED and it.raddr.port == mine:
                    return process.pid
        time.sleep(0.005)
    raise RuntimeError("nobody accepted a connection")


class _Talk:
    """One connection asking its queue's requests one after another."""

    def __init__(self, wire: socket.socket, queue: Queue, result: Load) -> None:
        self._wire = wire
        self._queue: Iterator[bytes] = iter(queue)
        self._result = result
        self._heard = b""
        self._asked_at = 0.0

    def go_on(self, waiting: selectors.BaseSelector, until: float) -> None:
        """Ask the next request, or hang up when the time is over."""
        if not self._asked_at:
            waiting.register(self._wire, selectors.EVENT_READ, self)
        request = self._next()
        self._asked_at, self._heard = time.monotonic(), b""
        if request is None or self._asked_at >= until:
            self._result.dry |= request is None
            waiting.unregister(self._wire)
            self._wire.close()
            return
        self._wire.sendall(request)

    def _next(self) -> bytes | None:
        """Return the next request; a dialogue hears the last answer first."""
        if isinstance(self._queue, Generator) and self._asked_at:
            body = self._heard.partition(b"\r\n\r\n")[2]
            with suppress(StopIteration):
                return bytes(self._queue.send(body))
            return None
        return next(self._queue, None)

    def hear(self) -> bool:
        """Take what has come; say whether that completes the answer."""
        self._heard += _more(self._wire)
        head, end, body = self._heard.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return False
        self._result.latencies_s.append(time.monotonic() - self._asked_at)
        if head[9:12] not in {b"200", b"201"}:
            self._result.refused.append(body)
        return True


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0


def ask(wire: socket.socket, request: bytes) -> tuple[int, bytes]:
    """Send one request over an open connection; return status and body."""
    wire.sendall(request)
    answer = wire.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += _more(wire)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _length(head)
    parts = [body]
    got = len(body)
    while got < length:
        parts.append(_more(wire))
        got += len(parts[-1])
    return int(head[9:12]), b"".join(parts)


def _more(wire: socket.socket) -> bytes:
    part = wire.recv(65536)
    if not part:
        raise ConnectionError("the server hung up")
    return part
