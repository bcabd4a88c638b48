"""A buyer clicks pay again and again while the provider's inquiry gives no answer."""

import contextlib
from datetime import timedelta

import pytest

from core.errors import Problem
from payments.enums import AttemptState, PaymentState
from payments.operations import start_attempt
from payments.operations.schedule import _DOUBT_SECONDS
from tests.payments.conftest import Shop
from tests.payments.memory_bank import Bank, open_banks


@pytest.fixture
def mute(shop: Shop, monkeypatch) -> Bank:
    """Return a bank whose inquiry never answers, at which a buyer is."""
    bank = open_banks(monkeypatch, "zarinpal")["zarinpal"]
    bank.broken["inquire"] = "unheard_not_done"
    return bank


def click(shop: Shop, payment, now) -> None:
    with contextlib.suppress(Problem):
        start_attempt(business_id=shop.business.id, payment_id=payment.id, now=now)


def test_fifteen_clicks_call_no_person(shop, mute, later, purchases_of):
    payment = shop.ask()
    shop.send_to_bank(payment)
    for second in range(1, 16):
        click(shop, payment, later(seconds=second / 10))
    attempt = shop.attempt(payment)
    assert mute.said.count("inquire") == 15
    assert (attempt.state, attempt.doubts) == (AttemptState.REDIRECTED, 1)
    assert shop.see(payment).state == PaymentState.PROCESSING

    # Whoever paid meanwhile is found by the next question we had planned.
    mute.broken.clear()
    mute.pay(attempt.authority, shop.now)
    click(shop, payment, attempt.next_check_at)
    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1


def test_the_planned_questions_still_end_with_a_person_however_often_one_clicks(shop, mute, poll):
    payment = shop.ask()
    shop.send_to_bank(payment)
    planned = 0
    while (attempt := shop.attempt(payment)).next_check_at is not None:
        due = attempt.next_check_at
        assert shop.see(payment).state == PaymentState.PROCESSING
        poll(due)
        planned += 1
        for _ in range(3):
            click(shop, payment, due + timedelta(seconds=1))
        assert planned <= len(_DOUBT_SECONDS) + 1
    assert planned == len(_DOUBT_SECONDS) + 1
    assert attempt.state == AttemptState.NEEDS_REVIEW
    assert shop.see(payment).state == PaymentState.NEEDS_REVIEW
