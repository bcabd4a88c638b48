"""Provider credentials at rest: encrypted, and bound to the row they belong to."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(RuntimeError):
    """The ciphertext was made with a key we no longer have, or belongs to another row."""


def seal(credentials: Mapping[str, str], *, business_id: UUID, account_id: UUID) -> bytes:
    """Encrypt credentials for one account."""
    bound = {"of": _owner(business_id, account_id), "is": dict(credentials)}
    return _box(tuple(settings.FIELD_KEYS)).encrypt(json.dumps(bound).encode())


def unseal(sealed: bytes, *, business_id: UUID, account_id: UUID) -> dict[str, str]:
    """Decrypt credentials; raise Unreadable for a lost key or a moved ciphertext."""
    try:
        bound = json.loads(_box(tuple(settings.FIELD_KEYS)).decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise Unreadable(str(account_id)) from error
    if bound["of"] != _owner(business_id, account_id):
        raise Unreadable(str(account_id))
    return dict(bound["is"])


def _owner(business_id: UUID, account_id: UUID) -> str:
    return f"{business_id}/{account_id}"


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    """Settings hold any long secret; Fernet wants exactly 32 bytes."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
