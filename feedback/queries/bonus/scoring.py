"""What sales say of who served them, hard to game (C084, N16). Pure: rows in, rows out.

The measure is how many of a hundred people who were asked said that they are content. Whoever says
nothing weighs as much as whoever is unhappy, so keeping the unhappy from answering gains nothing;
a sale without a name weighs as one asked and silent, so not asking for the name gains nothing. Each
sale is held against what colleagues reach in sales like it, and a seller's difference is pulled to
the team's by how much of it may be chance (empirical Bayes). Shares are in basis points, whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

WHOLE: Final = 10_000
# How many sales of everybody the colleagues' sales of a kind are mixed with: where only one seller
# has sales of that kind, they are held against themselves, and say nothing.
_MIXED: Final = 20


@dataclass(frozen=True, slots=True)
class Served:
    """One sale: `kind` is what it is compared by, `circle` the same without who was served.

    `value` is 0 (silent or unhappy) to WHOLE (content). Without a name nobody was asked.
    """

    sale_id: UUID
    seller_id: UUID
    circle: tuple[object, ...]
    whom: str
    value: int

    @property
    def is_named(self) -> bool:
        """Whether somebody was asked about it."""
        return bool(self.whom)

    @property
    def kind(self) -> tuple[object, ...]:
        """What sales like it have in common."""
        return (*self.circle, self.whom)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One sale with its weight and what colleagues reach in sales like it."""

    sale_id: UUID
    weight_bp: int
    value_bp: int
    expected_bp: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One seller: their sales, and how much of their difference is believed."""

    seller_id: UUID
    sales: tuple[Weighed, ...]
    trust_bp: int


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody's standing; `level_bp` is the mean difference of all."""

    level_bp: int
    sellers: tuple[Standing, ...]


class _Kinds:
    """Sums by kind of sale, of all and of each seller."""

    def __init__(self, sales: Iterable[Served]) -> None:
        self.n: Counter[tuple[object, ...]] = Counter()
        self.sum: Counter[tuple[object, ...]] = Counter()
        self.within: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
        for one in filter(lambda sale: sale.is_named, sales):
            for key in (one.kind, (one.seller_id, one.kind)):
                self.n[key] += 1
                self.sum[key] += one.value
            self.within.setdefault(one.circle, set()).add(one.kind)

    def expected(self, seller_id: UUID, kind: tuple[object, ...]) -> int:
        """Return what others reach in sales of a kind, mixed with everybody's."""
        own = (seller_id, kind)
        n, total = self.n[kind] - self.n[own], self.sum[kind] - self.sum[own]
        return (total + _MIXED * self.sum[kind] // self.n[kind]) // (n + _MIXED)

    def expected_of(self, sale: Served) -> int:
        """Return it for one sale; without a name it could have been any of its circle: the best."""
        if sale.is_named:
            return self.expected(sale.seller_id, sale.kind)
        kinds = self.within.get(sale.circle, ())
        return max((self.expected(sale.seller_id, kind) for kind in kinds), default=0)


def weigh(sales: Sequence[Served], recognised: Mapping[UUID, int]) -> Team:
    """Return everybody's standing; `recognised` counts each seller's sales to known customers."""
    kinds = _Kinds(sales)
    asked = Counter(one.seller_id for one in sales if one.is_named)
    found: dict[UUID, list[Weighed]] = {}
    for one in sales:
        weight = WHOLE if one.is_named else _chance_of_asking(one.seller_id, asked, recognised)
        row = Weighed(one.sale_id, weight, one.value, kinds.expected_of(one))
        found.setdefault(one.seller_id, []).append(row)
    level = mean_bp([row for rows in found.values() for row in rows])
    trust = _trust(found, level)
    return Team(level, tuple(Standing(one, tuple(rows), trust[one]) for one, rows in found.items()))


def mean_bp(rows: Sequence[Weighed]) -> int:
    """Return the mean difference from what was expected."""
    weight = sum(row.weight_bp for row in rows)
    total = sum(row.weight_bp * (row.value_bp - row.expected_bp) for row in rows)
    return total // weight if weight else 0


def difference_bp(rows: Sequence[Weighed], *, level_bp: int, trust_bp: int) -> int:
    """Return how far a seller is from the team, as far as it is believed."""
    return trust_bp * (mean_bp(rows) - level_bp) // WHOLE if rows else 0


def bonus_rial(difference: int, *, most_rial: int, reach_bp: int, unit: int = 1_000) -> int:
    """Return the bonus: half of the most at the team's level, all of it `reach_bp` above.

    Straight between the ends and the same on both sides: chance alone neither adds nor takes.
    """
    part = min(max(reach_bp + difference, 0), 2 * reach_bp)
    return most_rial * part // (2 * reach_bp) // unit * unit


def _chance_of_asking(seller: UUID, asked: Counter[UUID], recognised: Mapping[UUID, int]) -> int:
    """Return how likely colleagues' customers are asked: what hiding a name would have avoided."""
    known = sum(n for one, n in recognised.items() if one != seller)
    if not known:
        return WHOLE
    return min(WHOLE, WHOLE * (asked.total() - asked[seller]) // known)


def _trust(found: Mapping[UUID, Sequence[Weighed]], level: int) -> dict[UUID, int]:
    """Return how much of each seller's difference is more than chance (DerSimonian and Laird)."""
    weights = {one: sum(row.weight_bp for row in rows) / WHOLE for one, rows in found.items()}
    means = {one: mean_bp(rows) for one, rows in found.items()}
    noise = _noise(found, means, sum(weights.values()) - len(found))
    heavy = sum(weights.values())
    spread = heavy - sum(w * w for w in weights.values()) / heavy if heavy else 0.0
    seen = sum(w * (means[one] - level) ** 2 for one, w in weights.items())
    between = max(0.0, (seen - (len(found) - 1) * noise) / spread) if spread > 0 else 0.0
    return {
        one: round(WHOLE * between * w / (between * w + noise)) if between * w > 0 else 0
        for one, w in weights.items()
    }


def _noise(
    found: Mapping[UUID, Sequence[Weighed]], means: Mapping[UUID, int], freedom: float
) -> float:
    """Return the variance of one sale around its seller's mean."""
    total = sum(
        row.weight_bp * (row.value_bp - row.expected_bp - means[one]) ** 2
        for one, rows in found.items()
        for row in rows
    )
    return total / WHOLE / freedom if freedom > 0 else float(WHOLE**2)
