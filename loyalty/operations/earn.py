"""Points for sales: one statement for one sale or for thousands."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.ids import new_id
from core.tenancy import active_business_id, part_of_operation
from core.tenancy.prepared import Prepared
from loyalty.operations.earned import Posted, follow_up
from loyalty.operations.rules.grant import count, price
from loyalty.queries.leaving import shut_out
from loyalty.queries.programme import WORDING, Terms, last_terms, terms
from loyalty.queries.return_waits import waits_of
from loyalty.queries.rules.facts import Sold

# What members earn beyond others; left out where no plan offers more.
_PERK: Final = """
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
    ) m ON true"""
_NO_PERK: Final = """
    CROSS JOIN (SELECT 1 AS num, 1 AS den, NULL::jsonb AS perk) m"""

# What a purchase earns by the rate alone, and what its entry keeps of that.
_POINTS: Final = """CASE WHEN s.base_rial < %(minimum)s THEN 0 ELSE LEAST(%(cap)s::numeric, div(
            s.base_rial::numeric * %(num)s * COALESCE(t.multiplier_num, %(base_num)s)
                * COALESCE(m.num, 1),
            %(den)s::numeric * COALESCE(t.multiplier_den, %(base_den)s) * COALESCE(m.den, 1)
        ))::bigint END"""
_FACTS: Final = """jsonb_build_object('base_rial', base_rial, 'num', %(num)s, 'den', %(den)s,
            'rule', %(rule_version)s, 'tier', COALESCE(tier, %(base_tier)s))
            || level || COALESCE(perk, '{}')
            || CASE WHEN base_rial < %(minimum)s THEN jsonb_build_object('least', %(minimum)s)
                    WHEN points = %(cap)s THEN jsonb_build_object('most', %(cap)s)
                    ELSE '{}' END"""

# A buyer who left the club or is kept out of it (C058) earns nothing and gets on to no tier.
# Whether one did is asked only where somebody ever left or was kept out.
_SOLD: Final = """unnest(
        %(purchases)s::uuid[], %(customers)s::uuid[], %(bases)s::bigint[],
        %(earned)s::timestamptz[], %(activations)s::timestamptz[], %(expiries)s::timestamptz[],
        %(owned)s::boolean[], %(entries)s::uuid[]
    ) AS s (purchase_id, customer_id, base_rial, earned_at, activates_at, expires_at, owned,
        entry_id)"""
_ASKED: Final = """(
        SELECT u.purchase_id, u.customer_id, u.earned_at, u.activates_at, u.expires_at, u.owned,
            u.entry_id,
            o.out AS away,
            CASE WHEN o.out THEN 0 ELSE u.base_rial END AS base_rial
        FROM unnest(
            %(purchases)s::uuid[], %(customers)s::uuid[], %(bases)s::bigint[],
            %(earned)s::timestamptz[], %(activations)s::timestamptz[], %(expiries)s::timestamptz[],
            %(owned)s::boolean[], %(entries)s::uuid[]
        ) AS u (purchase_id, customer_id, base_rial, earned_at, activates_at, expires_at, owned,
            entry_id)
        LEFT JOIN loyalty_wallet k ON k.business_id = %(business)s AND k.id = u.customer_id
        CROSS JOIN LATERAL (SELECT k.left_at IS NOT NULL
            OR u.purchase_id = ANY(%(shut_out)s::uuid[]) AS out) o
    ) AS s"""
_AWAY_FACTS: Final = f"""CASE WHEN away THEN jsonb_build_object('away', true)
            ELSE {_FACTS} END"""

# Nothing is posted under terms that hold no more: then one row of nulls comes back. The earn entry
# claims the purchase, so a second delivery falls through every later step. Wallets are taken in
# order of id. What hardly ever follows (a balance below zero, a higher tier, points that waited) is
# only told: it is done by statements of its own, for the start of each part is paid every time.
_EARN: Final = """
WITH in_force AS MATERIALIZED ({wording}),
priced AS (
    SELECT s.*, t.name AS tier, t.position, m.perk,
        CASE WHEN t.multiplier_num <> t.multiplier_den THEN jsonb_build_object(
                'tier_num', t.multiplier_num, 'tier_den', t.multiplier_den)
             WHEN t.id IS NULL AND %(base_num)s <> %(base_den)s THEN jsonb_build_object(
                'tier_num', %(base_num)s, 'tier_den', %(base_den)s)
             ELSE '{{}}' END AS level,
        {points} AS points,
        CASE WHEN NOT s.owned THEN 'contingent'
             WHEN s.activates_at > %(now)s THEN 'pending'
             ELSE 'active' END AS state
    FROM {sold}
    LEFT JOIN loyalty_customertier c ON c.business_id = %(business)s AND c.id = s.customer_id
    LEFT JOIN loyalty_tier t ON t.business_id = %(business)s AND t.id = c.tier_id{perk}
    WHERE (SELECT wording FROM in_force) = %(wording)s
),
claimed AS (
    INSERT INTO loyalty_ledgerentry
        (id, business_id, customer_id, lot_id, purchase_id, kind,
         points, pending_points, contingent_points, at, data)
    SELECT entry_id, %(business)s, customer_id, purchase_id, purchase_id, 'earn',
        CASE state WHEN 'active' THEN points ELSE 0 END,
        CASE state WHEN 'pending' THEN points ELSE 0 END,
        CASE state WHEN 'contingent' THEN points ELSE 0 END, %(now)s,
        {facts}
    FROM priced
    ON CONFLICT (business_id, purchase_id, kind) WHERE kind = 'earn' DO NOTHING
    RETURNING purchase_id
),
posted AS (SELECT priced.* FROM priced JOIN claimed USING (purchase_id)),
wallet AS (
    INSERT INTO loyalty_wallet AS w
        (id, business_id, customer_id, balance_points, pending_points, negative_cap_points,
         qualifying_rial, window_ends_at)
    SELECT customer_id, %(business)s, customer_id,
        COALESCE(SUM(points) FILTER (WHERE state = 'active'), 0),
        COALESCE(SUM(points) FILTER (WHERE state = 'pending'), 0), %(negative_cap)s,
        COALESCE(SUM(base_rial) FILTER (
            WHERE earned_at >= %(counts_from)s), 0), %(window_end)s
    FROM posted WHERE owned GROUP BY customer_id ORDER BY customer_id
    ON CONFLICT (business_id, id) DO UPDATE SET
        balance_points = w.balance_points + excluded.balance_points,
        pending_points = w.pending_points + excluded.pending_points,
        qualifying_rial = w.qualifying_rial + excluded.qualifying_rial
    RETURNING w.id, w.balance_points, w.qualifying_rial, w.left_at
),
lot AS (
    INSERT INTO loyalty_lot
        (id, business_id, customer_id, purchase_id, rule_id, origin, state, base_rial,
         earned_points, remaining_points, reversed_points, returned_rial,
         earned_at, activates_at, expires_at, state_at)
    SELECT purchase_id, %(business)s, customer_id, purchase_id, %(rule)s, 'purchase',
        CASE WHEN owned AND points = 0 THEN 'consumed' ELSE state END,
        base_rial, points, points, 0, 0,
        earned_at, activates_at, expires_at, %(now)s
    FROM posted
)
SELECT p.purchase_id, p.customer_id, CASE p.state WHEN 'active' THEN p.points ELSE 0 END,
    w.balance_points,
    EXISTS (SELECT FROM loyalty_tier n
        WHERE n.business_id = %(business)s AND n.threshold_rial <= w.qualifying_rial
            AND n.position > COALESCE(p.position, %(base_position)s)),
    EXISTS (SELECT FROM loyalty_lot o
        WHERE o.business_id = %(business)s AND o.customer_id = w.id AND o.state = 'contingent'),
    w.left_at IS NOT NULL AND p.points > 0
