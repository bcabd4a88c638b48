"""By how much a customer's points are multiplied, and why: the tier and a paid membership."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from loyalty.queries.memberships import Perks, perks_of
from loyalty.queries.programme import Terms
from loyalty.queries.standing import held_tier


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor num ÷ den, and the membership that is part of it."""

    num: int
    den: int
    perks: Perks | None = None

    @property
    def because(self) -> dict[str, Any]:
        """Return what a ledger entry keeps of the factor for its explanation."""
        perks = self.perks
        if perks is None:
            return _level(self.num, self.den)
        level = _level(self.num // perks.num, self.den // perks.den)
        if perks.num == perks.den:
            return level
        return level | {"member": perks.plan, "member_num": perks.num, "member_den": perks.den}


def _level(num: int, den: int) -> dict[str, Any]:
    return {} if num == den else {"tier_num": num, "tier_den": den}


def earning_multiplier(customer_id: UUID | None, current: Terms, at: datetime) -> Multiplier:
    """Return the factor at a moment; both perks multiply, and the points are floored once."""
    if customer_id is None:
        return Multiplier(current.base_num, current.base_den)
    held = held_tier(customer_id)
    num = held.tier.multiplier_num if held else current.base_num
    den = held.tier.multiplier_den if held else current.base_den
    perks = perks_of(customer_id, at)
    if perks is None:
        return Multiplier(num, den)
    return Multiplier(num * perks.num, den * perks.den, perks)
