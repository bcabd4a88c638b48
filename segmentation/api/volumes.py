"""How many pieces of each product the next weeks are expected to bring, over HTTP (C070)."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from segmentation.queries.volumes import Pieces, ProductVolume, product_volumes


class PiecesOut(BaseModel):
    """Pieces expected; eight times of ten between low and high."""

    expected: float
    low: float
    high: float


class ProductVolumeOut(BaseModel):
    """A product by its SKU, or its name where it has none; pieces are net of returns.

    `ahead` is expected of the next `days`, `last` was of the last ones, which brought `sold`.
    `away` is `more` or `less` where that is more than chance explains, else null.
    """

    key: str
    name: str
    ahead: PiecesOut
    last: PiecesOut
    sold: float
    away: str | None


class ProductVolumesOut(BaseModel):
    """The products that are sold regularly, the most money first, at most a hundred.

    `error` and `rule_error` are how many pieces a product's expectation was off in past windows, by
    its level and by the plain rule «as in the last weeks»; the one that came closer is used
    (`by_level`). `inside` is the share of products whose last window lay between its bounds.
    Everything is null before twenty weeks of sales.
    """

    as_of: date | None
    days: int | None
    by_level: bool | None
    error: float | None
    rule_error: float | None
    inside: float | None
    data: list[ProductVolumeOut]


class ProductVolumes(Endpoint):
    """GET the expected volumes."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": ProductVolumesOut}

    def get(self, call: Call) -> Reply:
        """Return the newest night's."""
        del call
        found = product_volumes()
        told = ProductVolumesOut(
            as_of=found and found.as_of,
            days=found and found.days,
            by_level=found and found.by_level,
            error=found and found.error,
            rule_error=found and found.rule_error,
            inside=found and found.inside,
            data=[_product(one) for one in found.rows] if found else [],
        )
        return Reply(told.model_dump(mode="json"))


def _product(one: ProductVolume) -> ProductVolumeOut:
    return ProductVolumeOut(
        key=one.key,
        name=one.name,
        ahead=_pieces(one.ahead),
        last=_pieces(one.last),
        sold=one.sold,
        away={1: "more", -1: "less"}.get(one.away),
    )


def _pieces(one: Pieces) -> PiecesOut:
    return PiecesOut(expected=one.expected, low=one.low, high=one.high)
