"""Coupons in a shop, and sales with them."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from core.ids import new_id
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    PurchaseOutcome,
    find_or_create,
    record_purchases,
)
from loyalty.models import CouponPool
from loyalty.operations.coupons import MadeCoupons, NewCoupons, make_coupons, reserve_coupon
from loyalty.queries.coupons import Basket, BasketLine
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import BUYER, FAR

LAST_DAY = date(2027, 3, 20)
Make = Callable[..., MadeCoupons]


def make(now: datetime, **more: Any) -> MadeCoupons:
    """Offer a tenth off to everybody unless told otherwise."""
    wanted = {"name": "یلدا", "code": "YALDA", "percent": 10, "last_day": LAST_DAY, **more}
    return make_coupons(new=NewCoupons(**wanted), by="test", now=now)


def person(now: datetime, mobile: str = "09121234567") -> UUID:
    """Return a customer."""
    hint = CustomerHint(mobile=mobile)
    return find_or_create(customer=hint, source="t", now=now).customer_id


def basket(*lines: int | tuple[int, str], **more: Any) -> Basket:
    """Return a basket of lines: amounts, or amounts with categories."""
    pairs = [line if isinstance(line, tuple) else (line, "") for line in lines]
    return Basket(lines=tuple(BasketLine(*pair) for pair in pairs), **more)


def sell_with(
    code: str, of: Basket, now: datetime, customer: CustomerHint | None = BUYER
) -> PurchaseOutcome:
    """Hold a coupon and record the sale of its basket."""
    use, told = reserve_coupon(code=code, basket=of, now=now)
    return record(sale_of(use.id, of, told.of_lines, customer), now)


def sale_of(
    use_id: UUID, of: Basket, off: tuple[int, ...], customer: CustomerHint | None = BUYER
) -> NewPurchase:
    """Return a sale of a basket with what a coupon takes off each line."""
    lines = tuple(
        NewLine(unit_price_rial=line.total_rial, discount_rial=part, category=line.category)
        for line, part in zip(of.lines, off, strict=True)
    )
    return NewPurchase(
        external_id=str(new_id()), channel="till", customer=customer, lines=lines, holds=(use_id,)
    )


def record(new: NewPurchase, now: datetime) -> PurchaseOutcome:
    """Record one sale."""
    [outcome] = record_purchases(purchases=[new], source="till", now=now)
    return outcome


def taken() -> int:
    """Return how many uses of the only pool are taken."""
    return CouponPool.objects.get().taken


@pytest.fixture
def offered(acting: BusinessInfo, now: datetime) -> Iterator[Make]:
    """Return a function that offers coupons; afterwards all sums agree."""

    def offer(**more: Any) -> MadeCoupons:
        return make(now, **more)

    yield offer
    assert broken(now + FAR) == []
