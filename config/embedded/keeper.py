"""Stops the embedded servers once every process that held them is gone, however it went."""

import sys
import time
from pathlib import Path
from typing import Final

from config.embedded.postgres import Postgres
from config.embedded.redis import Redis
from config.embedded.sharing import Pair

SECONDS_BETWEEN_LOOKS: Final = 2.0


def keep(root: Path) -> None:
    """Look every moment whether anybody still holds the servers; leave when nobody does."""
    pair = Pair(root, Postgres(root), Redis(root))
    stopped = False
    while not stopped:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        with pair.locked():
            stopped = pair.stop_if_unheld()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
