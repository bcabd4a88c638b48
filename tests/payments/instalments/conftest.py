"""A shop that sells on credit, and its customer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.calendar import business_day
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from payments.models import Instalment, InstalmentPlan, Payment
from payments.operations import Asked
from payments.operations.instalments import (
    NewPlan,
    NewTerms,
    ask_for_instalment,
    sell_on_credit,
    set_credit_terms,
)
from payments.queries.instalments.plans import plan_detail
from tests.payments.conftest import Shop, bank, fresh_sandbox, later, poll, sandbox, shop

__all__ = ["bank", "fresh_sandbox", "later", "poll", "sandbox", "shop"]


class Lender:
    """A shop that lends, and short words for what it does."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.zone = shop.business.timezone
        with acting_for(shop.business.id):
            found = find_or_create(
                customer=CustomerHint(mobile="09121234567", name="مریم"),
                source="test",
                now=shop.now,
            )
        self.customer_id: UUID = found.customer_id
        self.terms(lends_without_history=True, newcomer_rial=50_000_000)

    @property
    def today(self) -> date:
        return business_day(self.shop.now, self.zone)

    def terms(self, **changes: Any) -> None:
        asked = NewTerms(
            is_on=True,
            least_grade=60,
            most_customer_rial=50_000_000,
            most_total_rial=100_000_000,
        )
        with acting_for(self.shop.business.id):
            set_credit_terms(terms=replace(asked, **changes), now=self.shop.now)

    def plan(self, **changes: Any) -> NewPlan:
        asked = NewPlan(
            external_id=f"c-{uuid4().hex[:8]}",
            customer_id=self.customer_id,
            total_rial=12_000_000,
            down_rial=3_000_000,
            count=3,
            first_due_on=self.today + timedelta(days=30),
            title="کیف چرم",
        )
        return replace(asked, **changes)

    def sell(self, now: datetime | None = None, **changes: Any) -> InstalmentPlan:
        with acting_for(self.shop.business.id):
            made = sell_on_credit(plan=self.plan(**changes), by="sara", now=now or self.shop.now)
            return InstalmentPlan.objects.get(id=made)

    def parts(self, plan: InstalmentPlan) -> list[Instalment]:
        with acting_for(self.shop.business.id):
            detail = plan_detail(plan.id)
        assert detail is not None
        return list(detail.parts)

    def see(self, plan: InstalmentPlan) -> InstalmentPlan:
        with acting_for(self.shop.business.id):
            return InstalmentPlan.objects.get(id=plan.id)

    def ask(self, part: Instalment, now: datetime | None = None) -> Asked:
        with acting_for(self.shop.business.id):
            asked = ask_for_instalment(instalment_id=part.id, now=now or self.shop.now)
        assert asked is not None
        return asked

    def pay(self, asked: Any, now: datetime) -> None:
        with acting_for(self.shop.business.id):
            payment = Payment.objects.get(id=asked.id)
        way = self.shop.send_to_bank(payment, now=now)
        back = self.shop.bank.pay(way, "success")["redirect"]
        self.shop.come_back(back, now=now)


@pytest.fixture
def lender(shop: Shop) -> Lender:
    return Lender(shop)


@pytest.fixture
def day_of(lender: Lender) -> Callable[..., datetime]:
    """Return noon of the day an instalment falls due, or so many days after."""

    def moment(part: Instalment, days: int = 0) -> datetime:
        on = part.due_on + timedelta(days=days)
        return datetime(on.year, on.month, on.day, 12, tzinfo=lender.zone)

    return moment
