"""Checking a payment's amount and cart: all of it there, and all sums consistent."""

from typing import Final

from sandbox.snapppay.door import Refusal
from sandbox.wire import Json

_LINE: Final = frozenset({"id", "name", "category", "count", "amount", "commissionType"})
_WRONG_CART: Final = 1020
_WRONG_AMOUNT: Final = 1010


def checked_amount(body: Json) -> int:
    """Return the amount a cart adds up to; raise Refusal when anything in it does not."""
    amount, carts = _rial(body, "amount"), body.get("cartList")
    if amount <= 0:
        raise Refusal(_WRONG_AMOUNT, "amount must be positive")
    if not isinstance(carts, list) or not carts:
        raise Refusal(_WRONG_CART, "cartList is required")
    total = sum(_cart_total(cart) for cart in carts)
    off = _rial(body, "discountAmount", 0) + _rial(body, "externalSourceAmount", 0)
    if total - off != amount:
        raise Refusal(_WRONG_AMOUNT, "amount is not the sum of the carts")
    return amount


def _cart_total(cart: object) -> int:
    items = cart.get("cartItems") if isinstance(cart, dict) else None
    if not isinstance(cart, dict) or not isinstance(items, list) or not items:
        raise Refusal(_WRONG_CART, "cartItems is required")
    total = _rial(cart, "totalAmount")
    extra = sum(
        _rial(cart, name, 0)
        for name, included in (
            ("shippingAmount", "isShipmentIncluded"),
            ("taxAmount", "isTaxIncluded"),
        )
        if not cart.get(included)
    )
    if sum(_line_total(item) for item in items) + extra != total:
        raise Refusal(_WRONG_CART, "totalAmount is not the sum of the lines")
    return total


def _line_total(item: object) -> int:
    if not isinstance(item, dict) or not set(item) >= _LINE:
        raise Refusal(_WRONG_CART, "a line lacks a field")
    if not item["name"] or not item["category"]:
        raise Refusal(_WRONG_CART, "a line lacks its name or category")
    return _rial(item, "count") * _rial(item, "amount")


def _rial(body: Json, name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal(_WRONG_AMOUNT, f"{name} must be a whole number")
    return value
