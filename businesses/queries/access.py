"""Memberships and API keys: asked before the business is known."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from businesses.enums import Role
from businesses.models import ApiKey, Membership
from businesses.queries.tenants import BusinessInfo, business_by_id
from core.tenancy.prepared import Prepared

# Asked by every API request.
_CALLER: Final = Prepared(
    """
SELECT k.id, k.business_id, k.scopes, b.test_of_id IS NOT NULL, k.expires_at, k.revoked_at,
       k.last_used_at
FROM businesses_apikey k JOIN businesses_business b ON b.id = k.business_id AND b.is_active
WHERE k.key_hash = %(hash)s
""",
    hash="bytea",
)
# The same asked again by who remembers the answer: stops the transaction where it has changed.
_STILL: Final = Prepared(
    """
SELECT app_demand(EXISTS (
    SELECT FROM businesses_apikey k
    JOIN businesses_business b ON b.id = k.business_id AND b.is_active
    WHERE k.key_hash = %(hash)s AND k.id = %(id)s AND k.business_id = %(business)s
        AND k.scopes <@ %(scopes)s AND k.scopes @> %(scopes)s AND k.revoked_at IS NULL
        AND k.expires_at IS NOT DISTINCT FROM %(expires)s))
""",
    hash="bytea",
    id="uuid",
    business="uuid",
    scopes="text[]",
    expires="timestamptz",
)
_MOST: Final = 10_000
_remembered: dict[bytes, "Caller"] = {}
_RANK: Final = {
    Role.CASHIER: {Role.CASHIER, Role.MANAGER, Role.OWNER},
    Role.ANALYST: {Role.ANALYST, Role.MANAGER, Role.OWNER},
    Role.MANAGER: {Role.MANAGER, Role.OWNER},
    Role.OWNER: {Role.OWNER},
}


@dataclass(frozen=True, slots=True)
class Caller:
    """The program behind an API key."""

    key_id: UUID
    business_id: UUID
    scopes: frozenset[str]
    is_test: bool
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    key_hash: bytes
    is_remembered: bool = False

    def demand(self) -> None:
        """Let the transaction's next statement fail where the key is not what is remembered.

        `core.tenancy.prepared.holds_no_more` knows that failure.
        """
        if self.is_remembered:
            _STILL.later(
                {
                    "hash": self.key_hash,
                    "id": self.key_id,
                    "business": self.business_id,
                    "scopes": list(self.scopes),
                    "expires": self.expires_at,
                },
                owed=True,
            )

    def forget(self) -> None:
        """Have the key read again when it is shown next."""
        _remembered.pop(self.key_hash, None)


@dataclass(frozen=True, slots=True)
class MembershipInfo:
    """A person's place in one business."""

    business: BusinessInfo
    role: Role


def hash_key(plaintext: str) -> bytes:
    """Return the SHA-256 under which a key is stored."""
    return hashlib.sha256(plaintext.encode()).digest()


def caller_by_key(plaintext: str) -> Caller | None:
    """Return who a key belongs to, expired and revoked ones included; None when unknown."""
    key_hash = hash_key(plaintext)
    found = _CALLER.rows({"hash": key_hash})
    if not found:
        return None
    key_id, business_id, scopes, is_test, expires_at, revoked_at, last_used_at = found[0]
    return Caller(
        key_id=key_id,
        business_id=business_id,
        scopes=frozenset(scopes),
        is_test=is_test,
        expires_at=expires_at,
        revoked_at=revoked_at,
        last_used_at=last_used_at,
        key_hash=key_hash,
    )


def remembered_caller(plaintext: str) -> Caller | None:
    """Return who a key belonged to when this process last read it; None when it is to be read.

    Whoever acts on it calls `demand` in the same transaction.
    """
    return _remembered.get(hash_key(plaintext))


def remember_caller(caller: Caller, used_at: datetime) -> None:
    """Keep what was read of a good key."""
    if len(_remembered) >= _MOST:
        _remembered.clear()
    _remembered[caller.key_hash] = replace(caller, last_used_at=used_at, is_remembered=True)


def keys_of(business_id: UUID) -> QuerySet[ApiKey]:
    """Return a business's keys and those of its test twin, newest first."""
    own = ApiKey.objects.filter(business_id=business_id)
    twin = ApiKey.objects.filter(business__test_of_id=business_id)
    return (own | twin).select_related("business").order_by("-created_at")


def members_of(business_id: UUID) -> QuerySet[Membership]:
    """Return a business's members with their users."""
    rows = Membership.objects.filter(business_id=business_id)
    return rows.select_related("user").order_by("created_at")


def membership(user_id: UUID, slug: str) -> MembershipInfo | None:
    """Return a person's place in the business of that address, or None for outsiders.

    Members of a business are members of its test twin.
    """
    rows = Membership.objects.filter(user_id=user_id, business__is_active=True)
    row = rows.filter(business__slug=slug).first()
    if row is not None:
        return MembershipInfo(business_by_id(row.business_id), Role(row.role))
    twin = rows.filter(business__test_twin__slug=slug).select_related("business__test_twin").first()
    if twin is None:
        return None
    return MembershipInfo(business_by_id(twin.business.test_twin.id), Role(twin.role))


def memberships_of(user_id: UUID) -> list[MembershipInfo]:
    """Return the businesses a person works for, oldest membership first."""
    rows = Membership.objects.filter(user_id=user_id, business__is_active=True)
    return [
        MembershipInfo(business_by_id(row.business_id), Role(row.role))
        for row in rows.order_by("created_at")
    ]


def role_may(role: Role, needed: Collection[Role]) -> bool:
    """Tell whether a role covers any of the needed ones (owners cover all)."""
    return any(role in _RANK[Role(one)] for one in needed)
