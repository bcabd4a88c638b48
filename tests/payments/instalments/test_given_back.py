"""Money of an instalment that goes back by a refund: the debt, its plan, the books, the points."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase
from loyalty.queries.wallets import balances
from payments.enums import AlertKind, BookAccount
from payments.enums.instalments import InstalmentState
from payments.enums.refunds import RefundState
from payments.models import Alert, CreditPolicy, Payment, ProviderAccount, Transfer
from payments.operations.instalments import cancel_plan
from payments.operations.refunds import ask_refund, pay_again, preview_refund, run_until_it_waits
from payments.providers import PRODUCTS
from payments.providers.contract import TransferState
from payments.queries.books import trial_balance
from payments.queries.instalments.credit import broken_plans
from payments.queries.invariants import broken
from tests.payments.instalments.conftest import Lender
from tests.payments.refunds.bank import OutBank

pytestmark = pytest.mark.django_db


class Counter:
    """Where instalments are paid at the gateway and given back the next day."""

    def __init__(self, lender: Lender, out: OutBank) -> None:
        self.lender, self.out = lender, out
        self.business_id = lender.shop.business.id
        self.start = lender.shop.now
        self.now = lender.shop.now + timedelta(days=1)
        self.plan = lender.sell()
        self.before = self.points()
        self.part = lender.parts(self.plan)[0]
        self.payment_id = lender.ask(self.part).id
        with acting_for(self.business_id):
            payment = Payment.objects.get(id=self.payment_id)
        lender.pay(payment, self.start)

    def ask(self, amount_rial: int | None = None) -> Transfer:
        with acting_for(self.business_id, durable=True):
            asked = ask_refund(
                payment_id=self.payment_id,
                external_id="r-1",
                amount_rial=amount_rial,
                by="sara",
                now=self.now,
            )
        return self.run(asked.id)

    def run(self, transfer_id: Any) -> Transfer:
        run_until_it_waits(business_id=self.business_id, transfer_id=transfer_id, now=self.now)
        with acting_for(self.business_id):
            return Transfer.objects.get(id=transfer_id)

    def books(self) -> dict[str, int]:
        with acting_for(self.business_id):
            return {
                row.account: row.balance_rial
                for row in trial_balance()
                if row.balance_rial and row.account not in {"provider", "fees"}
            }

    def points(self) -> int:
        with acting_for(self.business_id):
            customer_id = self.lender.customer_id
            return balances([customer_id], self.now)[customer_id].balance_points

    def returned_rial(self) -> int:
        with acting_for(self.business_id):
            return Purchase.objects.get().returned_rial

    def is_well(self) -> bool:
        with acting_for(self.business_id):
            return broken(self.now) == [] and broken_plans() == []


@pytest.fixture
def counter(lender: Lender, monkeypatch) -> Counter:
    bank = OutBank()
    as_all: Any = bank
    monkeypatch.setitem(PRODUCTS, "zarinpal", replace(PRODUCTS["zarinpal"], refunds=as_all))
    with acting_for(lender.shop.business.id):
        ProviderAccount.objects.update(families=["gateway", "refunds"])
    return Counter(lender, bank)


def test_a_refunded_instalment_is_owed_again_with_its_points(counter: Counter):
    with acting_for(counter.business_id):
        told = preview_refund(payment_id=counter.payment_id, now=counter.now)
    assert (told.returned, told.owed_again) == (None, True)
    refund = counter.ask()
    assert refund.state == RefundState.PAID
    (part, *_rest) = counter.lender.parts(counter.plan)
    assert part.state == InstalmentState.OPEN
    assert counter.lender.see(counter.plan).paid_rial == 0
    assert counter.books() == {
        BookAccount.RECEIVABLE: 9_000_000,
        BookAccount.SALES: -9_000_000,
    }
    assert counter.points() == counter.before
    assert counter.returned_rial() == 0
    with acting_for(counter.business_id):
        assert CreditPolicy.objects.get().owed_rial == 9_000_000
    assert counter.is_well()


def test_part_of_an_instalment_does_not_go_back(counter: Counter):
    with pytest.raises(Problem) as refusal:
        counter.ask(1_000_000)
    assert refusal.value.code == "instalment_goes_back_whole"


def test_after_the_goods_came_back_its_money_is_a_return(counter: Counter):
    with acting_for(counter.business_id):
        cancel_plan(plan_id=counter.plan.id, now=counter.now)
    counter.ask(1_000_000)
    assert counter.lender.parts(counter.plan)[0].state == InstalmentState.PAID
    assert counter.books() == {
        BookAccount.SALES: -9_000_000,
        BookAccount.REFUNDS: 6_000_000 + 1_000_000,
    }
    assert counter.returned_rial() == 1_000_000
    assert counter.is_well()


def test_a_refund_that_bounces_and_is_paid_again_owes_once(counter: Counter):
    refund = counter.ask()
    counter.out.become(refund.id, TransferState.RETURNED)
    counter.now += timedelta(days=1)
    assert counter.run(refund.id).state == RefundState.RETURNED_AFTER_PAID
    with acting_for(counter.business_id, durable=True):
        asked = pay_again(transfer_id=refund.id, external_id="r-2", by="sara", now=counter.now)
    assert counter.run(asked.id).state == RefundState.PAID
    assert counter.books() == {
        BookAccount.RECEIVABLE: 9_000_000,
        BookAccount.SALES: -9_000_000,
    }
    assert counter.lender.see(counter.plan).paid_rial == 0
    assert counter.returned_rial() == 0
    assert counter.is_well()


def test_money_for_a_waived_instalment_is_told_and_goes_back_to_nought(counter: Counter):
    second = counter.lender.parts(counter.plan)[1]
    asked = counter.lender.ask(second)
    with acting_for(counter.business_id):
        payment = Payment.objects.get(id=asked.id)
        cancel_plan(plan_id=counter.plan.id, now=counter.start)
    counter.lender.pay(payment, counter.start)
    assert counter.books()[BookAccount.RECEIVABLE] == -3_000_000
    with acting_for(counter.business_id):
        alert = Alert.objects.get(kind=AlertKind.ORPHAN)
    assert alert.payment_id == payment.id

    counter.payment_id = payment.id
    assert counter.ask().state == RefundState.PAID
    assert BookAccount.RECEIVABLE not in counter.books()
    assert counter.returned_rial() == 0
    assert counter.is_well()
