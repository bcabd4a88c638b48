"""What a till holds before a sale: coupons' discounts, then what a gift card and credit pay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.errors import Problem
from customers.enums import Channel
from customers.operations import NewLine
from dashboard.web.till.whose import customer_of
from loyalty.operations.coupons import release_unused_coupon, reserve_coupons
from loyalty.operations.credit import hold_store_credit
from loyalty.operations.gift_cards import release_unused, reserve_gift_card
from loyalty.queries.coupons import Basket, BasketLine


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What is held; a part that is None is not."""

    coupons: Sequence[Any] = ()
    of_lines: tuple[int, ...] = ()
    card: Any = None
    credit: Sequence[Any] = ()

    @property
    def by_card(self) -> int:
        """Return what the gift card pays."""
        return self.card.amount_rial if self.card else 0

    @property
    def by_credit(self) -> int:
        """Return what the customer's store credit pays."""
        return sum(one.amount_rial for one in self.credit)

    def to_pay(self, data: dict[str, Any]) -> int:
        """Return the sale's total."""
        amount: int = data["amount"]
        return amount - self.off

    @property
    def off(self) -> int:
        """Return what the coupons take off."""
        return sum(one.discount_rial for one in self.coupons)

    def lines(self, data: dict[str, Any]) -> tuple[NewLine, ...]:
        """Return the sale's items with the coupons' discount on each."""
        lines = tuple(data["lines"])
        if not self.coupons or not lines:
            return lines
        parts = zip(lines, self.of_lines, strict=True)
        return tuple(
            replace(line, discount_rial=line.discount_rial + part, total_rial=_total(line) - part)
            for line, part in parts
        )

    def let_go(self, now: datetime) -> None:
        """Give back what no sale took."""
        for one in self.coupons:
            release_unused_coupon(use_id=one.id, now=now)
        for one in (*([self.card] if self.card else []), *self.credit):
            release_unused(use_id=one.id, now=now)


def hold(data: dict[str, Any], now: datetime) -> Holding:
    """Hold what a cashier typed. Raises Problem with the field it is about."""
    coupons, of_lines, card = [], (), None
    codes = codes_in(data)
    if codes:
        coupons, told = _about(
            "coupon_code", reserve_coupons, codes=codes, basket=basket_of(data), now=now
        )
        of_lines = told.of_lines
    rest = data["amount"] - sum(one.discount_rial for one in coupons)
    if data.get("gift_code") and rest:
        card = _about(
            "gift_code",
            reserve_gift_card,
            code=data["gift_code"],
            most_rial=rest,
            exact=False,
            now=now,
        )
    rest -= card.amount_rial if card else 0
    credit = _credit(data, rest, now) if data.get("store_credit") and rest else []
    return Holding(coupons=coupons, of_lines=of_lines, card=card, credit=credit)


def _credit(data: dict[str, Any], rest: int, now: datetime) -> list[Any]:
    """Hold the store credit of who stands at the till, up to what is left to pay."""
    customer_id = customer_of(data["mobile"])
    if customer_id is None:
        return []
    asked = {"customer_id": customer_id, "most_rial": rest, "exact": False, "now": now}
    held: list[Any] = _about("store_credit", hold_store_credit, **asked)
    return held


def codes_in(data: dict[str, Any]) -> list[str]:
    """Return the coupon codes typed, separated by commas."""
    typed = (data.get("coupon_code") or "").replace("،", ",")
    return [code for code in typed.split(",") if code.strip()]


def basket_of(data: dict[str, Any]) -> Basket:
    """Return what was typed as the basket a coupon is for."""
    lines = tuple(BasketLine(_total(line), line.category or line.name) for line in data["lines"])
    return Basket(
        lines=lines or (BasketLine(data["amount"]),),
        channel=Channel.TILL,
        customer_id=customer_of(data["mobile"]),
    )


def _about(field: str, call: Any, **named: Any) -> Any:
    """Let a refusal name the field of the till it is about."""
    try:
        return call(**named)
    except Problem as problem:
        problem.fields = {field: [problem.detail]}
        raise


def _total(line: NewLine) -> int:
    return line.total_rial or 0
