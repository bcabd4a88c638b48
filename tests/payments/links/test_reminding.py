"""Unfinished checkouts: reminded once, some left alone, nobody who paid or is at the bank."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from core.errors import Problem
from core.numbers import make_iban
from core.tenancy import acting_for
from customers.enums import CaseKind
from customers.operations import CustomerHint, find_or_create
from customers.queries.cases import case_rows
from messaging.models import Message
from outbox.models import Event
from payments.enums.links import RecoveryArm
from payments.models import CheckoutRecovery, Payment
from payments.operations import set_checkout_policy
from payments.operations.create import Debt
from payments.operations.deposits import issue_identifier, save_bank_account
from payments.queries.links import arm_results

pytestmark = pytest.mark.django_db
IBAN = make_iban("0170000000100324200001")
BUYER = CustomerHint(mobile="+989121234567")


@pytest.fixture
def policy(shop, now):
    def set_to(holdout_percent=0, *, is_on=True):
        with acting_for(shop.business.id):
            set_checkout_policy(
                is_on=is_on, after_minutes=30, holdout_percent=holdout_percent, now=now
            )

    set_to()
    return set_to


def _messages(shop):
    with acting_for(shop.business.id):
        return list(Message.objects.filter(ref_kind="checkout"))


def _arms(shop):
    with acting_for(shop.business.id):
        return list(CheckoutRecovery.objects.values_list("arm", flat=True))


def test_one_reminder_with_the_way_back(shop, policy, poll, later):
    payment = shop.ask(customer=BUYER)
    poll(later(minutes=29))
    assert _messages(shop) == []
    poll(later(minutes=30))
    poll(later(minutes=40))
    (message,) = _messages(shop)
    assert message.address == "+989121234567"
    assert payment.pay_token in message.body
    assert "۹۰٬۰۰۰" in message.body
    assert _arms(shop) == [RecoveryArm.REMINDED]
    with acting_for(shop.business.id):
        (event,) = Event.objects.filter(name="checkout.abandoned")
    assert event.payload["reminded"] is True


def test_nobody_is_reminded_when_it_is_off_or_the_mobile_is_unknown(shop, policy, poll, later):
    shop.ask()
    policy(is_on=False)
    shop.ask(customer=BUYER)
    poll(later(hours=1))
    assert _arms(shop) == []


def test_who_paid_meanwhile_is_left_in_peace(shop, policy, poll, later):
    shop.buy(customer=BUYER)
    poll(later(hours=1))
    assert _arms(shop) == []


def test_who_paid_the_same_sum_otherwise_is_left_in_peace(shop, policy, poll, later):
    shop.ask(customer=BUYER)
    shop.buy(customer=BUYER)
    poll(later(hours=1))
    assert _arms(shop) == [RecoveryArm.SKIPPED]
    assert _messages(shop) == []


def test_who_chose_to_transfer_is_left_in_peace(shop, policy, poll, later):
    with acting_for(shop.business.id):
        account = save_bank_account(title="ملی", iban=IBAN, now=shop.now)
    payment = shop.ask(customer=BUYER)
    with acting_for(shop.business.id):
        issue_identifier(account_id=account.id, payment_id=payment.id, now=shop.now)
    poll(later(minutes=31))
    assert _arms(shop) == []


def test_a_debt_is_no_checkout(shop, policy, poll, later):
    with acting_for(shop.business.id):
        customer = find_or_create(customer=BUYER, source="test", now=shop.now)
    shop.ask(customer=BUYER, debt=Debt(customer.customer_id, None))
    poll(later(minutes=31))
    assert _arms(shop) == []


def test_who_is_at_the_bank_is_asked_about_first(shop, policy, poll, later):
    payment = shop.ask(customer=BUYER)
    shop.send_to_bank(payment, now=later(minutes=29))
    poll(later(minutes=30))
    assert _arms(shop) == []
    assert shop.see(payment).remind_at == later(minutes=45)


def test_the_arm_is_fixed_before_the_outcome_and_both_are_compared(shop, policy, poll, later, now):
    policy(holdout_percent=50)
    payments = [shop.ask(customer=CustomerHint(mobile=f"+98912000{n:04}")) for n in range(24)]
    poll(later(minutes=31))
    with acting_for(shop.business.id):
        by_payment = dict(CheckoutRecovery.objects.values_list("payment_id", "arm"))
    for payment in payments:
        left_alone = payment.id.int % 100 < 50
        expected = RecoveryArm.HOLDOUT if left_alone else RecoveryArm.REMINDED
        assert by_payment[payment.id] == expected
    reminded = [p for p in payments if by_payment[p.id] == RecoveryArm.REMINDED]
    assert len(_messages(shop)) == len(reminded)
    shop.come_back(shop.pay(reminded[0]), now=later(minutes=40))
    with acting_for(shop.business.id):
        results = {one.arm: one for one in arm_results(now)}
    assert results[RecoveryArm.REMINDED].paid == 1
    assert results[RecoveryArm.REMINDED].paid_rial == 900_000
    assert sum(one.checkouts for one in results.values()) == 24


def test_a_policy_outside_its_bounds_is_refused(shop, now):
    for after, holdout in ((4, 10), (1441, 10), (30, 51), (30, -1)):
        with acting_for(shop.business.id), pytest.raises(Problem) as refusal:
            set_checkout_policy(is_on=True, after_minutes=after, holdout_percent=holdout, now=now)
        assert refusal.value.code == "invalid_policy"


def test_a_complaint_on_the_receipt_becomes_one_case(shop):
    payment: Payment = shop.buy(customer=BUYER)
    buyer = Client()
    for _again in range(2):
        sent = buyer.post(f"/p/{payment.pay_token}/complaint/", {"text": "قهوه سرد بود"})
        assert sent.status_code == 302
    with acting_for(shop.business.id):
        (case,) = case_rows(state="open").filter(kind=CaseKind.COMPLAINT)
    assert case.detail == "قهوه سرد بود"
    assert isinstance(case.customer_id, UUID)


def test_an_unpaid_payment_has_nothing_to_complain_about(shop):
    payment = shop.ask()
    answer = Client().post(f"/p/{payment.pay_token}/complaint/", {"text": "x"})
    assert answer.status_code == 404


def test_reminders_end_with_the_payment(shop, policy, poll, later):
    shop.ask(customer=BUYER, payable_for=timedelta(minutes=35))
    poll(later(minutes=30))
    assert _arms(shop) == [RecoveryArm.SKIPPED]
