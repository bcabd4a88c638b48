"""A basket and whatever else a rule may ask about; no database here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from core.money import largest_remainder
from customers.queries.attributes import Fact
from loyalty.enums import Verdict
from loyalty.enums.happenings import HappeningKind


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of a basket; `rial` is its share of what may earn."""

    sku: str
    category: str
    rial: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Basket:
    """What is bought, when, where and by whom; or what happened instead, to whom (`happened`).

    `local` is the moment in the business's zone, `number` which purchase of the customer it is
    (None: not asked, or nobody known), `times_num` ÷ `times_den` the factor of tier and membership,
    `point_rial` what a point is worth, by which presents are held against points, `weekend` the
    business's, `shared` days of the calendar with their dates. What was bought
    before it was recorded here (`is_past`) gets points at most. `bought_rial` is what the customer
    had bought before, `kept_out` why they get nothing for what happened.
    """

    eligible_rial: int
    local: datetime
    goods: Sequence[Goods] = ()
    channel: str = ""
    branch_id: UUID | None = None
    employee_id: UUID | None = None
    customer_id: UUID | None = None
    tier_id: UUID | None = None
    segments: frozenset[str] = frozenset()
    attributes: Mapping[str, Fact] = field(default_factory=dict)
    occasions: Collection[tuple[str, int, int]] = ()
    did: Mapping[str, datetime] = field(default_factory=dict)
    weekend: Collection[int] = ()
    shared: Collection[tuple[str, date]] = ()
    number: int | None = None
    bought_rial: int = 0
    happened: HappeningKind | None = None
    kept_out: Verdict | None = None
    point_rial: int = 1
    is_past: bool = False
    times_num: int = 1
    times_den: int = 1


def goods_of(lines: Sequence[tuple[str, str, int]], eligible_rial: int) -> tuple[Goods, ...]:
    """Return lines (sku, category, rial) with their shares of what may earn (rule R6)."""
    shares = (
        [rial for _sku, _category, rial in lines]
        if sum(rial for _sku, _category, rial in lines) == eligible_rial
        else largest_remainder(eligible_rial, [rial for _sku, _category, rial in lines])
    )
    return tuple(
        Goods(sku, category, share)
        for (sku, category, _rial), share in zip(lines, shares, strict=True)
    )
