"""The cart SnappPay insists on; its sums must agree with one another and with the amount."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from payments.providers.contract import CartItem

_CATEGORY: Final = "OTHER"
_COMMISSION: Final = 100


def cart_list(items: Sequence[CartItem], *, amount_rial: int, name: str) -> list[Mapping[str, Any]]:
    """Return the cart of an amount; lines that do not add up to it become one line."""
    lines = [_line(number, item) for number, item in enumerate(items, start=1)]
    if not lines or sum(item.total_rial for item in items) != amount_rial:
        lines = [_written(1, name, _CATEGORY, 1, amount_rial)]
    return [
        {
            "cartId": 1,
            "cartItems": lines,
            "isShipmentIncluded": True,
            "isTaxIncluded": True,
            "shippingAmount": 0,
            "taxAmount": 0,
            "totalAmount": amount_rial,
        }
    ]


def _line(number: int, item: CartItem) -> Mapping[str, Any]:
    """Return a line; a discounted one is one piece at what is paid for it."""
    category = item.category or _CATEGORY
    if item.quantity * item.unit_price_rial == item.total_rial:
        return _written(number, item.name, category, item.quantity, item.unit_price_rial)
    return _written(number, f"{item.name} × {item.quantity}", category, 1, item.total_rial)


def _written(number: int, name: str, category: str, count: int, each: int) -> Mapping[str, Any]:
    return {
        "id": number,
        "name": name,
        "category": category,
        "count": count,
        "amount": each,
        "commissionType": _COMMISSION,
    }
