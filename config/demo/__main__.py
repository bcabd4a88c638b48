"""python -m config.demo: migrate, load, run, pay one purchase, stay until told to leave."""

import fcntl
import os
import signal
import sys
import time
from types import FrameType
from typing import Final

import psutil

from config import embedded
from config.demo.stage import Failed, Stage

LOOK_SECONDS: Final = 1.0
RESTARTS_ALLOWED: Final = 5


class Leave(BaseException):
    """Somebody asked us to end."""


def main() -> int:
    """Run the demonstration; answer the exit status."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    root = embedded.var_dir()
    root.mkdir(parents=True, exist_ok=True)
    with (root / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("A demonstration of this folder is already running; see var/demo.json.")
            return 1
        return _run(Stage(root))


def _run(stage: Stage) -> int:
    status = 0
    try:
        stage.raise_curtain()
        _stay(stage)
    except Leave:
        print("\nEnding … · در حال پایان دادن …", flush=True)
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        status = 1
    finally:
        # A second Ctrl-C must not leave half of it running.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stage.drop_curtain()
    return status


def _stay(stage: Stage) -> None:
    """Watch the children; start again what falls over, unless it keeps falling."""
    parent = os.getppid()
    under_make = "make" in psutil.Process(parent).name()
    restarts = 0
    while not (under_make and os.getppid() != parent):
        time.sleep(LOOK_SECONDS)
        for child in stage.children:
            if child.ended:
                restarts += 1
                if restarts > RESTARTS_ALLOWED:
                    raise Failed(f"{child.name} keeps ending:\n{child.last_words()}")
                print(f"! {child.name} ended; starting it again ({child.log}).", flush=True)
                child.start()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise Leave


if __name__ == "__main__":
    sys.exit(main())
