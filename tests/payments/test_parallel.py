"""Many at once, in real connections that really commit."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import PaymentState
from payments.models import Payment
from payments.operations import create_payment, poll_due, reverse_payment, start_attempt
from tests.payments.conftest import Shop
from tests.payments.test_paying import events

MANY = 50


@pytest.fixture
def shop(committed, business, bank, now) -> Shop:
    return Shop(business, bank, now)


def test_fifty_returns_at_once_have_one_effect(shop: Shop, in_parallel, purchases_of):
    payment = shop.ask()
    address = shop.pay(payment).removeprefix("http://vafa.test")

    def come_back() -> str:
        return Client().get(address)["Location"]

    def come_back_by_post() -> str:
        path, _, query = address.partition("?")
        form = dict(pair.split("=") for pair in query.split("&"))
        return Client(enforce_csrf_checks=True).post(path, form)["Location"]

    places = in_parallel(*[come_back, come_back_by_post] * (MANY // 2))

    assert set(places) == {f"/p/{payment.pay_token}/receipt/"}
    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1
    assert len(events(shop, "payment.settled")) == 1
    assert shop.heard("verify") == 1


def test_returns_and_pollers_at_once_have_one_effect(shop: Shop, in_parallel, purchases_of):
    payment = shop.ask()
    address = shop.pay(payment)
    moment = shop.now + timedelta(minutes=10)

    def come_back() -> None:
        shop.come_back(address, now=moment)

    def poll() -> None:
        with connection.cursor() as cursor:
            cursor.execute('SET ROLE "vafa_worker"')
        poll_due(now=moment)

    in_parallel(*[come_back, poll] * 6)
    poll_due(now=moment + timedelta(minutes=2))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1
    assert len(events(shop, "payment.settled")) == 1


def test_ten_clicks_on_pay_open_one_session(shop: Shop, in_parallel):
    payment = shop.ask()

    def press() -> str:
        try:
            way = start_attempt(business_id=shop.business.id, payment_id=payment.id, now=shop.now)
        except Problem as problem:
            return problem.code
        return way.url

    said = Counter(in_parallel(*[press] * 10))

    assert len(shop.bank.payments()) == 1
    assert len(shop.attempts(payment)) == 1
    assert len([answer for answer in said if answer.startswith("http")]) == 1
    assert set(said) <= {shop.bank.base_url + f"/pg/StartPay/{shop.attempt(payment).authority}"} | {
        "payment_being_checked"
    }


def test_the_same_question_asked_ten_times_at_once_is_one_payment(shop: Shop, in_parallel):
    def ask():
        with acting_for(shop.business.id):
            return create_payment(external_id="inv-1", amount_rial=10_000, now=shop.now).id

    assert len(set(in_parallel(*[ask] * 10))) == 1
    with acting_for(shop.business.id):
        assert Payment.objects.count() == 1


def test_ten_reversals_at_once_send_the_money_back_once(shop: Shop, in_parallel):
    payment = shop.buy()

    def reverse() -> str:
        return reverse_payment(
            business_id=shop.business.id, payment_id=payment.id, by="test", now=shop.now
        ).state

    assert "returned" in in_parallel(*[reverse] * 10)
    assert len(shop.reversals()) == 1
    assert shop.heard("reverse") == 1
    assert len(events(shop, "payment.reversed")) == 1
