"""A shop that promises prices, and short words for what becomes of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.calendar import add_months, business_day
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, find_or_create
from payments.models import Payment
from payments.operations import Asked, NewQuote, make_quote, pay_quote, withdraw_quote
from payments.operations.instalments import NewPlan, NewTerms, set_credit_terms
from payments.operations.quotes import sell_quote_on_credit
from payments.queries.quotes import QuoteView, quote_by_id
from tests.payments.conftest import Shop, bank, fresh_sandbox, sandbox, shop

__all__ = ["bank", "fresh_sandbox", "sandbox", "shop"]

MOBILE = "09121234567"


class Promiser:
    """What a shop does with its prices."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.now = shop.now

    def customer(self, mobile: str = MOBILE) -> UUID:
        """Return a customer the shop knows."""
        with acting_for(self.shop.business.id):
            hint = CustomerHint(mobile=mobile, name="مریم کریمی")
            return find_or_create(customer=hint, source="test", now=self.now).customer_id

    def make(self, **asked: Any) -> UUID:
        """Promise a price for three days."""
        asked.setdefault("title", "مانتوی بهاره")
        asked.setdefault("valid_to", self.now + timedelta(days=3))
        if "lines" not in asked:
            asked.setdefault("amount_rial", 9_000_000)
        with acting_for(self.shop.business.id):
            return make_quote(quote=NewQuote(**asked), by="sara", now=self.now)

    def see(self, quote_id: UUID, now: datetime | None = None) -> QuoteView:
        with acting_for(self.shop.business.id):
            view = quote_by_id(quote_id, now=now or self.now)
        assert view is not None
        return view

    def pay(self, quote_id: UUID, mobile: str = MOBILE, now: datetime | None = None) -> Asked:
        """Press the button of the quote's page."""
        with acting_for(self.shop.business.id):
            return pay_quote(quote_id=quote_id, mobile=mobile, now=now or self.now)

    def withdraw(self, quote_id: UUID, now: datetime | None = None) -> bool:
        with acting_for(self.shop.business.id):
            return withdraw_quote(quote_id=quote_id, by="sara", now=now or self.now)

    def sell(self, quote_id: UUID, customer_id: UUID, number: str = "c-1") -> UUID:
        """Sell it in two months, half of it at once."""
        rial = self.see(quote_id).quote.amount_rial
        plan = NewPlan(
            external_id=number,
            customer_id=customer_id,
            total_rial=rial,
            down_rial=rial // 2,
            count=2,
            first_due_on=add_months(business_day(self.now, self.shop.business.timezone), 1),
        )
        with acting_for(self.shop.business.id):
            return sell_quote_on_credit(quote_id=quote_id, plan=plan, now=self.now)

    def lend(self) -> None:
        """Let the shop lend to whoever it knows."""
        terms = NewTerms(
            is_on=True,
            lends_without_history=True,
            newcomer_rial=10**9,
            most_customer_rial=10**9,
            most_total_rial=10**10,
        )
        with acting_for(self.shop.business.id):
            set_credit_terms(terms=terms, now=self.now)

    def payment(self, asked: Asked) -> Payment:
        with acting_for(self.shop.business.id):
            return Payment.objects.get(id=asked.id)


@pytest.fixture
def promiser(shop: Shop) -> Promiser:
    return Promiser(shop)


@pytest.fixture
def lines() -> list[NewLine]:
    """Return two coats with a discount and a scarf: 20,500,000 rial."""
    return [
        NewLine(
            sku="M1", name="مانتو", quantity=2, unit_price_rial=9_000_000, discount_rial=500_000
        ),
        NewLine(sku="S7", name="شال", unit_price_rial=3_000_000),
    ]


@pytest.fixture
def settle(shop: Shop) -> Callable[..., Payment]:
    """Return a function that takes a payment to the bank and back."""

    def settled(payment: Payment, now: datetime | None = None) -> Payment:
        moment = now or shop.now
        way = shop.bank.pay(shop.send_to_bank(payment, now=moment), "success")["redirect"]
        shop.come_back(way, now=moment)
        return shop.see(payment)

    return settled
