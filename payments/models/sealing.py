"""Secrets of payments at rest: encrypted, and bound to the row they belong to."""

import json
from collections.abc import Mapping
from uuid import UUID

from core import sealing


def seal(credentials: Mapping[str, str], *, business_id: UUID, account_id: UUID) -> bytes:
    """Encrypt credentials for one account."""
    return sealing.seal(json.dumps(dict(credentials)), about=_about(business_id, account_id))


def unseal(sealed: bytes, *, business_id: UUID, account_id: UUID) -> dict[str, str]:
    """Decrypt credentials; raises CannotUnseal for a lost key or a moved ciphertext."""
    opened: dict[str, str] = json.loads(
        sealing.unseal(bytes(sealed), about=_about(business_id, account_id))
    )
    return opened


def seal_of_mandate(text: str, *, column: str, business_id: UUID, mandate_id: UUID) -> bytes | None:
    """Encrypt a column of one mandate; None for an empty text."""
    if not text:
        return None
    return sealing.seal(text, about=_of_mandate(column, business_id, mandate_id))


def unseal_of_mandate(
    sealed: bytes | memoryview | None, *, column: str, business_id: UUID, mandate_id: UUID
) -> str:
    """Decrypt a column of one mandate; "" for none. Raises CannotUnseal."""
    if sealed is None:
        return ""
    return sealing.unseal(bytes(sealed), about=_of_mandate(column, business_id, mandate_id))


def seal_of_inquiry(text: str, *, business_id: UUID, inquiry_id: UUID) -> bytes:
    """Encrypt what an inquiry found."""
    return sealing.seal(text, about=_of_inquiry(business_id, inquiry_id))


def unseal_of_inquiry(sealed: bytes | memoryview, *, business_id: UUID, inquiry_id: UUID) -> str:
    """Decrypt what an inquiry found. Raises CannotUnseal."""
    return sealing.unseal(bytes(sealed), about=_of_inquiry(business_id, inquiry_id))


def _of_inquiry(business_id: UUID, inquiry_id: UUID) -> str:
    return f"payments_inquiry.found.{business_id}.{inquiry_id}"


def _about(business_id: UUID, account_id: UUID) -> str:
    return f"payments_provideraccount.credentials.{business_id}.{account_id}"


def _of_mandate(column: str, business_id: UUID, mandate_id: UUID) -> str:
    return f"payments_mandate.{column}.{business_id}.{mandate_id}"
