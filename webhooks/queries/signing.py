"""How a receiver knows a message is ours: Standard Webhooks, HMAC-SHA256 by a shared secret."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Return a secret as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed(*, key: UUID, body: bytes, held: Sequence[str], at: datetime) -> dict[str, str]:
    """Return the headers of a message: id, time, and a signature by each secret."""
    moment = str(int(at.timestamp()))
    covered = b".".join((str(key).encode(), moment.encode(), body))
    return {
        "Content-Type": "application/json",
        "webhook-id": str(key),
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(one, covered) for one in held),
    }


def _signature(secret: str, covered: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, covered, hashlib.sha256)).decode()
