"""Points for sales: one statement for one sale or for thousands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from core.ids import new_id
from core.tenancy import active_business_id, part_of_operation
from core.tenancy.prepared import Prepared
from loyalty.events import TierChanged
from loyalty.operations.claim import claim_lots
from loyalty.queries.programme import Terms, terms
from outbox.operations import publish

# The earn entry claims the purchase, so a second delivery falls through every later step. Wallets
# are taken in order of id. A negative balance is repaid from the new lots, oldest first.
_EARN: Final = Prepared(
    """
WITH sale AS (
    SELECT * FROM unnest(
        %(purchases)s::uuid[], %(customers)s::uuid[], %(bases)s::bigint[],
        %(earned)s::timestamptz[], %(expiries)s::timestamptz[], %(owned)s::boolean[],
        %(entries)s::uuid[]
    ) AS s (purchase_id, customer_id, base_rial, earned_at, expires_at, owned, entry_id)
),
priced AS (
    SELECT s.*, t.name AS tier, m.perk,
        CASE WHEN t.multiplier_num <> t.multiplier_den THEN jsonb_build_object(
                'tier_num', t.multiplier_num, 'tier_den', t.multiplier_den)
             WHEN t.id IS NULL AND %(base_num)s <> %(base_den)s THEN jsonb_build_object(
                'tier_num', %(base_num)s, 'tier_den', %(base_den)s)
             ELSE '{}' END AS level,
        CASE WHEN s.base_rial < %(minimum)s THEN 0 ELSE LEAST(%(cap)s::numeric, div(
            s.base_rial::numeric * %(num)s * COALESCE(t.multiplier_num, %(base_num)s)
                * COALESCE(m.num, 1),
            %(den)s::numeric * COALESCE(t.multiplier_den, %(base_den)s) * COALESCE(m.den, 1)
        ))::bigint END AS points,
        CASE WHEN NOT s.owned THEN 'contingent'
             WHEN s.earned_at + %(pending)s * interval '1 day' > %(now)s THEN 'pending'
             ELSE 'active' END AS state
    FROM sale s
    LEFT JOIN loyalty_customertier c ON c.business_id = %(business)s AND c.id = s.customer_id
    LEFT JOIN loyalty_tier t ON t.business_id = %(business)s AND t.id = c.tier_id
    LEFT JOIN LATERAL (
        SELECT p.multiplier_num AS num, p.multiplier_den AS den, jsonb_build_object(
            'member', p.name, 'member_num', p.multiplier_num, 'member_den', p.multiplier_den
        ) AS perk
        FROM loyalty_paidmembership o
        JOIN loyalty_membershipplan p ON p.business_id = o.business_id AND p.id = o.plan_id
        WHERE o.business_id = %(business)s AND o.customer_id = s.customer_id
            AND o.perks_from <= s.earned_at AND o.perks_until > s.earned_at
            AND p.multiplier_num > p.multiplier_den
        ORDER BY o.perks_until DESC LIMIT 1
    ) m ON true
),
claimed AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, purchase_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT entry_id, %(business)s, customer_id, purchase_id, purchase_id, 'earn',
        CASE state WHEN 'active' THEN points ELSE 0 END,
        CASE state WHEN 'pending' THEN points ELSE 0 END,
        CASE state WHEN 'contingent' THEN points ELSE 0 END, %(now)s,
        jsonb_build_object('base_rial', base_rial, 'num', %(num)s, 'den', %(den)s,
            'rule', %(rule_version)s, 'tier', COALESCE(tier, %(base_tier)s))
            || level || COALESCE(perk, '{}')
            || CASE WHEN base_rial < %(minimum)s THEN jsonb_build_object('least', %(minimum)s)
                    WHEN points = %(cap)s THEN jsonb_build_object('most', %(cap)s)
                    ELSE '{}' END
    FROM priced
    ON CONFLICT (business_id, purchase_id, kind) WHERE kind = 'earn' DO NOTHING
    RETURNING purchase_id
),
posted AS (SELECT priced.* FROM priced JOIN claimed USING (purchase_id)),
delta AS (
    SELECT customer_id, SUM(base_rial) FILTER (
            WHERE earned_at > %(now)s - %(window_days)s * interval '1 day') AS base_rial,
        COALESCE(SUM(points) FILTER (WHERE state = 'active'), 0) AS points,
        COALESCE(SUM(points) FILTER (WHERE state = 'pending'), 0) AS pending
    FROM posted WHERE owned GROUP BY customer_id
),
wallet AS (
    INSERT INTO loyalty_wallet AS w
        (id, business_id, customer_id, balance_points, pending_points, negative_cap_points,
         qualifying_rial, window_ends_at)
    SELECT customer_id, %(business)s, customer_id, points, pending, %(negative_cap)s,
        COALESCE(base_rial, 0), %(window_end)s
    FROM delta ORDER BY customer_id
    ON CONFLICT (business_id, id) DO UPDATE SET
        balance_points = w.balance_points + excluded.balance_points,
        pending_points = w.pending_points + excluded.pending_points,
        qualifying_rial = w.qualifying_rial + excluded.qualifying_rial
    RETURNING w.id, w.balance_points, w.qualifying_rial
),
share AS (
    SELECT p.purchase_id, GREATEST(0, LEAST(p.points, d.points - w.balance_points - (
        SUM(p.points) OVER (PARTITION BY p.customer_id ORDER BY p.earned_at, p.purchase_id)
        - p.points))) AS repaid
    FROM posted p
    JOIN delta d ON d.customer_id = p.customer_id
    JOIN wallet w ON w.id = p.customer_id
    WHERE p.state = 'active' AND p.points > 0 AND d.points > w.balance_points
),
lot AS (
    INSERT INTO loyalty_lot
        (id, business_id, customer_id, purchase_id, rule_id, origin, state, base_rial,
         earned_points, remaining_points, reversed_points, returned_rial,
         earned_at, activates_at, expires_at, state_at)
    SELECT p.purchase_id, %(business)s, p.customer_id, p.purchase_id, %(rule)s, 'purchase',
        CASE WHEN p.owned AND p.points = COALESCE(s.repaid, 0) THEN 'consumed' ELSE p.state END,
        p.base_rial, p.points, p.points - COALESCE(s.repaid, 0), 0, 0,
        p.earned_at, p.earned_at + %(pending)s * interval '1 day', p.expires_at, %(now)s
    FROM posted p LEFT JOIN share s USING (purchase_id)
),
repaid AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, purchase_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT gen_random_uuid(), %(business)s, p.customer_id, side.lot_id, p.purchase_id, 'repay',
        side.points, 0, 0, %(now)s, '{}'
    FROM share s JOIN posted p USING (purchase_id),
        LATERAL (VALUES (p.purchase_id, -s.repaid), (NULL, s.repaid)) AS side (lot_id, points)
    WHERE s.repaid > 0
),
risen AS (
    INSERT INTO loyalty_customertier AS c (id, business_id, customer_id, tier_id, since, reason)
    SELECT w.id, %(business)s, w.id, t.id, %(now)s, ''
    FROM wallet w
    JOIN LATERAL (
        SELECT id, position FROM loyalty_tier
        WHERE business_id = %(business)s AND threshold_rial <= w.qualifying_rial
        ORDER BY threshold_rial DESC LIMIT 1
    ) t ON t.position > %(base_position)s
    LEFT JOIN loyalty_customertier h ON h.business_id = %(business)s AND h.id = w.id
    LEFT JOIN loyalty_tier held ON held.business_id = %(business)s AND held.id = h.tier_id
    WHERE held.position IS NULL OR t.position > held.position
    ON CONFLICT (business_id, id) DO UPDATE SET
        tier_id = excluded.tier_id, since = excluded.since, granted_until = NULL, reason = ''
    RETURNING c.id, c.tier_id
)
SELECT r.id, r.tier_id, t.name FROM risen r
JOIN loyalty_tier t ON t.business_id = %(business)s AND t.id = r.tier_id
UNION ALL
SELECT w.id, NULL, NULL FROM wallet w WHERE EXISTS (
    SELECT FROM loyalty_lot WHERE business_id = %(business)s AND customer_id = w.id
        AND state = 'contingent')
