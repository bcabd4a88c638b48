"""The demonstration's processes: each in a group of its own, none outliving the demonstration."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from config.processes import end, lives, wait_for_end

GRACE_SECONDS: Final = 12.0
# In every child's environment: how a later start finds what a killed one left behind.
MARK: Final = "VAFA_DEMO_OF"
SET_PARENT_DEATH_SIGNAL: Final = 1
OWN_SERVERS: Final = ("postgres", "redis-server")


@dataclass
class Child:
    """One long-running process with its log file."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Start in a new session, so that Ctrl-C reaches it through us alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - we have one thread
            )

    @property
    def ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])


def stop_all(children: Iterable[Child]) -> None:
    """Ask every group to end, wait for all together, then insist."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in running:
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def sweep(root: Path) -> int:
    """End what an earlier demonstration of this folder left running; answer how many."""
    strays = [process for process in psutil.process_iter(["name"]) if _is_stray(process, root)]
    for process in strays:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in strays:
        if lives(process) and not wait_for_end(process, GRACE_SECONDS / 2):
            end(process, grace_seconds=0)
    return len(strays)


def _is_stray(process: psutil.Process, root: Path) -> bool:
    if process.pid == os.getpid() or process.info["name"] in OWN_SERVERS:
        return False
    try:
        return process.environ().get(MARK) == str(root)
    except psutil.Error:
        return False


def _signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _die_with_parent() -> None:
    """Ask Linux for SIGTERM at the supervisor's death, even by kill -9."""
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
