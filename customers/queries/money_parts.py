"""Which part of a sale was paid in money, and which goods a sum of money stands for.

What points and gift cards paid goes back to them with the goods, so only the rest is given back as
money. Counted from the sale's beginning, so that parts sum exactly.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Sum

from customers.enums import TenderMethod
from customers.models import Purchase, Tender

_NO_MONEY: Final = (TenderMethod.POINTS, TenderMethod.GIFT_CARD, TenderMethod.STORE_CREDIT)


@dataclass(frozen=True, slots=True)
class MoneyParts:
    """A sale partly paid otherwise: `other_rial` of `total_rial`; `returned_rial` came back."""

    total_rial: int
    other_rial: int
    returned_rial: int

    def for_goods(self, goods_rial: int) -> int:
        """Return how much of the next goods to come back goes back as money."""
        return self._money(self.returned_rial + goods_rial) - self._money(self.returned_rial)

    def goods_for(self, money_rial: int) -> int:
        """Return the least worth of goods whose return gives this much money back."""
        low, high = 0, self.total_rial - self.returned_rial
        while low < high:
            middle = (low + high) // 2
            if self.for_goods(middle) < money_rial:
                low = middle + 1
            else:
                high = middle
        # With the last of the money the last of the goods is back.
        return high if self.for_goods(low) < self._left() else self._rest()

    def _money(self, returned_rial: int) -> int:
        return returned_rial - self.other_rial * returned_rial // self.total_rial

    def _left(self) -> int:
        return self.for_goods(self._rest())

    def _rest(self) -> int:
        return self.total_rial - self.returned_rial


def money_parts(purchase_id: UUID | None) -> MoneyParts | None:
    """Return the parts of a sale that points or gift cards paid for; None where money did."""
    if purchase_id is None:
        return None
    rows = Tender.objects.filter(purchase_id=purchase_id, method__in=_NO_MONEY)
    other = rows.aggregate(rial=Sum("amount_rial"))["rial"]
    if not other:
        return None
    sale = Purchase.objects.only("total_rial", "returned_rial").get(id=purchase_id)
    return MoneyParts(sale.total_rial, other, sale.returned_rial)
