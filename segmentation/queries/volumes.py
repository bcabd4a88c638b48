"""Reading what is expected of each product (C070)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation.models import VolumeNight


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces expected, and between what they lie eight times of ten."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ProductVolume:
    """A product: the coming weeks, what was expected of the last ones, and what they brought.

    `away` is 1 where that was more than chance explains, −1 where less, else 0.
    """

    key: str
    name: str
    ahead: Pieces
    last: Pieces
    sold: float
    away: int


@dataclass(frozen=True, slots=True)
class VolumeReport:
    """The newest night's volumes, the most money first, with how they stood the test."""

    as_of: date
    days: int
    by_level: bool
    error: float
    rule_error: float
    inside: float
    rows: Sequence[ProductVolume]


def product_volumes() -> VolumeReport | None:
    """Return the newest night's, None before the first. One query."""
    night = VolumeNight.objects.order_by("-as_of").first()
    if night is None:
        return None
    return VolumeReport(
        as_of=night.as_of,
        days=night.days,
        by_level=night.by_level,
        **night.trial,
        rows=[_volume(row) for row in night.rows],
    )


def _volume(row: dict[str, Any]) -> ProductVolume:
    return ProductVolume(
        key=row["key"],
        name=row["name"],
        ahead=Pieces(*row["ahead"]),
        last=Pieces(*row["last"]),
        sold=row["sold"],
        away=row["away"],
    )
