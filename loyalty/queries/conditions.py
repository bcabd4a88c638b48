"""What can be asked of customers' points and tiers, as parts of a statement about many."""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from collections.abc import Sequence
from uuid import UUID

from customers.queries.asked import Asked, Between, valued


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
