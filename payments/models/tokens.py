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
    place = base64.urlsafe_b64encode(business_id.bytes).rstrip(b"=").decode()
    return place + secrets.token_urlsafe(_RANDOM_BYTES)


def business_of_token(token: str) -> UUID | None:
    """Return the business a token claims to belong to, or None when it is not shaped like one."""
    if not _SHAPE.fullmatch(token):
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(token[:_ID_CHARS] + "=="))
    except (binascii.Error, ValueError):
        return None
