"""Ports: the wished one when free, else the next free one, and a word about it."""

import os
import socket
from contextlib import suppress
from typing import Final

HOST: Final = "127.0.0.1"
NEIGHBOURS: Final = 50


def choose(variable: str, default: int, *, what: str, taken: frozenset[int] = frozenset()) -> int:
    """The port named by the environment variable or the default, else a free neighbour.

    Raises RuntimeError when the whole neighbourhood is taken.
    """
    wished = int(os.environ.get(variable) or default)
    for port in range(wished, wished + NEIGHBOURS):
        if port not in taken and _free(port):
            if port != wished:
                print(f"! Port {wished} is taken: {what} uses {port} instead.", flush=True)
            return port
    message = f"No free port for {what} from {wished} on; name one with {variable}=…"
    raise RuntimeError(message)


def _free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError, OverflowError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return True
    return False
