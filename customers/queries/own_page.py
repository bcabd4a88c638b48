"""The customer's own page: the address of it, and who holds it open."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from core.tenancy import active_business_id
from customers.enums import CodePurpose, CodeState, CustomerStatus, IdentityKind
from customers.models import Customer, OneTimeCode
from customers.queries.identities import digest, key_of
from customers.queries.merging import survivor_of

STAYS_OPEN: Final = timedelta(hours=2)
_ID_BYTES: Final = 16
_MAC_BYTES: Final = 12
_LENGTH: Final = 59
_OPENS: Final = (CodePurpose.PAGE, CodePurpose.CLAIM)


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a signed address points to: something of a business."""

    business_id: UUID
    of_id: UUID


def page_token(customer_id: UUID) -> str:
    """Return the signed token of a customer's page: it leads to a code by SMS, never past it."""
    return sign("customers.page", active_business_id(), customer_id)


def page_url(customer_id: UUID) -> str:
    """Return the address that is texted to a customer."""
    return f"{settings.BASE_URL}/me/{page_token(customer_id)}/"


def pointed_by(token: str) -> Pointed | None:
    """Return whose page a token is of; None for one we did not sign."""
    return unsign("customers.page", token)


def claim_token(purchase_id: UUID) -> str:
    """Return the signed token under which the points of a purchase are claimed."""
    return sign("customers.claim", active_business_id(), purchase_id)


def claimed_by(token: str) -> Pointed | None:
    """Return which purchase a token is of; None for one we did not sign."""
    return unsign("customers.claim", token)


def sign(what: str, business_id: UUID, of_id: UUID) -> str:
    """Return 59 URL-safe characters that carry both ids and 96 bits of a keyed hash."""
    ids = business_id.bytes + of_id.bytes
    return base64.urlsafe_b64encode(ids + _mac(what, ids)).rstrip(b"=").decode()


def unsign(what: str, token: str) -> Pointed | None:
    """Return what a token of `sign` carries, or None."""
    if len(token) != _LENGTH or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(f"{token}=")
    except (binascii.Error, ValueError):
        return None
    found = Pointed(UUID(bytes=raw[:_ID_BYTES]), UUID(bytes=raw[_ID_BYTES : 2 * _ID_BYTES]))
    good = sign(what, found.business_id, found.of_id)
    return found if hmac.compare_digest(token, good) else None


def holder(code_id: UUID, now: datetime) -> UUID | None:
    """Return who opened their page with this code, while that lasts and the mobile is still theirs.

    A code for claiming points proves the mobile as well, and opens the page of its claimer.
    """
    code = OneTimeCode.objects.filter(
        id=code_id,
        purpose__in=_OPENS,
        state=CodeState.USED,
        finished_at__gt=now - STAYS_OPEN,
        customer__isnull=False,
    ).first()
    if code is None or code.customer_id is None:
        return None
    person = Customer.objects.filter(id=survivor_of(code.customer_id)).first()
    if person is None or person.mobile is None or person.status == CustomerStatus.ERASED:
        return None
    known = digest(key_of(active_business_id()), IdentityKind.MOBILE, person.mobile)
    return person.id if known == bytes(code.mobile_hmac) else None


def _mac(what: str, ids: bytes) -> bytes:
    return salted_hmac(what, ids, algorithm="sha256").digest()[:_MAC_BYTES]
