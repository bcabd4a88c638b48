"""The addresses of survey pages: derived, not stored, and carrying their business.

A token is the business's id and 128 bits of a keyed hash of the invitation's id. The database
keeps only the token's SHA-256, so a copy of it opens no survey page.
"""

import base64
import binascii
import hashlib
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from core.tenancy import active_business_id

_ID_BYTES: Final = 16
_MAC_BYTES: Final = 16
_LENGTH: Final = 43


def token_for(business_id: UUID, invitation_id: UUID) -> str:
    """Return the token of an invitation's page: 43 URL-safe characters."""
    secret = salted_hmac("feedback.invitation", business_id.bytes, algorithm="sha256").digest()
    mac = salted_hmac(secret, invitation_id.bytes, algorithm="sha256").digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(business_id.bytes + mac).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """Return the hash under which a token is found."""
    return hashlib.sha256(token.encode()).digest()


def browser_hash(name: str) -> bytes:
    """Return what is kept of a browser's name: it tells two apart, here and nowhere else."""
    business = active_business_id().bytes
    return salted_hmac("feedback.browser", business + name.encode(), algorithm="sha256").digest()


def business_of(token: str) -> UUID | None:
    """Return the business a token claims to belong to, or None for what is no token."""
    if len(token) != _LENGTH or not token.isascii():
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(f"{token}=")[:_ID_BYTES])
    except (binascii.Error, ValueError):
        return None


def survey_url(token: str) -> str:
    """Return the public address of a survey page."""
    return f"{settings.BASE_URL}/s/{token}/"
