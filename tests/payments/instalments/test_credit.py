"""Selling on credit: bounds, books, points, reminders, both ways of being paid."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import CustomerHint, find_or_create
from loyalty.models import LedgerEntry
from loyalty.queries.wallets import balances
from messaging.models import Message
from payments.enums import AlertKind, BookAccount
from payments.enums.instalments import InstalmentState, PlanState
from payments.models import Alert, CreditPolicy, Instalment, MoneyEntry, Payment
from payments.operations import reverse_payment
from payments.operations.instalments import (
    cancel_plan,
    sell_on_credit,
    settle_instalment,
)
from payments.queries.books import trial_balance
from payments.queries.instalments.cashflow import cashflow
from payments.queries.instalments.credit import broken_plans, offer_to, owed_altogether
from payments.queries.invariants import broken

pytestmark = pytest.mark.django_db


def _balances(lender):
    with acting_for(lender.shop.business.id):
        return {one.account: one.balance_rial for one in trial_balance() if one.balance_rial}


def _points(lender, now):
    with acting_for(lender.shop.business.id):
        return balances([lender.customer_id], now)[lender.customer_id].balance_points


def test_the_sale_counts_at_once_and_the_debt_is_in_the_books(lender):
    plan = lender.sell()
    assert [part.amount_rial for part in lender.parts(plan)] == [3_000_000] * 3
    assert _balances(lender) == {
        BookAccount.RECEIVABLE: 9_000_000,
        BookAccount.SALES: -9_000_000,
    }
    with acting_for(lender.shop.business.id):
        purchase = Purchase.objects.get(id=plan.purchase_id)
        assert (purchase.total_rial, purchase.eligible_rial) == (12_000_000, 3_000_000)
        assert CreditPolicy.objects.get().owed_rial == 9_000_000 == owed_altogether()
        assert broken_plans() == []


def test_selling_again_by_the_same_number_is_the_same_plan(lender):
    plan = lender.plan()
    with acting_for(lender.shop.business.id):
        first = sell_on_credit(plan=plan, now=lender.shop.now)
        assert sell_on_credit(plan=plan, now=lender.shop.now) == first
    with pytest.raises(Problem) as refusal:
        lender.sell(external_id=plan.external_id, count=2)
    assert refusal.value.code == "plan_conflict"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"down_rial": 2_999_999}, "invalid_plan"),
        ({"down_rial": 12_000_000}, "invalid_plan"),
        ({"count": 7}, "invalid_plan"),
        ({"count": 0}, "invalid_plan"),
        ({"total_rial": 100_000_000, "down_rial": 25_000_000}, "credit_refused"),
    ],
)
def test_what_the_terms_do_not_allow_is_refused_and_nothing_is_written(lender, changes, code):
    with pytest.raises(Problem) as refusal:
        lender.sell(**changes)
    assert refusal.value.code == code
    with acting_for(lender.shop.business.id):
        assert not Purchase.objects.exists()
        assert not MoneyEntry.objects.exists()
        assert CreditPolicy.objects.get().owed_rial == 0


def test_each_refusal_has_its_reason(lender, day_of):
    def reason():
        with pytest.raises(Problem) as refusal:
            lender.sell()
        return refusal.value.extra["reason"]

    lender.terms(is_on=False)
    assert reason() == "off"
    lender.terms(lends_without_history=False)
    assert reason() == "no_history"
    lender.terms(lends_without_history=True, newcomer_rial=5_000_000)
    assert reason() == "customer_limit"
    lender.terms(lends_without_history=True, newcomer_rial=50_000_000, most_total_rial=1_000_000)
    assert reason() == "total_limit"
    lender.terms(lends_without_history=True, newcomer_rial=50_000_000)
    plan = lender.sell()
    lender.shop.now = day_of(lender.parts(plan)[0], 10)
    assert reason() == "overdue"


def test_somebody_elses_customer_is_not_there(lender, other_business):
    lender.shop.business = other_business
    lender.terms(lends_without_history=True, newcomer_rial=50_000_000)
    with pytest.raises(NotFound):
        lender.sell()


def test_parts_must_sum_to_what_was_lent_in_the_database_too(lender):
    plan = lender.sell()
    with pytest.raises(IntegrityError):
        _shrink(lender, plan)


def _shrink(lender, plan):
    with transaction.atomic(), acting_for(lender.shop.business.id):
        Instalment.objects.filter(plan=plan, number=1).update(amount_rial=1)
        connection.check_constraints()


def test_an_instalment_is_announced_paid_by_link_and_earns_its_points(lender, day_of, poll):
    plan = lender.sell()
    first = lender.parts(plan)[0]
    before = _points(lender, lender.shop.now)
    poll(day_of(first, -3))
    with acting_for(lender.shop.business.id):
        (message,) = Message.objects.filter(ref_kind="instalment")
        payment = Payment.objects.get()
        assert payment.pay_token in message.body
    asked = lender.ask(first, day_of(first, -3))
    assert asked.id == payment.id
    lender.pay(asked, day_of(first, -2))
    paid = lender.parts(plan)[0]
    assert (paid.state, paid.payment_id) == (InstalmentState.PAID, payment.id)
    assert lender.see(plan).paid_rial == 3_000_000
    # Nothing is sold a second time, and nothing is asked for again.
    with acting_for(lender.shop.business.id):
        assert Purchase.objects.count() == 1
    assert _balances(lender)[BookAccount.RECEIVABLE] == 6_000_000
    poll(day_of(first, 5))
    with acting_for(lender.shop.business.id):
        assert Message.objects.filter(ref_kind="instalment", ref_id=first.id).count() == 1
        assert broken(day_of(first, 5)) == []
    # 12,000,000 sold: points only for the 3,000,000 paid at once and the 3,000,000 paid now.
    assert _points(lender, day_of(first)) == 2 * before > 0


def test_being_told_twice_pays_and_earns_once(lender, day_of):
    plan = lender.sell()
    first = lender.parts(plan)[0]
    asked = lender.ask(first)
    lender.pay(asked, lender.shop.now)
    with acting_for(lender.shop.business.id):
        for _again in range(3):
            assert settle_instalment(payment_id=asked.id, now=lender.shop.now)
        assert LedgerEntry.objects.filter(kind="earn", purchase=None).count() == 1
    assert lender.see(plan).paid_rial == 3_000_000


def test_money_that_goes_back_is_owed_again_with_its_points(lender):
    plan = lender.sell()
    first = lender.parts(plan)[0]
    before = _points(lender, lender.shop.now)
    asked = lender.ask(first)
    lender.pay(asked, lender.shop.now)
    reverse_payment(
        business_id=lender.shop.business.id, payment_id=asked.id, by="sara", now=lender.shop.now
    )
    assert lender.parts(plan)[0].state == InstalmentState.OPEN
    assert lender.see(plan).paid_rial == 0
    assert _balances(lender) == {
        BookAccount.RECEIVABLE: 9_000_000,
        BookAccount.SALES: -9_000_000,
    }
    assert _points(lender, lender.shop.now) == before
    with acting_for(lender.shop.business.id):
        assert Purchase.objects.get().returned_rial == 0
        assert CreditPolicy.objects.get().owed_rial == 9_000_000
    assert lender.ask(first).id != asked.id


def test_a_plan_ends_with_its_last_instalment(lender):
    plan = lender.sell(count=2)
    for part in lender.parts(plan):
        asked = lender.ask(part)
        lender.pay(asked, lender.shop.now)
    assert lender.see(plan).state == PlanState.COMPLETED
    assert BookAccount.RECEIVABLE not in _balances(lender)


def test_lateness_is_told_to_the_customer_and_the_owner(lender, day_of, poll):
    plan = lender.sell()
    first = lender.parts(plan)[0]
    for days in (-3, 0, 4, 11, 18, 25, 32):
        poll(day_of(first, days))
    with acting_for(lender.shop.business.id):
        said = Message.objects.filter(ref_kind="instalment", ref_id=first.id).count()
        alert = Alert.objects.get(kind=AlertKind.DEBIT_TROUBLE)
        offer = offer_to(lender.customer_id, today=day_of(first, 10).date())
    assert 3 <= said <= 5
    assert alert.source_id == first.id
    assert offer.standing.overdue_rial == 3_000_000


def test_goods_that_come_back_end_the_debt(lender):
    plan = lender.sell()
    with acting_for(lender.shop.business.id):
        assert cancel_plan(plan_id=plan.id, now=lender.shop.now) == 9_000_000
        assert cancel_plan(plan_id=plan.id, now=lender.shop.now) == 0
        assert CreditPolicy.objects.get().owed_rial == 0
        assert broken_plans() == []
    assert {part.state for part in lender.parts(plan)} == {InstalmentState.WAIVED}
    assert BookAccount.RECEIVABLE not in _balances(lender)


def test_the_trial_balance_has_one_line_for_all_debtors(lender):
    lender.sell()
    with acting_for(lender.shop.business.id):
        other = find_or_create(
            customer=CustomerHint(mobile="09121234568"), source="test", now=lender.shop.now
        )
    lender.sell(customer_id=other.customer_id)
    with acting_for(lender.shop.business.id):
        (debts,) = [one for one in trial_balance() if one.account is BookAccount.RECEIVABLE]
    assert debts.balance_rial == 18_000_000


def test_the_forecast_counts_what_is_due(lender):
    lender.sell(first_due_on=lender.today + timedelta(days=10))
    with acting_for(lender.shop.business.id):
        found = cashflow(today=lender.today, zone=lender.zone)
    assert found.due_rial == 9_000_000
    assert 0 < found.low_rial <= found.expected_rial <= found.high_rial <= 9_000_000


@pytest.mark.django_db(transaction=True)
def test_two_tills_cannot_pass_the_shops_bound_together(lender):
    lender.terms(lends_without_history=True, newcomer_rial=10**9, most_total_rial=20_000_000)

    def sell(_n):
        try:
            return lender.sell().id
        except Problem as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(sell, range(6)))
    assert ends.count("credit_refused") == 4
    with acting_for(lender.shop.business.id):
        assert CreditPolicy.objects.get().owed_rial == 18_000_000 == owed_altogether()


def test_the_customers_own_page(lender, settings):
    settings.BASE_URL = "http://testserver"
    lender.shop.now = timezone.now()
    plan = lender.sell()
    visitor = Client()
    shown = visitor.get(f"/i/{plan.token}/").content.decode()
    assert "۹۰۰٬۰۰۰" in shown
    went = visitor.post(f"/i/{plan.token}/pay/1/")
    assert went.status_code == 303
    assert visitor.get(went["Location"]).status_code == 200
    assert visitor.get(f"/i/{'A' * 44}/").status_code == 404
    assert visitor.post(f"/i/{plan.token}/pay/9/").status_code == 404


def test_the_receipt_of_an_instalment_does_not_show_the_points_of_the_whole_sale(lender):
    lender.shop.now = timezone.now()
    plan = lender.sell()
    asked = lender.ask(lender.parts(plan)[0])
    lender.pay(asked, lender.shop.now)
    shown = Client().get(f"/p/{asked.pay_token}/receipt/").content.decode()
    assert "points-earned" not in shown
    assert "survey-link" not in shown
