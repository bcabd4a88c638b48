"""A new business, ready to sell in one call."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from businesses.enums import Role, Vertical
from businesses.events import BusinessCreated
from businesses.models import Branch, Business, Membership, User
from core.errors import Problem
from core.ids import new_spoken_code
from core.tenancy import acting_for
from core.text import normalise
from outbox.operations import publish

_MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Founded:
    """A new business with its test twin."""

    business_id: UUID
    test_business_id: UUID
    slug: str


@transaction.atomic
def create_business(
    *,
    name: str,
    vertical: str,
    owner: User,
    now: datetime,
    slug: str = "",
    timezone: str = "Asia/Tehran",
) -> Founded:
    """Create a business, its test twin, first branch and the owner's membership.

    Other apps lay out their defaults on `business.created`. Raises Problem `invalid_name`.
    """
    clean = business_name(name)
    live = _open(clean, vertical, slug or _slug_for(clean), timezone, None, now)
    twin = _open(clean, vertical, f"{live.slug}-test", timezone, live, now)
    Membership.objects.create(user=owner, business=live, role=Role.OWNER)
    return Founded(live.id, twin.id, live.slug)


@transaction.atomic
def sign_up(
    *, user: User, business_name: str, vertical: str = Vertical.OTHER, now: datetime
) -> Founded:
    """Give a new user a working business."""
    return create_business(name=business_name, vertical=vertical, owner=user, now=now)


def business_name(text: str) -> str:
    """Return a name as it is stored. Raises Problem `invalid_name`."""
    clean = normalise(text)
    if not clean or len(clean) > _MAX_NAME:
        raise Problem(
            "invalid_name", _("Give the business a name of at most 120 letters."), about="name"
        )
    return clean


def _open(  # noqa: PLR0917 - the columns of one row
    name: str, vertical: str, slug: str, timezone: str, test_of: Business | None, now: datetime
) -> Business:
    business = Business.objects.create(
        name=name,
        slug=slug,
        vertical=Vertical(vertical),
        timezone=timezone,
        test_of=test_of,
        identity_key=secrets.token_bytes(32),
        created_at=now,
    )
    with acting_for(business.id):
        Branch.objects.create(code="main", name=name)
        event = BusinessCreated(
            business_id=business.id, vertical=business.vertical, is_test=test_of is not None
        )
        publish([event], now=now)
    return business


def _slug_for(name: str) -> str:
    latin = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:32]
    return f"{latin or 'shop'}-{new_spoken_code(6).lower()}"
