"""Why a friend does not count: asked when they come, and again before anybody is rewarded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id, works_here
from core.calendar import add_months, business_day, day_start, month_start
from core.tenancy import active_business_id
from customers.enums import IdentityKind
from customers.queries.likeness import bought_before, contacts_of, shared_with
from loyalty.enums import LIVE_REFERRAL, ReferralRefusal
from loyalty.models import Referral

_CONTACTS: Final = frozenset({IdentityKind.MOBILE, IdentityKind.EMAIL})
# Who brought whom, upwards. UNION ends a circle, whoever made one.
_ABOVE: Final = """
WITH RECURSIVE above AS (
    SELECT %(customer)s::uuid AS id
    UNION
    SELECT r.referrer_id FROM above a
    JOIN loyalty_referral r ON r.business_id = %(business)s AND r.friend_id = a.id
        AND r.state = ANY(%(live)s)
)
SELECT id FROM above
"""


@dataclass(frozen=True, slots=True)
class Brought:
    """A friend and who told them; `before` is until when they must not have bought.

    `purchase_id` is the first purchase itself, once there is one.
    """

    referrer_id: UUID
    friend_id: UUID
    before: datetime
    purchase_id: UUID | None = None


def why_not(brought: Brought) -> ReferralRefusal | None:
    """Return the reason why these two are not rewarded, None when there is none."""
    if brought.referrer_id == brought.friend_id:
        return ReferralRefusal.SELF
    if bought_before(brought.friend_id, brought.before, but=brought.purchase_id):
        return ReferralRefusal.NOT_NEW
    above = _above(brought.referrer_id)
    if brought.friend_id in above:
        return ReferralRefusal.RING
    # A chain of profiles of one person shares a card somewhere up the chain.
    return _too_alike(brought, above)


def _too_alike(brought: Brought, above: list[UUID]) -> ReferralRefusal | None:
    shared = shared_with(brought.friend_id, above)
    if IdentityKind.CARD in shared:
        return ReferralRefusal.SAME_CARD
    if shared & _CONTACTS:
        return ReferralRefusal.SAME_CONTACT
    contacts = contacts_of([brought.referrer_id, brought.friend_id])
    if works_here(active_business_id(), contacts):
        return ReferralRefusal.STAFF
    return None


def brought_this_month(referrer_id: UUID, now: datetime) -> int:
    """Return how many friends of one customer count in this Jalali month so far."""
    since, until = month_of(now)
    rows = Referral.objects.filter(referrer=referrer_id, state__in=LIVE_REFERRAL)
    return rows.filter(made_at__gte=since, made_at__lt=until).count()


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the bounds of the business's Jalali month around a moment."""
    zone = business_by_id(active_business_id()).timezone
    first = month_start(business_day(now, zone))
    return day_start(first, zone), day_start(add_months(first, 1), zone)


def _above(customer_id: UUID) -> list[UUID]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customer": customer_id,
        "live": [state.value for state in LIVE_REFERRAL],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, values)
        return [row[0] for row in cursor.fetchall()]
