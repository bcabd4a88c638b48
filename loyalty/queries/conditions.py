"""What can be asked of customers' points and tiers, as parts of a statement about many."""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from core.calendar import day_start
from customers.queries.asked import Asked, Between, measured, valued


def has_points(asked: Asked, points: Between) -> str:
    """Return who has so many points to spend; without a wallet there are none."""
    source = f"FROM loyalty_wallet WHERE business_id = {asked.business}{asked.only('id')}"
    return valued(asked, source, "balance_points", points)


def in_tier(asked: Asked, tier_ids: Sequence[UUID]) -> str:
    """Return who stands in one of some tiers; without a standing it is the lowest."""
    tiers = asked.put(list(tier_ids), "uuid[]")
    held = f"SELECT id FROM loyalty_customertier WHERE business_id = {asked.business}"
    return (
        f"(c.id IN ({held}{asked.only('id')} AND tier_id = ANY({tiers}))"
        f" OR (EXISTS (SELECT FROM loyalty_tier t WHERE t.business_id = {asked.business}"
        f" AND t.threshold_rial = 0 AND t.id = ANY({tiers}))"
        f" AND c.id NOT IN ({held}{asked.only('id')})))"
    )


def has_points_ending(asked: Asked, points: Between, days: int) -> str:
    """Return of whom so many points end within so many days, today being the first."""
    end = day_start(asked.today + timedelta(days=days), asked.zone)
    source = (
        f"FROM loyalty_lot WHERE business_id = {asked.business} AND state = 'active'"
        f" AND customer_id IS NOT NULL{asked.only('customer_id')}"
        f" AND expires_at <= {asked.put(end, 'timestamptz')}"
    )
    return measured(asked, source, "sum(remaining_points)", points)


def has_occasion(asked: Asked, kinds: Sequence[str], days: Collection[int]) -> str:
    """Return who has a day of their own among some of the Jalali year, each month × 100 + day."""
    found = f" AND kind = ANY({asked.put(list(kinds), 'text[]')})" if kinds else ""
    return (
        f"c.id IN (SELECT customer_id FROM loyalty_customeroccasion"
        f" WHERE business_id = {asked.business}{asked.only('customer_id')}"
        f" AND month * 100 + day = ANY({asked.put(sorted(days), 'int[]')}){found})"
    )
