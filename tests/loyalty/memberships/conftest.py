"""A business with a membership to sell, a bank that debits, and the clock's work."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from core.calendar import day_start
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.models import MembershipPeriod, PaidMembership
from loyalty.operations.memberships import (
    Joined,
    NewMembershipPlan,
    join_membership,
    offer_plan,
    step_due,
)
from loyalty.queries.invariants import broken
from outbox.models import Event
from outbox.operations import deliver_due
from payments.enums import BookAccount, PaymentMethod
from payments.models import Payment, ProviderAccount
from payments.operations import poll_due
from payments.operations.take_in import MoneyIn, take_in
from tests.payments.debits.conftest import Collector, collector, fake_bank, provider_sort

__all__ = ["collector", "fake_bank", "provider_sort"]

PRICE = 900_000


class Club:
    """A business that sells memberships, and short words for what happens in it."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.business = collector.business
        self.now = collector.now
        self.zone = collector.business.timezone
        with acting_for(self.business.id):
            found = find_or_create(
                customer=CustomerHint(mobile="09121234567", name="مریم"), source="t", now=self.now
            )
            # A gateway to ask at; nothing is ever sent to it here.
            gateways = ProviderAccount.objects.exclude(provider="vandar")
            gateways.update(is_active=True, next_sweep_at=None)
        self.customer_id: UUID = found.customer_id

    def offer(self, **changes: Any) -> UUID:
        new = NewMembershipPlan(
            name="طلایی", price_rial=PRICE, multiplier_num=2, free_delivery=True
        )
        with acting_for(self.business.id):
            return offer_plan(plan=replace(new, **changes), now=self.now)

    def join(self, plan_id: UUID | None = None, mandate_id: UUID | None = None) -> Joined:
        with acting_for(self.business.id):
            return join_membership(
                customer_id=self.customer_id,
                plan_id=plan_id or self.offer(),
                mandate_id=mandate_id,
                now=self.now,
            )

    def member(self, **changes: Any) -> UUID:
        """Return a membership whose first period a mandate paid."""
        joined = self.join(self.offer(**changes), self.collector.active())
        self.work(self.now)
        assert self.see(joined.id).state == "active"
        return joined.id

    def work(self, moment: datetime | None = None) -> None:
        """Do what beat and the workers would, until nothing is due."""
        moment = moment or self.now
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE vafa_worker")
        try:
            while step_due(now=moment) + poll_due(now=moment) + deliver_due(now=moment):
                pass
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE vafa_web")

    def at(self, membership_id: UUID, days: int = 0, hours: int = 11) -> datetime:
        """Return an hour of the day a membership's paid days end, or so many days after."""
        paid_until = self.see(membership_id).paid_until
        assert paid_until is not None
        return day_start(paid_until + timedelta(days=days), self.zone) + timedelta(hours=hours)

    def see(self, membership_id: UUID) -> PaidMembership:
        with acting_for(self.business.id):
            return PaidMembership.objects.select_related("plan").get(id=membership_id)

    def periods(self, membership_id: UUID) -> list[MembershipPeriod]:
        with acting_for(self.business.id):
            rows = MembershipPeriod.objects.filter(membership_id=membership_id)
            return list(rows.order_by("number"))

    def pay(self, payment_id: UUID, moment: datetime | None = None) -> None:
        """Let the money of an asked payment come in."""
        with acting_for(self.business.id):
            payment = Payment.objects.select_for_update().get(id=payment_id)
            money = MoneyIn(
                method=PaymentMethod.GATEWAY,
                provider="zarinpal",
                place=(BookAccount.PROVIDER, "x"),
                reference=str(payment_id),
            )
            take_in(payment, money, moment or self.now)

    def events(self, name: str) -> list[dict[str, Any]]:
        with acting_for(self.business.id):
            rows = Event.objects.filter(name=name).order_by("at", "id")
            return list(rows.values_list("payload", flat=True))

    def is_well(self, moment: datetime | None = None) -> bool:
        with acting_for(self.business.id):
            return broken((moment or self.now) + timedelta(days=4000)) == []


@pytest.fixture
def club(collector: Collector) -> Club:
    return Club(collector)
