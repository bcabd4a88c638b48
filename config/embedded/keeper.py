"""Stops the embedded servers once every process that held them is gone, however it went."""

import os
import sys
import time
from pathlib import Path
from typing import Final

import psutil

from config.embedded.postgres import Postgres
from config.embedded.redis import Redis
from config.embedded.sharing import Pair
from config.processes import signature

SECONDS_BETWEEN_LOOKS: Final = 2.0


def detach(pair: Pair) -> None:
    """Go on as a process nobody waits for, its name left in the keeper file."""
    child = os.fork()
    if child:
        pair.keeper_file.write_text(signature(psutil.Process(child)))
        os._exit(0)
    os.setsid()


def keep(pair: Pair) -> None:
    """Look every moment whether anybody still holds the servers; leave when nobody does."""
    stopped = False
    while not stopped:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        with pair.locked():
            stopped = pair.stop_if_unheld()


if __name__ == "__main__":
    root = Path(sys.argv[1])
    kept = Pair(root, Postgres(root), Redis(root))
    detach(kept)
    keep(kept)
