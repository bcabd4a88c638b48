"""A bank's page that opens once: a second click gets a page that works, and money counts once."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from core.errors import Problem
from payments.enums import AttemptState, PaymentState
from payments.operations import start_attempt
from tests.payments.conftest import Shop


@pytest.fixture
def vandar(shop_of: Callable[[str], Shop]) -> Shop:
    return shop_of("vandar")


def press(shop: Shop, payment) -> int:
    """Press the pay button and follow it; return what the bank's page says."""
    way = start_attempt(business_id=shop.business.id, payment_id=payment.id, now=shop.now)
    return httpx.get(way.url).status_code


def test_whoever_went_back_gets_a_page_that_opens(vandar, purchases_of):
    payment = vandar.ask()
    assert [press(vandar, payment) for _ in range(3)] == [200, 200, 200]
    states = [one.state for one in vandar.attempts(payment)]
    assert states == [AttemptState.EXPIRED, AttemptState.EXPIRED, AttemptState.REDIRECTED]
    vandar.come_back(vandar.bank.pay(vandar.attempt(payment).authority)["redirect"])
    assert vandar.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(vandar.business.id)) == 1
    assert vandar.is_well()


def test_a_paid_try_is_found_and_not_replaced(vandar):
    payment = vandar.ask()
    press(vandar, payment)
    vandar.bank.pay(vandar.attempt(payment).authority, "callback_lost")
    with pytest.raises(Problem, match="payment_not_payable"):
        press(vandar, payment)
    assert vandar.see(payment).state == PaymentState.SETTLED
    assert len(vandar.attempts(payment)) == 1


def test_a_try_nobody_could_be_asked_about_is_not_replaced(vandar):
    payment = vandar.ask()
    press(vandar, payment)
    vandar.bank.script("inquiry", "html_500")
    with pytest.raises(Problem, match="payment_being_checked"):
        press(vandar, payment)
    assert len(vandar.attempts(payment)) == 1


def test_money_on_a_replaced_page_is_nobodys_and_the_new_one_still_counts(
    vandar, poll, purchases_of
):
    payment = vandar.ask()
    press(vandar, payment)
    old = vandar.attempt(payment).authority
    press(vandar, payment)
    vandar.come_back(vandar.bank.pay(old)["redirect"])
    assert len(vandar.orphans()) == 1
    assert purchases_of(vandar.business.id) == []
    vandar.come_back(vandar.bank.pay(vandar.attempt(payment).authority)["redirect"])
    poll(vandar.now + timedelta(minutes=2))
    assert vandar.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(vandar.business.id)) == 1
    assert vandar.is_well()


def test_clicking_without_end_opens_no_sessions_without_end(vandar):
    payment = vandar.ask()
    for _ in range(10):
        press(vandar, payment)
    with pytest.raises(Problem, match="gateway_unavailable"):
        press(vandar, payment)
