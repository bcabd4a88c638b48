"""What may follow from points just earned; hardly ever does, and is paid for only then."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from loyalty.events import TierChanged
from loyalty.operations.claim import claim_lots
from loyalty.operations.leaving.ending import end_all
from loyalty.operations.standing import look_at_due
from loyalty.queries.programme import Terms
from outbox.operations import publish

# A balance below zero is repaid from the new lots, oldest first (rule R21).
_REPAY: Final = Prepared(
    """
WITH share AS (
    SELECT l.id, l.customer_id, GREATEST(0, LEAST(l.earned_points,
        SUM(l.earned_points) OVER (PARTITION BY l.customer_id) - w.balance_points - (
            SUM(l.earned_points) OVER (PARTITION BY l.customer_id ORDER BY l.earned_at, l.id)
            - l.earned_points))) AS repaid
    FROM loyalty_lot l
    JOIN loyalty_wallet w ON w.business_id = l.business_id AND w.id = l.customer_id
    WHERE l.business_id = %(business)s AND l.id = ANY(%(purchases)s::uuid[])
        AND l.state = 'active' AND l.earned_points > 0
),
lot AS (
    UPDATE loyalty_lot l SET remaining_points = l.earned_points - s.repaid,
        state = CASE WHEN l.earned_points = s.repaid THEN 'consumed' ELSE l.state END
    FROM share s WHERE l.business_id = %(business)s AND l.id = s.id AND s.repaid > 0
)
INSERT INTO loyalty_ledgerentry
    (id, business_id, customer_id, lot_id, purchase_id, kind,
     points, pending_points, contingent_points, at, data)
SELECT app_new_id(), %(business)s, s.customer_id, side.lot_id, s.id, 'repay',
    side.points, 0, 0, %(now)s, '{}'
FROM share s, LATERAL (VALUES (s.id, -s.repaid), (NULL, s.repaid)) AS side (lot_id, points)
WHERE s.repaid > 0
""",
    business="uuid",
    now="timestamptz",
    purchases="uuid[]",
)
_RISE: Final = Prepared(
    """
WITH risen AS (
    INSERT INTO loyalty_customertier AS c
        (id, business_id, customer_id, tier_id, since, reason, before)
    SELECT w.id, %(business)s, w.id, t.id, %(now)s, '',
        CASE WHEN %(revoke_days)s > 0 THEN '[{"tier": null}]'::jsonb ELSE '[]' END
    FROM loyalty_wallet w
    JOIN LATERAL (
        SELECT id, position FROM loyalty_tier
        WHERE business_id = %(business)s AND threshold_rial <= w.qualifying_rial
        ORDER BY threshold_rial DESC LIMIT 1
    ) t ON t.position > %(base_position)s
    LEFT JOIN loyalty_customertier h ON h.business_id = %(business)s AND h.id = w.id
    LEFT JOIN loyalty_tier held ON held.business_id = %(business)s AND held.id = h.tier_id
    WHERE w.business_id = %(business)s AND w.id = ANY(%(customers)s::uuid[])
        AND (held.position IS NULL OR t.position > held.position)
    ON CONFLICT (business_id, id) DO UPDATE SET
        tier_id = excluded.tier_id, since = excluded.since, granted_until = NULL, reason = '',
        before = CASE WHEN %(revoke_days)s = 0 OR c.granted_until > %(now)s THEN '[]'
            ELSE c.before || jsonb_build_object('tier', c.tier_id, 'since', c.since) END
    RETURNING c.id, c.tier_id
)
SELECT r.id, r.tier_id, t.name FROM risen r
JOIN loyalty_tier t ON t.business_id = %(business)s AND t.id = r.tier_id
""",
    business="uuid",
    now="timestamptz",
    customers="uuid[]",
    base_position="int",
    revoke_days="int",
)


@dataclass(frozen=True, slots=True)
class Posted:
    """A purchase's points in their owner's wallet, and what may have to follow."""

    purchase_id: UUID
    customer_id: UUID
    spendable_points: int
    balance_points: int
    may_rise: bool
    has_waiting: bool
    has_left: bool


def follow_up(posted: Sequence[Posted], current: Terms, now: datetime) -> None:
    """Repay balances below zero, announce higher tiers, hand out what waited for known people."""
    _repay(posted, now)
    _raise(list({one.customer_id for one in posted if one.may_rise}), current, now)
    for customer in dict.fromkeys(one.customer_id for one in posted if one.has_waiting):
        claim_lots(customer_id=customer, now=now)
    # Whoever left in the moment of the sale: the wallet said so only when it was taken.
    for customer in dict.fromkeys(one.customer_id for one in posted if one.has_left):
        end_all(customer, now)


def _repay(posted: Sequence[Posted], now: datetime) -> None:
    spendable = Counter[UUID]()
    for one in posted:
        spendable[one.customer_id] += one.spendable_points
    owing = [one.purchase_id for one in posted if one.balance_points < spendable[one.customer_id]]
    if owing:
        _REPAY.rows({"business": active_business_id(), "now": now, "purchases": owing})


def _raise(customers: list[UUID], current: Terms, now: datetime) -> None:
    if not customers:
        return
    look_at_due(customers, current, now)
    wanted = {
        "customers": customers,
        "base_position": current.base_position,
        "revoke_days": current.tier_revoke_days,
    }
    risen = [
        TierChanged(customer_id=customer, tier_id=tier, tier_name=name, is_upgrade=True)
        for customer, tier, name in _RISE.rows(
            {"business": active_business_id(), "now": now} | wanted
        )
    ]
    publish(risen, now=now)
