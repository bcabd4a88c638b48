"""The ways a payment goes wrong (scenarios of the bank), and what must hold all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.operations import NewLine, NewPurchase, record_purchases
from payments.enums import AttemptState, OrphanState, PaymentState, ReversalReason, ReversalState
from payments.operations import check_attempt
from payments.providers.zarinpal import Zarinpal
from payments.queries.invariants import broken
from tests.payments.conftest import Shop
from tests.payments.test_paying import events


def all_is_well(shop: Shop) -> bool:
    with acting_for(shop.business.id):
        return broken(shop.now) == []


# 1 · lost callback


def test_a_lost_return_is_found_by_inquiry_and_credited_once(shop: Shop, poll, later, purchases_of):
    payment = shop.ask()
    shop.pay(payment, "callback_lost")

    assert poll(later(seconds=29)) == 0
    poll(later(seconds=30))
    poll(later(seconds=130))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1
    assert [call.operation for call in shop.calls()] == ["request", "inquire", "confirm"]
    assert all_is_well(shop)


def test_a_lost_return_is_found_by_the_list_when_inquiry_is_silent(shop: Shop, poll, later):
    payment = shop.ask()
    shop.pay(payment, "callback_lost")
    shop.bank.script("inquiry", "timeout_not_done", times=50)
    for seconds in (30, 35, 50, 110):
        poll(later(seconds=seconds))
    assert shop.see(payment).state == PaymentState.PROCESSING

    poll(later(minutes=5, seconds=1))

    assert shop.see(payment).state == PaymentState.SETTLED


def test_a_terminal_that_confirms_by_itself_needs_no_return(shop: Shop, poll, later):
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    merchant = shop.bank.payments()[0]["merchant_id"]
    shop.bank.merchant(merchant, policy="AUTO_FINAL")
    shop.bank.pay(authority, "callback_lost")
    assert shop.truth(payment) == "VERIFIED"

    poll(later(seconds=30))

    assert shop.see(payment).state == PaymentState.SETTLED


# 2 · duplicate callbacks (the parallel ones are in test_parallel.py)


def test_repeated_returns_change_nothing(shop: Shop, purchases_of, later):
    payment = shop.ask()
    address = shop.pay(payment)
    places = [shop.come_back(address) for _ in range(3)]
    places.append(shop.come_back(address, now=later(hours=3)))

    assert {(place.state, place.pay_token) for place in places} == {
        (PaymentState.SETTLED, payment.pay_token)
    }
    assert len(purchases_of(shop.business.id)) == 1
    assert len(shop.calls("confirm")) == 1
    assert len(events(shop, "payment.settled")) == 1


def test_callbacks_are_kept_as_evidence_but_not_without_end(shop: Shop):
    address = shop.pay(shop.ask())
    for _ in range(25):
        shop.come_back(address)
    assert len(shop.calls("callback")) == 20


# 3 · forged and replayed


def test_a_forged_success_for_an_unpaid_session_is_not_believed(shop: Shop):
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    token = shop.attempt(payment).callback_token
    shop.come_back(f"/pay/return/{token}/?Authority={authority}&Status=OK")

    assert shop.see(payment).state == PaymentState.PROCESSING
    assert shop.attempt(payment).state == AttemptState.RETURNED
    assert shop.attempt(payment).provider_ref is None


def test_a_paid_session_of_a_cheaper_payment_pays_nothing_else(shop: Shop):
    cheap, dear = shop.ask(10_000), shop.ask(5_000_000)
    address = shop.pay(cheap)
    shop.send_to_bank(dear)
    token = shop.attempt(dear).callback_token
    query = address.partition("?")[2]

    with pytest.raises(Problem) as refusal:
        shop.come_back(f"/pay/return/{token}/?{query}")

    assert refusal.value.code == "callback_mismatch"
    assert shop.see(dear).state == PaymentState.PROCESSING
    assert [call.outcome for call in shop.calls("callback")] == ["mismatch"]


def test_a_callback_of_another_business_pays_nothing(shop: Shop, other_shop: Shop):
    mine, theirs = shop.ask(), other_shop.ask()
    address = other_shop.pay(theirs)
    shop.send_to_bank(mine)
    token, query = shop.attempt(mine).callback_token, address.partition("?")[2]
    with pytest.raises(Problem):
        shop.come_back(f"/pay/return/{token}/?{query}")
    assert shop.see(mine).state == PaymentState.PROCESSING
    assert other_shop.see(theirs).state == PaymentState.PROCESSING


@pytest.mark.parametrize("token", ["", "x", "a" * 44, "../../etc", "\x00" * 44, "é" * 44])
def test_an_invented_address_finds_nothing(shop: Shop, token: str):
    with pytest.raises(NotFound):
        shop.come_back(f"/pay/return/{token}/?Authority=S1&Status=OK")


def test_a_token_grafted_on_another_business_finds_nothing(shop: Shop, other_shop: Shop):
    payment, theirs = shop.ask(), other_shop.ask()
    address = shop.pay(payment)
    grafted = theirs.pay_token[:22] + shop.attempt(payment).callback_token[22:]
    with pytest.raises(NotFound):
        shop.come_back(f"/pay/return/{grafted}/?{address.partition('?')[2]}")


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
    assert all_is_well(shop)


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
    assert all_is_well(shop)


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
