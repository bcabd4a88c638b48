"""The digits of a code, and the keyed hashes that are kept of it."""

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

from core.tenancy import active_business_id
from core.text import normalise_code
from customers.enums import IdentityKind
from customers.queries.identities import digest, key_of

DIGITS: Final = 6


def new_digits() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def as_typed(code: str) -> str:
    """Return a typed code with Latin digits and without the spaces people put in it."""
    return "".join(normalise_code(code[: 10 * DIGITS].replace("\x00", "")).split())


def code_hash(code_id: UUID, about: str, digits: str) -> bytes:
    """Return what is kept of a code: it fits this row, what it is about, and this business only."""
    text = f"code:{code_id}:{about}:{digits}"
    return hmac.digest(key_of(active_business_id()), text.encode(), hashlib.sha256)


def mobile_hash(mobile: str) -> bytes:
    """Return the hash under which the mobile is known as an identity."""
    return digest(key_of(active_business_id()), IdentityKind.MOBILE, mobile)


def whose_hash(whom: str) -> bytes:
    """Return the hash under which somebody's codes are counted."""
    text = f"codes:{whom}"
    return hmac.digest(key_of(active_business_id()), text.encode(), hashlib.sha256)
