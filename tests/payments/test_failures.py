"""Lateness, silence, chaos and kills, and what must hold all the same."""

from datetime import timedelta

import pytest
from django.db import connection

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import NewLine, NewPurchase, record_purchases
from payments.enums import AttemptState, OrphanState, PaymentState
from payments.operations import check_attempt
from tests.payments.conftest import Shop

# 8 · the window closes, finality, lateness


def test_nobody_paid_is_final_only_after_the_window(shop: Shop, poll, later):
    payment = shop.ask()
    shop.send_to_bank(payment)
    for minutes in (0.5, 2, 5, 9, 15, 20, 30, 44):
        poll(later(minutes=minutes))
        assert shop.attempt(payment).state == AttemptState.REDIRECTED
    poll(later(minutes=46))
    assert shop.attempt(payment).state == AttemptState.EXPIRED
    assert shop.see(payment).state == PaymentState.CREATED


def test_a_success_after_the_end_is_an_orphan_and_goes_back(shop: Shop, poll, later, purchases_of):
    """Rule R45."""
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    poll(later(minutes=46))
    assert shop.attempt(payment).state == AttemptState.EXPIRED
    address = shop.bank.pay(authority)["redirect"]

    shop.come_back(address, now=later(minutes=47))

    (orphan,) = shop.orphans()
    assert (orphan.state, orphan.amount_rial, orphan.found_by) == ("open", 900_000, "callback")
    poll(later(minutes=48))
    assert shop.orphans()[0].state == OrphanState.RETURNED
    assert shop.truth(payment) == "REVERSED"
    assert shop.see(payment).state == PaymentState.CREATED
    assert purchases_of(shop.business.id) == []


def test_an_orphan_nobody_returned_with_is_found_by_the_list(shop: Shop, poll, later):
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    poll(later(minutes=46))
    shop.bank.pay(authority, "callback_lost")

    poll(later(minutes=52))
    poll(later(minutes=53))

    assert [(o.found_by, o.state) for o in shop.orphans()] == [("sweep", OrphanState.RETURNED)]
    assert shop.truth(payment) == "REVERSED"


def test_money_in_a_session_we_never_heard_of_is_found_by_our_token(shop: Shop, poll, later):
    payment = shop.ask()
    shop.bank.script("request", "timeout_done")
    with pytest.raises(Problem):
        shop.send_to_bank(payment)
    unheard = shop.bank.payments()[0]["authority"]
    shop.bank.pay(unheard, "callback_lost")

    poll(later(minutes=6))
    poll(later(minutes=7))

    assert shop.attempt(payment).authority == unheard
    assert [orphan.state for orphan in shop.orphans()] == [OrphanState.RETURNED]


def test_an_orphan_that_cannot_go_back_waits_for_a_person(shop: Shop, poll, later):
    """Rule R26."""
    payment = shop.ask(909_942)  # the bank refuses every reversal of this amount
    authority = shop.send_to_bank(payment)
    poll(later(minutes=46))
    shop.come_back(shop.bank.pay(authority)["redirect"], now=later(minutes=47))
    poll(later(minutes=48))
    assert shop.orphans()[0].state == OrphanState.NEEDS_PERSON
    assert shop.reversals()[0].last_code == "-60"


# 10 · what nobody can tell ends with a person


def test_endless_silence_ends_with_a_person_and_can_still_end_well(shop: Shop, poll, later):
    payment = shop.ask()
    address = shop.pay(payment)
    shop.bank.script("*", "timeout_not_done", times=500)
    shop.come_back(address)
    moment = later(seconds=0)
    for _ in range(12):
        due = shop.attempt(payment).next_check_at
        if due is None:
            break
        moment = max(due, moment + timedelta(seconds=1))
        poll(moment)

    assert shop.attempt(payment).state == AttemptState.NEEDS_REVIEW
    assert shop.see(payment).state == PaymentState.NEEDS_REVIEW
    assert shop.attempt(payment).next_check_at is None

    shop.bank.http.delete("/control/faults")
    check_attempt(business_id=shop.business.id, attempt_id=shop.attempt(payment).id, now=moment)
    assert shop.see(payment).state == PaymentState.SETTLED


# 15 · chaos on the wire


@pytest.mark.parametrize(
    "ending", [9901, 9902, 9903, 9904, 9905, 9906, 9909, 9911, 9912, 9913, 9914, 9915, 9916, 9918]
)
def test_whatever_the_wire_does_the_money_is_credited_once(
    shop: Shop, poll, later, ending, purchases_of
):
    payment = shop.ask(1_000_000 + ending)
    shop.come_back(shop.pay(payment))
    for seconds in (5, 20, 80, 380):
        poll(later(seconds=seconds))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert shop.truth(payment) == "VERIFIED"
    assert [p.total_rial for p in purchases_of(shop.business.id)] == [1_000_000 + ending]
    assert shop.is_well()


@pytest.mark.parametrize("ending", [9931, 9932])
def test_a_silent_inquiry_only_delays(shop: Shop, poll, later, ending):
    payment = shop.ask(1_000_000 + ending)
    shop.pay(payment, "callback_lost")
    for seconds in (30, 36, 60):
        poll(later(seconds=seconds))
    assert shop.see(payment).state == PaymentState.SETTLED


# Killed between the bank's yes and our book


def test_a_kill_after_the_banks_yes_is_made_good(
    shop: Shop, poll, later, monkeypatch, purchases_of
):
    payment = shop.ask()
    address = shop.pay(payment)

    class Killed(BaseException):
        """Nothing catches a kill."""

    def die(*_args):
        raise Killed

    monkeypatch.setattr("payments.operations.check._apply", die)
    with pytest.raises(Killed):
        shop.come_back(address)
    monkeypatch.undo()
    assert shop.truth(payment) == "VERIFIED"
    assert shop.come_back(address).state == PaymentState.PROCESSING  # the dead one's lease

    poll(later(seconds=61))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1


# The shop's own book against ours


def test_a_sale_the_shop_recorded_itself_is_not_recorded_twice(shop: Shop, purchases_of):
    payment = shop.ask(external_id="inv-1")
    with acting_for(shop.business.id):
        sale = NewPurchase(
            external_id="inv-1",
            channel="web",
            lines=(NewLine(name="لاته", unit_price_rial=900_000),),
        )
        (recorded,) = record_purchases(purchases=[sale], source="api", now=shop.now)

    shop.come_back(shop.pay(payment))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert shop.see(payment).purchase_id == recorded.purchase_id
    assert len(purchases_of(shop.business.id)) == 1


def test_money_is_credited_even_when_the_branch_is_gone(shop: Shop, purchases_of):
    payment = shop.ask(branch_code="main")
    address = shop.pay(payment)
    with acting_for(shop.business.id), connection.cursor() as cursor:
        cursor.execute("UPDATE businesses_branch SET code = 'moved'")

    shop.come_back(address)

    assert shop.see(payment).state == PaymentState.SETTLED
    (purchase,) = purchases_of(shop.business.id)
    assert (purchase.total_rial, purchase.branch_id) == (900_000, None)
    assert purchase.external_id == f"payment-{payment.id}"
