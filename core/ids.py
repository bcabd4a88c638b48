"""Identifiers: UUID version 7, ordered by time of creation."""

import secrets
from collections.abc import Iterable
from typing import Final
from uuid import UUID, SafeUUID

import uuid_utils

_HEX: Final = 16

# Crockford's alphabet without vowels and look-alikes: read aloud at a till without mistakes.
_SPOKEN = "23456789BCDFGHJKMNPQRTVWXYZ"


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562)."""
    return _made(int.from_bytes(uuid_utils.uuid7().bytes))


def read_id(text: str) -> UUID:
    """Return an id as PostgreSQL writes it: 32 digits of sixteen with four hyphens."""
    return _made(int(text.replace("-", ""), _HEX))


def as_array(ids: Iterable[UUID | None]) -> str:
    """Return ids as PostgreSQL reads a list of them: one value, where a list would be thousands.

    psycopg2 quotes a list's ids one by one, and the server parses each as an expression.
    """
    return f"{{{','.join(one.hex if one else 'NULL' for one in ids)}}}"


def _made(number: int) -> UUID:
    """Return the UUID of a number that is one, without the checks of its class.

    A sale makes and reads dozens, and half of the time went into these checks.
    """
    one = UUID.__new__(UUID)
    object.__setattr__(one, "int", number)
    object.__setattr__(one, "is_safe", SafeUUID.unknown)
    return one


def spoken(seed: bytes, length: int) -> str:
    """Return the letters a seed of random bytes spells, of those a person can read out.

    Thirty-two bytes spell up to forty-eight letters with no bias worth speaking of.
    """
    number, letters = int.from_bytes(seed), []
    for _ in range(length):
        number, place = divmod(number, len(_SPOKEN))
        letters.append(_SPOKEN[place])
    return "".join(letters)


def new_spoken_code(length: int = 8) -> str:
    """Return a random code a person can read out, without look-alike letters."""
    return "".join(secrets.choice(_SPOKEN) for _ in range(length))
