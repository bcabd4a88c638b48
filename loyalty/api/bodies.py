"""Shapes of loyalty's requests and answers. Points are whole, amounts rial."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from core.money import MAX_RIAL

Amount = Annotated[int, Field(strict=True, ge=0, le=MAX_RIAL)]
Points = Annotated[int, Field(strict=True, gt=0, le=MAX_RIAL)]


class Body(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Whose(Body):
    """The customer, by id or by any identity; the strongest given one decides."""

    customer_id: UUID | None = None
    mobile: str = ""
    email: str = ""
    member_code: str = ""
    external_id: str = ""

    def identity(self) -> dict[str, str]:
        """Return the identities given, the id aside."""
        named = ("mobile", "email", "member_code", "external_id")
        return {name: getattr(self, name) for name in named if getattr(self, name)}


class BasketLineIn(Body):
    """A line of a basket; `amount` in rial, after its discount."""

    sku: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=300)
    amount: Amount


class BasketIn(Whose):
    """A basket; `eligible` is what may earn (the total when left out).

    Channel, branch, employee and lines matter where rules ask for them.
    """

    total: Amount
    eligible: Amount | None = None
    channel: str = ""
    branch: str = ""
    employee: str = ""
    lines: list[BasketLineIn] = Field(default_factory=list, max_length=500)

    @property
    def earns_rial(self) -> int:
        """Return what may earn."""
        return self.total if self.eligible is None else min(self.eligible, self.total)


class PreviewIn(BasketIn):
    """A basket about to be sold."""


class RulePartOut(BaseModel):
    """What a rule beside the rate gives on a basket, and why (not): `verdict` with its sentence."""

    rule: UUID
    name: str
    points: int
    presents: int
    verdict: str
    why: str


class RedemptionIn(Whose):
    """Points to hold, or a reward."""

    points: Points | None = None
    reward_id: UUID | None = None


class CommitIn(Body):
    """The sale the points were spent on, so that its returns give them back."""

    purchase_id: UUID | None = None


class Nothing(Body):
    """An empty body."""


class RewardOut(BaseModel):
    """A reward and what the balance lacks for it."""

    id: UUID
    name: str
    cost_points: int
    value_rial: int
    available: bool
    missing_points: int


class RewardsOut(BaseModel):
    """Rewards on offer, cheapest first."""

    data: list[RewardOut]


class Ratio(BaseModel):
    """A whole-number ratio."""

    num: int
    den: int


class TierRowOut(BaseModel):
    """A tier: reached at `threshold_rial` within the window, points times `multiplier`."""

    id: UUID
    name: str
    threshold_rial: int
    multiplier: Ratio
    customers: int


class TimesIn(Body):
    """A factor of points: num ÷ den, from 1 to 100."""

    num: int = Field(default=1, strict=True, ge=1, le=1_000_000)
    den: int = Field(default=1, strict=True, ge=1, le=1_000_000)


class TierIn(Body):
    """A tier: from `threshold_rial` on, bought within the programme's window."""

    name: str = Field(min_length=1, max_length=60)
    threshold_rial: int = Field(strict=True, ge=0, le=MAX_RIAL)
    multiplier: TimesIn = TimesIn()


class TiersIn(Body):
    """All tiers, lowest first, the first from zero. More may be added; none goes away."""

    tiers: list[TierIn] = Field(min_length=1, max_length=10)


class RewardIn(Body):
    """A reward; the same name again changes it, and offers it again."""

    name: str = Field(min_length=1, max_length=60)
    cost_points: int = Field(strict=True, ge=1, le=1_000_000_000)
    value_rial: int = Field(default=0, strict=True, ge=0, le=MAX_RIAL)


class TiersOut(BaseModel):
    """Tiers, lowest first."""

    data: list[TierRowOut]


class PerksTimesOut(BaseModel):
    """A factor of points: num ÷ den."""

    num: int
    den: int


class PerksOut(BaseModel):
    """What a paid membership in force gives; points are multiplied already."""

    id: UUID
    plan: str
    multiplier: PerksTimesOut
    free_delivery: bool
    note: str
    until: datetime


class PreviewOut(BaseModel):
    """What the basket would earn and what may be spent on it."""

    customer_id: UUID | None
    earn_points: int
    earn_pending_days: int
    earn_expires_at: datetime | None
    balance: int
    spendable_points: int
    spendable_rial: int
    membership: PerksOut | None
    rewards: list[RewardOut]
    rules: list[RulePartOut]


class ExpiryOut(BaseModel):
    """The next points to expire; with `kept_by_activity` only if nothing is bought before."""

    points: int
    at: datetime
    kept_by_activity: bool


class TierOut(BaseModel):
    """A tier, and what is missing (rial) to the next one and to stay."""

    id: UUID
    name: str
    next: str | None
    needed_to_rise: int | None
    needed_to_stay: int
    window_ends_at: datetime | None
    in_grace: bool


class WalletOut(BaseModel):
    """A customer's points."""

    customer_id: UUID
    balance: int
    pending: int
    value_rial: int
    unit_value_rial: int
    negative: bool
    next_expiry: ExpiryOut | None
    tier: TierOut | None
    membership: PerksOut | None
    rewards: list[RewardOut]


class EntryOut(BaseModel):
    """One movement, with the sentence that explains it."""

    id: UUID
    kind: str
    points: int
    pending: int
    at: datetime
    purchase_id: UUID | None
    redemption_id: UUID | None
    explanation: str


class EntriesOut(BaseModel):
    """Movements, newest first."""

    data: list[EntryOut]
    next_cursor: str | None


class RedemptionOut(BaseModel):
    """A redemption; `balance` is what is left to spend."""

    id: UUID
    status: str
    customer_id: UUID
    points: int
    value_rial: int
    reward_id: UUID | None
    purchase_id: UUID | None
    returned_points: int
    reserved_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    balance: int


Document = dict[str, Any]
