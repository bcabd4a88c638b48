"""The processes of the run beside the web: the bank, the workers, the beat; and who restarts them.

Each service is a process group of its own, started again as soon as it is gone, as any supervisor
of processes does. Nothing is told to it when it is killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Self

import httpx
import psutil

from benchmarks import web
from benchmarks.stage import ROOT, VAR

WORKERS: Final = 2
_HANG_S: Final = "0.3"
_START_S: Final = 180
_GRACE_S: Final = 15.0
_LOOK_S: Final = 0.2


@dataclass
class Service:
    """One process group."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def start(self) -> None:
        """Start it; its words go to a file under var/bench."""
        with (VAR / f"chaos-{self.name}.log").open("a" if self.starts else "w") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1

    def strike(self) -> None:
        """Kill the whole group at once, as a power cut does."""
        self._signal(signal.SIGKILL)

    def strike_one(self, chance: float) -> bool:
        """Kill one of its children, chosen by `chance` below 1; False when it has none."""
        children = [] if self.process is None else web.children_of(self.process.pid)
        if not children:
            return False
        kill(children[int(chance * len(children))])
        return True

    def end(self) -> None:
        """Ask it to end, then insist."""
        self._signal(signal.SIGTERM)
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE_S)
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Starts services and starts them again while it is on duty."""

    def __init__(self, services: list[Service]) -> None:
        self.services = services
        self._off = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        for service in self.services:
            service.start()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._off.set()
        self._thread.join()
        for service in self.services:
            service.end()

    def _watch(self) -> None:
        while not self._off.wait(_LOOK_S):
            for service in self.services:
                if service.process is not None and service.process.poll() is not None:
                    service.strike()  # whoever of the group outlived its leader
                    service.start()


@contextmanager
def bank(seed: int) -> Iterator[httpx.Client]:
    """Run the sandbox with an empty memory; yield a client of its control."""
    port, state = web.free_port(), VAR / "chaos.sqlite3"
    for leftover in VAR.glob(f"{state.name}*"):
        leftover.unlink()
    service = Service(
        "bank",
        [sys.executable, "-m", "sandbox"],
        {
            "SANDBOX_HOST": "127.0.0.1",
            "SANDBOX_PORT": str(port),
            "SANDBOX_STATE": str(state),
            "SANDBOX_SEED": str(seed),
            "SANDBOX_HANG_SECONDS": _HANG_S,
        },
    )
    with ExitStack() as stack:
        service.start()
        stack.callback(service.end)
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))
        _await(client)
        yield client


def workers() -> Supervisor:
    """Return the Procfile's workers and beat, to be entered."""
    beat = web.procfile("beat").replace("/tmp/beat-schedule", str(VAR / "beat-schedule"))  # noqa: S108
    services = [
        Service(f"worker-{n}", _shell(f"{web.procfile('worker')} -n chaos-{n}@%h"))
        for n in range(1, WORKERS + 1)
    ]
    return Supervisor([*services, Service("beat", _shell(beat))])


def kill(process: psutil.Process) -> None:
    """Kill without a word; it may be gone already."""
    with suppress(psutil.NoSuchProcess):
        process.kill()


def _shell(line: str) -> list[str]:
    """Return the command of a Procfile's line, its variables set as there."""
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    return ["env", f"PATH={path}", "sh", "-c", f"exec env {line}"]


def _await(client: httpx.Client) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if client.get("/healthz").is_success:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the sandbox did not start; see {VAR / 'chaos-bank.log'}")
