"""What time alone changes: points becoming spendable, expiring, holds running out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.enums import Module
from businesses.queries import business_by_id
from core.tenancy import active_business_id, operation
from loyalty.enums import RedemptionState
from loyalty.models import Redemption
from loyalty.operations.coupons import release_overdue_coupons
from loyalty.operations.gift_cards import expire_gift_cards, release_overdue_uses
from loyalty.operations.milestones import reach_milestones
from loyalty.operations.movements import settle
from loyalty.operations.occasions import celebrate_due
from loyalty.operations.redeem import release_overdue_hold
from loyalty.operations.referrals import settle_due_referrals
from loyalty.operations.shared_days import celebrate_shared_day
from loyalty.operations.standing import close_windows

HOLDS: Final = 500
# Lots of one transaction: many enough that a night's million is done in minutes, few enough that
# whoever wants to buy meanwhile waits for a fraction of a second.
LOTS: Final = 2_000

# Wallets of customers with lots due, locked in order of id; busy ones are left for the next tick.
_DUE: Final = """
SELECT w.id FROM loyalty_wallet w
WHERE w.business_id = %(business)s AND w.id IN (
    SELECT customer_id FROM loyalty_lot
    WHERE business_id = %(business)s AND state = %(state)s AND {due} <= %(now)s
    ORDER BY {due} LIMIT %(limit)s
)
ORDER BY w.id FOR UPDATE SKIP LOCKED
"""
_EXPIRING: Final = _DUE.format(due="expires_at")
_ACTIVATING: Final = _DUE.format(due="activates_at")


@operation
def activate_due(*, now: datetime) -> int:
    """Make pending lots spendable whose time has come; return how many lots moved."""
    return _settle_due(_ACTIVATING, "pending", now)


@operation
def expire_due(*, now: datetime) -> int:
    """Write off lots past their date; return how many. Balances ignore them even before (R11)."""
    return _settle_due(_EXPIRING, "active", now)


@operation
def release_overdue_holds(*, now: datetime) -> int:
    """Give back the points of holds that ran out; return how many."""
    overdue = Redemption.objects.filter(state=RedemptionState.RESERVED, expires_at__lte=now)
    ids = list(overdue.order_by("expires_at").values_list("id", flat=True)[:HOLDS])
    return sum(release_overdue_hold(redemption_id=one, now=now) for one in ids)


# What rests while its part of the product is switched off.
_OF_MODULES: Final[dict[Callable[..., int], Module]] = {
    settle_due_referrals: Module.REFERRALS,
    celebrate_due: Module.OCCASIONS,
    celebrate_shared_day: Module.OCCASIONS,
    reach_milestones: Module.ENGAGEMENT,
}
_STEPS: Final[tuple[Callable[..., int], ...]] = (
    release_overdue_holds,
    activate_due,
    expire_due,
    close_windows,
    release_overdue_uses,
    expire_gift_cards,
    release_overdue_coupons,
    settle_due_referrals,
    celebrate_due,
    celebrate_shared_day,
    reach_milestones,
)


@operation
def sweep_business(*, now: datetime) -> int:
    """Do one batch of everything due in the active business; return how much was done."""
    business = business_by_id(active_business_id())
    resting = {step for step, module in _OF_MODULES.items() if not business.has(module)}
    return sum(step(now=now) for step in _STEPS if step not in resting)


def _settle_due(sql: str, state: str, now: datetime) -> int:
    customers = _lock_due(sql, state, now)
    return settle(customers, now) if customers else 0


def _lock_due(sql: str, state: str, now: datetime) -> list[UUID]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "state": state,
        "now": now,
        "limit": LOTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
