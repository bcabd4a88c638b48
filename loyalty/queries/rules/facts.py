"""The facts rules ask about purchases, read together: seven queries at most for any number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.baskets_sold import goods_sold, purchase_numbers
from loyalty.queries.leaving import shut_out
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket, goods_of
from loyalty.queries.rules.buyers import known_of
from loyalty.queries.rules.document import Rules

# The tier held now and the membership of the purchase's moment, as a sale without rules reads them.
_STANDING: Final = """
SELECT s.customer_id, s.at, t.id, t.name, t.multiplier_num, t.multiplier_den, m.name, m.num, m.den,
    EXISTS (SELECT FROM loyalty_wallet w WHERE w.business_id = %(business)s
        AND w.id = s.customer_id AND w.left_at IS NOT NULL)
FROM unnest(%(customers)s::uuid[], %(moments)s::timestamptz[]) AS s (customer_id, at)
LEFT JOIN loyalty_customertier c ON c.business_id = %(business)s AND c.id = s.customer_id
LEFT JOIN loyalty_tier t ON t.business_id = %(business)s
    AND (t.id = c.tier_id OR (c.tier_id IS NULL AND t.threshold_rial = 0))
LEFT JOIN LATERAL (
    SELECT p.name, p.multiplier_num AS num, p.multiplier_den AS den
    FROM loyalty_paidmembership o
    JOIN loyalty_membershipplan p ON p.business_id = o.business_id AND p.id = o.plan_id
    WHERE o.business_id = %(business)s AND o.customer_id = s.customer_id
        AND o.perks_from <= s.at AND o.perks_until > s.at AND p.multiplier_num > p.multiplier_den
    ORDER BY o.perks_until DESC LIMIT 1
) m ON true
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold:
    """A purchase as rules look at it; `fresh`: written in this transaction, `imported`: history."""

    purchase_id: UUID
    customer_id: UUID | None
    eligible_rial: int
    occurred_at: datetime
    channel: str
    branch_id: UUID | None
    employee_id: UUID | None
    fresh: bool
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a buyer's tier and membership multiply by; num ÷ den each."""

    tier_id: UUID | None
    tier: str | None
    tier_num: int
    tier_den: int
    plan: str | None
    plan_num: int
    plan_den: int
    away: bool = False

    @property
    def num(self) -> int:
        return self.tier_num * self.plan_num

    @property
    def den(self) -> int:
        return self.tier_den * self.plan_den

    @property
    def because(self) -> dict[str, Any]:
        """Return what a ledger entry keeps of it, as one written without rules does."""
        told: dict[str, Any] = {"tier": self.tier}
        if self.tier_num != self.tier_den:
            told |= {"tier_num": self.tier_num, "tier_den": self.tier_den}
        if self.plan is not None:
            told |= {
                "member": self.plan,
                "member_num": self.plan_num,
                "member_den": self.plan_den,
            }
        return told


def baskets_of(
    sold: Sequence[Sold], rules: Rules, current: Terms
) -> list[tuple[Sold, Standing, Basket]]:
    """Return each purchase's basket; lines and numbers are read only when a rule asks."""
    ids = [one.purchase_id for one in sold]
    lines = goods_sold(ids) if rules.reads_lines else {}
    numbers = (
        purchase_numbers(ids, fresh=[one.purchase_id for one in sold if one.fresh])
        if any(b.when.counts_purchases for b in rules.bonuses)
        else {}
    )
    moments = {(one.customer_id, one.occurred_at) for one in sold}
    known = known_of(moments, [one.when for one in rules.bonuses])
    standings = standings_of(moments, current)
    found = []
    for one in sold:
        held = standings[one.customer_id, one.occurred_at]
        basket = Basket(
            eligible_rial=one.eligible_rial,
            local=one.occurred_at.astimezone(current.zone),
            goods=goods_of(lines.get(one.purchase_id, ()), one.eligible_rial),
            channel=one.channel,
            branch_id=one.branch_id,
            employee_id=one.employee_id,
            customer_id=one.customer_id,
            tier_id=held.tier_id,
            number=numbers.get(one.purchase_id),
            point_rial=current.unit_value_rial,
            is_past=one.imported,
            times_num=held.num,
            times_den=held.den,
            **known.at(one.customer_id, one.occurred_at),
        )
        found.append((one, held, basket))
    return found


def standings_of(
    asked: Collection[tuple[UUID | None, datetime]], current: Terms
) -> Mapping[tuple[UUID | None, datetime], Standing]:
    """Return tier and membership of customers at moments; nobody has the lowest tier's factor."""
    nobody = Standing(None, current.base_tier, current.base_num, current.base_den, None, 1, 1)
    known = [one for one in asked if one[0] is not None]
    found = dict.fromkeys(asked, nobody)
    if not known:
        return found
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": [customer for customer, _at in known],
        "moments": [at for _customer, at in known],
    }
    kept = shut_out(known) if current.has_leavers else set()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, values)
        for customer, at, *tier, plan, plan_num, plan_den, away in cursor.fetchall():
            tier_id, name, num, den = tier
            found[customer, at] = Standing(
                tier_id,
                name,
                num or 1,
                den or 1,
                plan,
                plan_num or 1,
                plan_den or 1,
                away or (customer, at) in kept,
            )
    return found
