"""Identifiers: UUID version 7, ordered by time of creation."""

import secrets
from uuid import UUID

import uuid_utils

# Crockford's alphabet without vowels and look-alikes: read aloud at a till without mistakes.
_SPOKEN = "23456789BCDFGHJKMNPQRTVWXYZ"


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562)."""
    return UUID(int=uuid_utils.uuid7().int)


def new_spoken_code(length: int = 8) -> str:
    """Return a random code a person can read out, without look-alike letters."""
    return "".join(secrets.choice(_SPOKEN) for _ in range(length))
