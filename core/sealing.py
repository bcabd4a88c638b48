"""Secrets at rest: AES-256-GCM, bound to the row they belong to, keys rotatable.

A sealed value is `v1 | key id (4) | nonce (12) | ciphertext and tag`. Moved to another row it no
longer opens, because what it is `about` is authenticated with it.
"""

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION: Final = b"\x01"
_KEY_ID_LENGTH: Final = 4
_NONCE_LENGTH: Final = 12


class CannotUnseal(Exception):
    """The value was sealed for another row, by an unknown key, or was altered."""


def seal(plaintext: str, *, about: str) -> bytes:
    """Encrypt a text with the newest key; `about` names table, column, business and row."""
    key = _key(settings.FIELD_KEYS[0])
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    sealed = AESGCM(key).encrypt(nonce, plaintext.encode(), about.encode())
    return _VERSION + _key_id(key) + nonce + sealed


def unseal(sealed: bytes, *, about: str) -> str:
    """Return the text; raises CannotUnseal."""
    version, key_id = sealed[:1], sealed[1 : 1 + _KEY_ID_LENGTH]
    key = {_key_id(key): key for key in map(_key, settings.FIELD_KEYS)}.get(key_id)
    if version != _VERSION or key is None:
        raise CannotUnseal("unknown key")
    body = sealed[1 + _KEY_ID_LENGTH :]
    try:
        opened = AESGCM(key).decrypt(body[:_NONCE_LENGTH], body[_NONCE_LENGTH:], about.encode())
    except InvalidTag as error:
        raise CannotUnseal("altered, or sealed for another row") from error
    return opened.decode()


def reseal(sealed: bytes, *, about: str) -> bytes | None:
    """Seal a value again with the newest key; None when it is already. Raises CannotUnseal."""
    newest = _key_id(_key(settings.FIELD_KEYS[0]))
    if sealed[1 : 1 + _KEY_ID_LENGTH] == newest:
        return None
    return seal(unseal(sealed, about=about), about=about)


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"vafa field key" + secret.encode()).digest()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_KEY_ID_LENGTH]
