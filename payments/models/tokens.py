"""Public addresses that carry their business, so that no lookup happens outside its walls.

A token is the business's id and 128 random bits, both in URL-safe base64. The id is no secret;
with a wrong one the token is simply not found among that business's rows.
"""

import base64
import binascii
import re
import secrets
from typing import Final
from uuid import UUID

_ID_CHARS: Final = 22
_RANDOM_BYTES: Final = 16
_SHAPE: Final = re.compile("[A-Za-z0-9_-]{44}")


def new_public_token(business_id: UUID) -> str:
    """Return an unguessable token of 44 URL-safe characters."""
    (token,) = new_public_tokens(business_id, 1)
    return token


def new_public_tokens(business_id: UUID, count: int) -> list[str]:
    """Return unguessable tokens drawn at once: asking for random bits lets other threads go first.

    Where many are made while others talk to a bank, each draw would wait for all of them.
    """
    place = _text(business_id.bytes)
    bits = secrets.token_bytes(count * _RANDOM_BYTES)
    ends = range(_RANDOM_BYTES, len(bits) + 1, _RANDOM_BYTES)
    return [place + _text(bits[end - _RANDOM_BYTES : end]) for end in ends]


def _text(of: bytes) -> str:
    return base64.urlsafe_b64encode(of).rstrip(b"=").decode()


def business_of_token(token: str) -> UUID | None:
    """Return the business a token claims to belong to, or None when it is not shaped like one."""
    if not _SHAPE.fullmatch(token):
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(token[:_ID_CHARS] + "=="))
    except (binascii.Error, ValueError):
        return None
