"""Whose time has come, over all businesses (seen by the worker role alone)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import across_businesses

_BUSINESSES: Final = """
SELECT business_id FROM loyalty_lot WHERE state = 'active' AND expires_at <= %(now)s
UNION SELECT business_id FROM loyalty_lot WHERE state = 'pending' AND activates_at <= %(now)s
UNION SELECT business_id FROM loyalty_redemption WHERE state = 'reserved' AND expires_at <= %(now)s
UNION SELECT business_id FROM loyalty_giftcarduse
    WHERE state = 'reserved' AND expires_at <= %(now)s
UNION SELECT business_id FROM loyalty_couponuse
    WHERE state = 'reserved' AND expires_at <= %(now)s
UNION SELECT business_id FROM loyalty_giftcard WHERE balance_rial > 0 AND expires_at <= %(now)s
UNION SELECT business_id FROM loyalty_referral WHERE next_at <= %(now)s
UNION SELECT business_id FROM loyalty_customeroccasion WHERE next_at <= %(now)s
UNION SELECT business_id FROM loyalty_sharedday WHERE state = 'planned' AND due_at <= %(now)s
UNION SELECT business_id FROM loyalty_milestone WHERE next_at <= %(now)s
UNION SELECT business_id FROM loyalty_wallet
    WHERE window_ends_at <= %(now)s AND joined_to IS NULL
UNION SELECT business_id FROM loyalty_wallet WHERE grace_until <= %(now)s AND joined_to IS NULL
"""


def businesses_with_due_work(now: datetime) -> list[UUID]:
    """Return the businesses with lots, holds, tier windows or recommendations to settle."""
    with across_businesses(why="the sweeper looks for due work"), connection.cursor() as cursor:
        cursor.execute(_BUSINESSES, {"now": now})
        return sorted(row[0] for row in cursor.fetchall())
