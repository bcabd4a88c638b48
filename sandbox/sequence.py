"""Identifiers that look random and repeat exactly under the same seed."""

import secrets
import sqlite3
from hashlib import sha256
from typing import Final

from sandbox.store import fact, remember

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AUTHORITY_TAIL: Final = 35


def plant_seed(db: sqlite3.Connection, seed: str | None) -> None:
    """Start the sequences from `seed`, or from a fresh random one."""
    remember(db, "seed", seed or secrets.token_hex(16))


def draw(db: sqlite3.Connection, kind: str) -> int:
    """Return the next 256-bit number of the sequence called `kind`."""
    step = int(fact(db, f"step:{kind}") or 0) + 1
    remember(db, f"step:{kind}", str(step))
    return int(sha256(f"{fact(db, 'seed')}:{kind}:{step}".encode()).hexdigest(), 16)


def new_authority(db: sqlite3.Connection) -> str:
    """Return a sandbox authority: S and 35 letters or digits."""
    number, letters = draw(db, "authority"), []
    for _ in range(_AUTHORITY_TAIL):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "S" + "".join(letters)


def new_reference(db: sqlite3.Connection) -> int:
    """Return a bank reference number of eleven or twelve digits."""
    return 10_000_000_000 + draw(db, "reference") % 900_000_000_000


def next_message_id(db: sqlite3.Connection) -> int:
    """Return the next SMS id; ids grow by small steps, as the real centre's do."""
    last = int(fact(db, "last message id") or 850_000_000)
    following = last + 1 + draw(db, "message") % 97
    remember(db, "last message id", str(following))
    return following


def next_serial(db: sqlite3.Connection, kind: str, *, first: int) -> int:
    """Return the next number of a dialect's growing sequence, above `first`."""
    following = int(fact(db, f"last {kind}") or first) + 1 + draw(db, kind) % 97
    remember(db, f"last {kind}", str(following))
    return following
