"""Limits of rules: a row each, locked while somebody takes of it (rules R43, R49)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.ids import new_id
from core.tenancy import active_business_id
from loyalty.models import RuleMeter, Wallet
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.document import Bonus, Rules
from loyalty.queries.rules.evaluate import Earned, Part, Room
from loyalty.queries.rules.spans import share_of

# (rule, customer, span): a budget has neither customer nor span.
Key = tuple[UUID, UUID | None, date | None]

_OPEN: Final = """
INSERT INTO loyalty_rulemeter (id, business_id, key, customer_id, since, used, most)
SELECT s.id, %(business)s, s.key, s.customer_id, s.since, 0, s.most
FROM unnest(%(ids)s::uuid[], %(keys)s::uuid[], %(customers)s::uuid[], %(since)s::date[],
    %(most)s::bigint[]) AS s (id, key, customer_id, since, most)
ON CONFLICT DO NOTHING
"""
# A limit lowered since never forbids what was given under the old one.
_LOCK: Final = """
UPDATE loyalty_rulemeter m SET most = GREATEST(m.used, s.most)
FROM (
    SELECT l.id, s.most
    FROM loyalty_rulemeter l
    JOIN unnest(%(keys)s::uuid[], %(customers)s::uuid[], %(since)s::date[], %(most)s::bigint[])
        AS s (key, customer_id, since, most)
        ON l.key = s.key AND l.customer_id IS NOT DISTINCT FROM s.customer_id
        AND l.since IS NOT DISTINCT FROM s.since
    WHERE l.business_id = %(business)s
    ORDER BY l.key, l.customer_id NULLS FIRST, l.since
    FOR UPDATE OF l
) s
WHERE m.business_id = %(business)s AND m.id = s.id
RETURNING m.key, m.customer_id, m.since, m.most - m.used
"""
_MOVE: Final = """
UPDATE loyalty_rulemeter m SET used = m.used + s.amount
FROM (
    SELECT l.id, s.amount
    FROM loyalty_rulemeter l
    JOIN unnest(%(keys)s::uuid[], %(customers)s::uuid[], %(since)s::date[], %(amounts)s::bigint[])
        AS s (key, customer_id, since, amount)
        ON l.key = s.key AND l.customer_id IS NOT DISTINCT FROM s.customer_id
        AND l.since IS NOT DISTINCT FROM s.since
    WHERE l.business_id = %(business)s
    ORDER BY l.key, l.customer_id NULLS FIRST, l.since
    FOR UPDATE OF l
) s
WHERE m.business_id = %(business)s AND m.id = s.id
"""


@dataclass(slots=True)
class Meters:
    """What is left of the locked limits, and what was taken of them.

    Budgets are in rial, shares in points or presents; a present has a worth of its own.
    """

    unit_rial: int
    units: dict[UUID, int] = field(default_factory=dict)
    left: dict[Key, int] = field(default_factory=dict)
    taken: dict[Key, int] = field(default_factory=dict)

    def room(self, basket: Basket, rules: Rules) -> Room:
        """Return what is left for a basket, in points or presents."""
        day = basket.local.date()
        shares, budgets = {}, {}
        for bonus in rules.bonuses:
            share = self.left.get((bonus.key, basket.customer_id, share_of(bonus, day)))
            budget = self.left.get((bonus.key, None, None))
            if share is not None and bonus.customer_cap_points is not None:
                shares[bonus.key] = share
            if budget is not None and bonus.budget_rial is not None:
                budgets[bonus.key] = budget // bonus.unit_rial(self.unit_rial)
        return Room(shares, budgets)

    def take(self, basket: Basket, earned: Earned) -> None:
        """Count what a basket took."""
        for part in (*earned.given, *earned.presents):
            self.units[part.bonus.key] = part.bonus.unit_rial(self.unit_rial)
            for key, amount in _amounts(part, basket, self.unit_rial).items():
                self.left[key] -= amount
                self.taken[key] = self.taken.get(key, 0) + amount

    @property
    def used_up(self) -> list[UUID]:
        """Return the rules whose budget was taken of and holds not one point or present more."""
        budgets = [key for key in self.taken if key[1] is None]
        return [key[0] for key in budgets if self.left[key] < self.units[key[0]]]

    def save(self) -> None:
        """Write what was taken; the database refuses a limit gone beyond."""
        move_meters(self.taken)


def lock_meters(limits: Sequence[tuple[Basket, Part]], unit_rial: int) -> Meters:
    """Lock the limits of rules that are about some baskets, after their buyers' wallets.

    Whoever gives back holds a wallet first, so nobody waits for the other way round.
    """
    most: dict[Key, int] = {}
    for basket, part in limits:
        most |= _most(part.bonus, basket)
    if not most:
        return Meters(unit_rial)
    buyers = {basket.customer_id for basket, _part in limits if basket.customer_id}
    list(Wallet.objects.select_for_update().filter(id__in=buyers).order_by("id").only("id"))
    keys = sorted(most, key=_order)
    values = _columns(keys) | {
        "ids": [new_id() for _key in keys],
        "most": [most[key] for key in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        cursor.execute(_LOCK, values)
        left = {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}
        return Meters(unit_rial, left=left)


def move_meters(amounts: Mapping[Key, int]) -> None:
    """Add to what is used of limits; below zero gives back."""
    keys = sorted((key for key, amount in amounts.items() if amount), key=_order)
    if not keys:
        return
    values = _columns(keys) | {"amounts": [amounts[key] for key in keys]}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)


def set_budget(key: UUID, budget_rial: int) -> int:
    """Bring a budget's row in line with a new version; return what is left of it (rial).

    What was given stays given.
    """
    meter, made = RuleMeter.objects.get_or_create(
        key=key, customer=None, defaults={"most": budget_rial}
    )
    if not made:
        meter = RuleMeter.objects.select_for_update().get(id=meter.id)
        meter.most = max(meter.used, budget_rial)
        meter.save(update_fields=["most"])
    return meter.most - meter.used


def _most(bonus: Bonus, basket: Basket) -> dict[Key, int]:
    most: dict[Key, int] = {}
    if bonus.budget_rial is not None:
        most[bonus.key, None, None] = bonus.budget_rial
    if bonus.customer_cap_points is not None and basket.customer_id is not None:
        since = share_of(bonus, basket.local.date())
        most[bonus.key, basket.customer_id, since] = bonus.customer_cap_points
    return most


def _amounts(part: Part, basket: Basket, unit_rial: int) -> dict[Key, int]:
    return {
        key: part.given if key[1] is not None else part.given * part.bonus.unit_rial(unit_rial)
        for key in _most(part.bonus, basket)
    }


def _order(key: Key) -> tuple[str, str, str]:
    return str(key[0]), str(key[1] or ""), str(key[2] or "")


def _columns(keys: Sequence[Key]) -> dict[str, Any]:
    return {
        "business": active_business_id(),
        "keys": [key[0] for key in keys],
        "customers": [key[1] for key in keys],
        "since": [key[2] for key in keys],
    }
