"""Confirmations unheard, undone, told twice, or for another amount."""

from dataclasses import replace

import pytest

from payments.enums import AttemptState, PaymentState, ReversalReason, ReversalState
from payments.providers.zarinpal import Zarinpal
from tests.payments.conftest import Shop

# 4 and 5 · the confirmation's answer is lost


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_a_confirmation_that_happened_unheard_is_found(
    shop: Shop, poll, later, fault, purchases_of
):
    payment = shop.ask()
    address = shop.pay(payment)
    shop.bank.script("verify", fault)
    assert shop.come_back(address).state == PaymentState.PROCESSING
    assert shop.attempt(payment).state == AttemptState.UNKNOWN

    poll(later(seconds=5))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert shop.attempt(payment).last_outcome == "already"
    assert shop.attempt(payment).provider_ref
    assert len(purchases_of(shop.business.id)) == 1
    kinds = [call.operation for call in shop.calls()]
    assert kinds == ["request", "callback", "confirm", "inquire", "confirm"]


@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500", "http_429"])
def test_a_confirmation_that_did_not_happen_is_made_good(shop: Shop, poll, later, fault):
    payment = shop.ask()
    address = shop.pay(payment)
    shop.bank.script("verify", fault)
    shop.come_back(address)

    poll(later(seconds=5))

    assert shop.see(payment).state == PaymentState.SETTLED


def test_money_the_bank_took_back_is_never_a_success(shop: Shop, poll, later, purchases_of):
    payment = shop.ask()
    address = shop.pay(payment)
    shop.bank.script("verify", "timeout_not_done", times=50)
    shop.come_back(address)
    for seconds in (5, 20, 80):
        poll(later(seconds=seconds))
    shop.bank.advance(31 * 60)

    poll(later(minutes=31))

    assert shop.truth(payment) == "RETURNED"
    assert shop.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert shop.see(payment).state == PaymentState.CREATED
    assert purchases_of(shop.business.id) == []


def test_a_card_whose_money_came_straight_back_is_never_a_success(shop: Shop, purchases_of):
    payment = shop.buy(card="auto_returned")
    assert shop.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert payment.state == PaymentState.CREATED
    assert purchases_of(shop.business.id) == []


# 6 · fresh success twice


def test_a_fresh_success_told_twice_credits_once(shop: Shop, purchases_of):
    """Rule R46."""
    payment = shop.ask(909_908)
    address = shop.pay(payment)
    shop.come_back(address)
    shop.come_back(address)
    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1


def test_a_reference_that_paid_before_pays_for_nothing_else(shop: Shop, monkeypatch, purchases_of):
    first = shop.buy()
    reference = shop.attempt(first).provider_ref
    second = shop.ask()
    address = shop.pay(second)
    true_confirm = Zarinpal.confirm
    monkeypatch.setattr(
        Zarinpal,
        "confirm",
        lambda self, *of: replace(true_confirm(self, *of), provider_ref=reference),
    )

    shop.come_back(address)

    assert shop.see(second).state == PaymentState.NEEDS_REVIEW
    assert shop.attempt(second).state == AttemptState.MISMATCH
    assert shop.reversals() == []  # a replayed reference is for a person: whose money is it?
    assert len(purchases_of(shop.business.id)) == 1


# 7 · the amount differs


def test_ten_times_the_amount_is_credited_to_nobody_and_goes_back(
    shop: Shop, poll, later, purchases_of
):
    payment = shop.ask(909_907)
    shop.come_back(shop.pay(payment))
    assert shop.see(payment).state == PaymentState.NEEDS_REVIEW
    assert shop.attempt(payment).state == AttemptState.MISMATCH
    assert shop.attempt(payment).last_code == "-50"

    poll(later(seconds=1))

    (reversal,) = shop.reversals()
    assert (reversal.reason, reversal.state) == (ReversalReason.MISMATCH, ReversalState.RETURNED)
    assert reversal.amount_rial == 9_099_070
    assert shop.truth(payment) == "REVERSED"
    assert shop.see(payment).state == PaymentState.REVERSED
    assert purchases_of(shop.business.id) == []
    assert shop.is_well()
