"""Online payments that gift cards and coupons pay part of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase, Tender
from customers.operations import CustomerHint
from loyalty.models import GiftCard
from loyalty.queries.invariants import broken as broken_points
from payments.models import Payment, PaymentCover
from payments.operations import create_payment
from payments.operations.covers.put import cover_payment
from payments.queries.invariants import broken as broken_money
from tests.loyalty.conftest import FAR
from tests.loyalty.coupons.conftest import make
from tests.loyalty.gift_cards.conftest import issue_cards
from tests.payments.conftest import Shop, bank, fresh_sandbox, poll, sandbox, shop

__all__ = ["bank", "fresh_sandbox", "poll", "sandbox", "shop"]

BUYER = CustomerHint(mobile="09121234567")


@dataclass
class Checkout:
    """A shop that sells online, and short words for its buyers."""

    shop: Shop
    now: datetime

    @property
    def business_id(self) -> UUID:
        return self.shop.business.id

    def card(self, rial: int = 400_000, **more: Any) -> str:
        """Sell a gift card; return its code."""
        with acting_for(self.business_id):
            return issue_cards(self.now, rial, **more).codes[0]

    def coupon(self, **more: Any) -> str:
        """Offer a coupon; return its code."""
        with acting_for(self.business_id):
            make(self.now, **more)
        return str(more.get("code", "YALDA"))

    def ask(self, rial: int = 1_000_000, **more: Any) -> Payment:
        more.setdefault("customer", BUYER)
        with acting_for(self.business_id):
            asked = create_payment(
                external_id=f"o-{uuid4().hex[:8]}", amount_rial=rial, now=self.now, **more
            )
        return self.see(asked.id)

    def cover(self, payment: Payment, code: str, at: datetime | None = None) -> Payment:
        with acting_for(self.business_id):
            cover_payment(payment_id=payment.id, code=code, now=at or self.now)
        return self.see(payment.id)

    def refused(self, payment: Payment, code: str) -> str:
        with pytest.raises(Problem) as caught:
            self.cover(payment, code)
        return caught.value.code

    def see(self, payment_id: UUID) -> Payment:
        with acting_for(self.business_id):
            return Payment.objects.get(id=payment_id)

    def covers(self, payment: Payment) -> list[PaymentCover]:
        with acting_for(self.business_id):
            return list(PaymentCover.objects.filter(payment=payment).order_by("held_at", "id"))

    def left(self) -> list[int]:
        """Return what is on the cards, oldest first."""
        with acting_for(self.business_id):
            return list(GiftCard.objects.order_by("id").values_list("balance_rial", flat=True))

    def tenders(self, payment: Payment) -> list[tuple[str, int]]:
        """Return how the payment's sale was paid."""
        with acting_for(self.business_id):
            rows = Tender.objects.filter(purchase=self.see(payment.id).purchase_id)
            return sorted(rows.values_list("method", "amount_rial"))

    def sale(self, payment: Payment) -> Purchase:
        with acting_for(self.business_id):
            return Purchase.objects.get(payment_id=payment.id)

    def wrong(self) -> list[str]:
        """Return every promise that is broken."""
        with acting_for(self.business_id):
            return broken_money(self.now + timedelta(minutes=1)) + broken_points(self.now + FAR)


@pytest.fixture
def now() -> datetime:
    """Return the real time: pages read the clock themselves."""
    return timezone.now()


@pytest.fixture
def checkout(shop: Shop, now: datetime) -> Iterator[Checkout]:
    """Return a shop with a bank; afterwards all sums agree."""
    one = Checkout(shop, now)
    yield one
    assert one.wrong() == []