""",
    business="uuid",
    now="timestamptz",
    purchases="uuid[]",
    customers="uuid[]",
    bases="bigint[]",
    earned="timestamptz[]",
    expiries="timestamptz[]",
    owned="boolean[]",
    entries="uuid[]",
    rule="uuid",
    rule_version="int",
    num="bigint",
    den="bigint",
    minimum="bigint",
    cap="bigint",
    base_num="bigint",
    base_den="bigint",
    base_tier="text",
    base_position="int",
    pending="int",
    negative_cap="bigint",
    window_days="int",
    window_end="timestamptz",
)


@dataclass(frozen=True, slots=True)
class Sale:
    """What a purchase earns on. `owned` is false while nobody (known) may spend the points."""

    purchase_id: UUID
    customer_id: UUID | None
    base_rial: int
    occurred_at: datetime
    local_date: date
    owned: bool
    imported: bool = False


@part_of_operation
def post_earnings(*, sales: Sequence[Sale], now: datetime) -> None:
    """Grant the points of sales, once each however often it is called.

    Imported history earns only when the programme says so; without a programme nothing does.
    """
    current = terms()
    if current is None:
        return
    earning = {sale.purchase_id: sale for sale in sales if current.retroactive or not sale.imported}
    if earning:
        _follow_up(_write(list(earning.values()), current, now), now)


def _write(sales: Sequence[Sale], current: Terms, now: datetime) -> list[tuple[Any, ...]]:
    return _EARN.rows(_columns(sales, current) | _constants(current, now))


def _follow_up(found: Sequence[tuple[Any, ...]], now: datetime) -> None:
    """Announce higher tiers; hand out what waited for customers who are known now."""
    risen = [
        TierChanged(customer_id=customer, tier_id=tier, tier_name=name, is_upgrade=True)
        for customer, tier, name in found
        if tier is not None
    ]
    publish(risen, now=now)
    for customer, tier, _name in found:
        if tier is None:
            claim_lots(customer_id=customer, now=now)


def _columns(sales: Sequence[Sale], current: Terms) -> dict[str, Any]:
    return {
        "purchases": [sale.purchase_id for sale in sales],
        "customers": [sale.customer_id for sale in sales],
        "bases": [sale.base_rial for sale in sales],
        "earned": [sale.occurred_at for sale in sales],
        "expiries": [current.expiry(sale.local_date) for sale in sales],
        "owned": [sale.owned and sale.customer_id is not None for sale in sales],
        "entries": [new_id() for _ in sales],
    }


def _constants(current: Terms, now: datetime) -> dict[str, Any]:
    return {
        "business": active_business_id(),
        "now": now,
        "rule": current.rule_id,
        "rule_version": current.rule_version,
        "num": current.points_num,
        "den": current.points_den,
        "minimum": current.minimum_rial,
        "cap": current.cap_points,
        "base_num": current.base_num,
        "base_den": current.base_den,
        "base_tier": current.base_tier,
        "base_position": current.base_position,
        "pending": current.pending_days,
        "negative_cap": current.negative_cap_points,
        "window_days": current.tier_window_days,
        "window_end": current.window_end(now),
    }
