"""Watching and ending processes, our own children or not."""

import time
from typing import Final

import psutil

GLANCE_SECONDS: Final = 0.02


def lives(process: psutil.Process) -> bool:
    """Whether the process still runs; a zombie waiting for its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_end(process: psutil.Process, seconds: float) -> bool:
    """Wait at most `seconds` for the process to end; True when it did."""
    deadline = time.monotonic() + seconds
    while lives(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(GLANCE_SECONDS)
    return True


def end(process: psutil.Process, *, grace_seconds: float) -> None:
    """Ask the process to end; insist after the grace."""
    try:
        process.terminate()
        if not wait_for_end(process, grace_seconds):
            process.kill()
            wait_for_end(process, grace_seconds)
    except psutil.NoSuchProcess:
        return


def signature(process: psutil.Process) -> str:
    """Number and start time: a name no later process can have."""
    return f"{process.pid}-{int(process.create_time() * 100)}"


def bearer(name: str) -> psutil.Process | None:
    """The living process a signature names."""
    try:
        process = psutil.Process(int(name.partition("-")[0]))
        return process if lives(process) and signature(process) == name else None
    except (psutil.Error, ValueError):
        return None