FROM posted p JOIN wallet w ON w.id = p.customer_id
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL
WHERE (SELECT wording FROM in_force) IS DISTINCT FROM %(wording)s
"""
_TYPES: Final = {
    "business": "uuid",
    "now": "timestamptz",
    "purchases": "uuid[]",
    "customers": "uuid[]",
    "bases": "bigint[]",
    "earned": "timestamptz[]",
    "activations": "timestamptz[]",
    "expiries": "timestamptz[]",
    "owned": "boolean[]",
    "entries": "uuid[]",
    "wording": "text",
    "rule": "uuid",
    "rule_version": "int",
    "num": "bigint",
    "den": "bigint",
    "minimum": "bigint",
    "cap": "bigint",
    "base_num": "bigint",
    "base_den": "bigint",
    "base_tier": "text",
    "base_position": "int",
    "negative_cap": "bigint",
    "counts_from": "timestamptz",
    "window_end": "timestamptz",
}
# By whether members earn more, and whether somebody ever left the club.
_STATEMENTS: Final = {
    (more, left): Prepared(
        _EARN.format(
            wording=WORDING,
            perk=_PERK if more else _NO_PERK,
            points=_POINTS,
            facts=_AWAY_FACTS if left else _FACTS,
            sold=_ASKED if left else _SOLD,
        ),
        **_TYPES,
        **({"shut_out": "uuid[]"} if left else {}),
    )
    for more in (False, True)
    for left in (False, True)
}
# Where rules beside the rate judged the sales, their points and facts are written as given.
_JUDGED: Final = Prepared(
    _EARN.format(
        wording=WORDING,
        perk=_NO_PERK,
        points="s.judged",
        facts="told::jsonb",
        sold="""unnest(
        %(purchases)s::uuid[], %(customers)s::uuid[], %(bases)s::bigint[],
        %(earned)s::timestamptz[], %(activations)s::timestamptz[], %(expiries)s::timestamptz[],
        %(owned)s::boolean[], %(entries)s::uuid[], %(judged)s::bigint[], %(told)s::text[]
    ) AS s (purchase_id, customer_id, base_rial, earned_at, activates_at, expires_at, owned,
        entry_id, judged, told)""",
    ),
    **_TYPES,
    judged="bigint[]",
    told="text[]",
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
    channel: str = ""
    branch_id: UUID | None = None
    employee_id: UUID | None = None
    # Written in this very transaction: nothing of its customer comes after it.
    fresh: bool = False


@part_of_operation
def post_earnings(*, sales: Sequence[Sale], now: datetime) -> None:
    """Grant the points of sales, once each however often it is called.

    Imported history earns only when the programme says so; without a programme nothing does.
    """
    current = last_terms()
    while current is not None:
        found = _write(sales, current, now)
        if found is not None:
            follow_up(found, current, now)
            return
        current = terms()


def _write(sales: Sequence[Sale], current: Terms, now: datetime) -> list[Posted] | None:
    """Post the sales; None when the terms are not those in force any more."""
    earning = {sale.purchase_id: sale for sale in sales if current.retroactive or not sale.imported}
    if current.is_judged:
        return _write_judged(list(earning.values()), current, now)
    statement = _STATEMENTS[current.members_earn_more, current.has_leavers]
    values = _columns(list(earning.values()), current) | _constants(current, now)
    if current.has_leavers:
        values["shut_out"] = _shut_out(earning.values())
    rows = statement.rows(values)
    if rows and rows[-1][0] is None:
        return None
    return [Posted(*row) for row in rows]


def _shut_out(sales: Collection[Sale]) -> list[UUID]:
    """Return the sales to customers whom two people kept out of the programme then."""
    kept = shut_out([(sale.customer_id, sale.occurred_at) for sale in sales])
    return [sale.purchase_id for sale in sales if (sale.customer_id, sale.occurred_at) in kept]


def _write_judged(sales: Sequence[Sale], current: Terms, now: datetime) -> list[Posted] | None:
    """Post sales as rules beside the rate judge them; limits are counted once they are posted."""
    judged = price(sales=[_sold(sale) for sale in sales], current=current)
    found = {one.sold.purchase_id: one for one in judged.sales}
    earning = [sale for sale in sales if sale.purchase_id in found]
    given = {
        "bases": [found[sale.purchase_id].base_rial for sale in earning],
        "judged": [found[sale.purchase_id].earned.points for sale in earning],
        "told": [json.dumps(found[sale.purchase_id].facts) for sale in earning],
    }
    rows = _JUDGED.rows(_columns(earning, current) | given | _constants(current, now))
    if rows and rows[-1][0] is None:
        return None
    count(judged, current=current, now=now)
    return [Posted(*row) for row in rows]


def _sold(sale: Sale) -> Sold:
    return Sold(
        purchase_id=sale.purchase_id,
        customer_id=sale.customer_id,
        eligible_rial=sale.base_rial,
        occurred_at=sale.occurred_at,
        channel=sale.channel,
        branch_id=sale.branch_id,
        employee_id=sale.employee_id,
        fresh=sale.fresh,
        imported=sale.imported,
    )


def _columns(sales: Sequence[Sale], current: Terms) -> dict[str, Any]:
    return {
        "purchases": [sale.purchase_id for sale in sales],
        "customers": [sale.customer_id for sale in sales],
        "bases": [sale.base_rial for sale in sales],
        "earned": [sale.occurred_at for sale in sales],
        "activations": _activations(sales, current),
        "expiries": [current.expiry(sale.local_date) for sale in sales],
        "owned": [sale.owned and sale.customer_id is not None for sale in sales],
        "entries": [new_id() for _ in sales],
    }


def _activations(sales: Sequence[Sale], current: Terms) -> list[datetime]:
    """Return when sales' points can be spent: where goods come back, when the last of them cannot.

    Lines with fewer days to return get a lot of their own right after (rule R16).
    """
    if current.waits_for_returns:
        bought = {sale.purchase_id: sale.occurred_at for sale in sales}
        buyers = {sale.purchase_id: sale.customer_id for sale in sales}
        spans = waits_of(bought, current.pending_days, buyers)
        return [max(span.until for span in spans[sale.purchase_id]) for sale in sales]
    pending = timedelta(days=current.pending_days)
    return [sale.occurred_at + pending for sale in sales]


def _constants(current: Terms, now: datetime) -> dict[str, Any]:
    return {
        "business": active_business_id(),
        "now": now,
        "wording": current.wording,
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
        "negative_cap": current.negative_cap_points,
        "counts_from": current.window.counts_from(now),
        "window_end": current.window_end(now),
    }
