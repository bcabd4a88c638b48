"""Members and API keys."""

import secrets
import string
import zlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from businesses.enums import EVERYDAY_SCOPES, Role, Scope
from businesses.models import ApiKey, Business, Device, Membership, User
from businesses.operations.trail import record_audit
from businesses.queries.access import hash_key
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from core.text import normalise

_ALPHABET: Final = string.ascii_letters + string.digits
_SECRET_LENGTH: Final = 32
_SHOWN: Final = 14
ROTATION_GRACE: Final = timedelta(hours=24)


def key_checksum(body: str) -> str:
    """Return the six characters that let scanners and clients spot a mistyped key offline."""
    number, digits = zlib.crc32(body.encode()), ""
    for _position in range(6):
        number, digit = divmod(number, len(_ALPHABET))
        digits += _ALPHABET[digit]
    return digits


@transaction.atomic
def issue_api_key(
    *,
    business_id: UUID,
    name: str,
    now: datetime,
    scopes: Collection[str] = EVERYDAY_SCOPES,
    created_by: User | None = None,
) -> tuple[ApiKey, str]:
    """Create a key; return it with the plaintext, which is never shown again.

    What only an owner's software may do (OWNERS_SCOPES) is given by name.
    """
    business = Business.objects.get(id=business_id)
    mode = "test" if business.test_of_id else "live"
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    plaintext = f"vk_{mode}_{secret}{key_checksum(secret)}"
    key = ApiKey.objects.create(
        business=business,
        name=normalise(name) or str(_("API key")),
        prefix=plaintext[:_SHOWN],
        key_hash=hash_key(plaintext),
        scopes=sorted(Scope(scope) for scope in scopes),
        created_at=now,
        created_by=created_by,
    )
    _audit(key, "api_key.issued", created_by, now)
    return key, plaintext


@transaction.atomic
def revoke_api_key(*, key_id: UUID, business_id: UUID, now: datetime, by: User | None) -> None:
    """Make a key useless at once. Raises NotFound for keys of others."""
    key = _own_key(key_id, business_id)
    if key.revoked_at is None:
        ApiKey.objects.filter(id=key.id).update(revoked_at=now)
        _audit(key, "api_key.revoked", by, now)


@transaction.atomic
def rotate_api_key(
    *, key_id: UUID, business_id: UUID, now: datetime, by: User | None
) -> tuple[ApiKey, str]:
    """Issue a successor with the same rights; the old key works on for a grace period.

    Raises NotFound for keys of others, and for those that no longer open anything.
    """
    old = _own_key(key_id, business_id)
    ends = min(old.expires_at or now + ROTATION_GRACE, now + ROTATION_GRACE)
    if old.revoked_at is not None or ends <= now:
        raise NotFound(_("There is no such API key."))
    ApiKey.objects.filter(id=old.id).update(expires_at=ends)
    key, plaintext = issue_api_key(
        business_id=old.business_id, name=old.name, now=now, scopes=old.scopes, created_by=by
    )
    with acting_for(old.business_id):
        # The successor speaks for the same device; the old key does until it ends.
        for device in Device.objects.filter(key_ids__contains=[old.id]):
            device.key_ids = [*device.key_ids, key.id]
            device.save(update_fields=["key_ids"])
    return key, plaintext


@transaction.atomic
def add_member(
    *, business_id: UUID, user: User, role: str, now: datetime, by: User | None = None
) -> Membership:
    """Give a person a role in a business, or change it. Raises Problem `last_owner`."""
    if Role(role) != Role.OWNER:
        _demand_another_owner(business_id, user)
    member, _created = Membership.objects.update_or_create(
        business_id=business_id, user=user, defaults={"role": Role(role)}
    )
    with acting_for(business_id):
        record_audit(
            action="member.added", subject=str(user), data={"role": role}, actor=by, now=now
        )
    return member


def _demand_another_owner(business_id: UUID, user: User) -> None:
    """Refuse to take the ownership of the only owner: nobody could give it back."""
    # The rows are locked, so two owners cannot demote each other at the same time.
    owners = Membership.objects.select_for_update().filter(business_id=business_id, role=Role.OWNER)
    if [owner.user_id for owner in owners] == [user.id]:
        raise Problem("last_owner", _("A business needs an owner; name another one first."))


def touch_api_key(*, key_id: UUID, now: datetime) -> None:
    """Note that a key was used (callers do so at most once a minute)."""
    ApiKey.objects.filter(id=key_id).update(last_used_at=now)


def _own_key(key_id: UUID, business_id: UUID) -> ApiKey:
    keys = ApiKey.objects.select_for_update(of=("self",)).select_related("business")
    key = keys.filter(id=key_id).first()
    if key is None or business_id not in {key.business_id, key.business.test_of_id}:
        raise NotFound(_("There is no such API key."))
    return key


def _audit(key: ApiKey, action: str, by: User | None, now: datetime) -> None:
    with acting_for(key.business_id):
        record_audit(action=action, subject=key.prefix, data={}, actor=by, now=now)
