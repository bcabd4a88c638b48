"""Scenario 11, refund trouble: heard or not, in parts, no money, bounced, blocked, twice."""

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums.refunds import RefundState, Waiting
from payments.operations.refunds import (
    cancel_transfer,
    pay_again,
    settle_by_hand,
    try_again,
)
from payments.providers.contract import TransferState
from tests.payments.refunds.conftest import RefundShop
from tests.payments.test_paying import events


@pytest.mark.parametrize("idempotent", [True, False])
def test_unheard_but_done_is_found_by_asking(refunds: RefundShop, idempotent):
    refunds.out.idempotent = idempotent
    payment = refunds.sold()
    refunds.out.faults = ["unheard_done"]
    refund = refunds.ask(payment, 300_000)
    assert (refund.state, refund.waiting) == (RefundState.UNKNOWN, Waiting.ANSWER)

    refunds.wait(seconds=6)

    assert refunds.see(refund).state == RefundState.PAID
    assert refunds.out.asked == ["refund", "inquire_refund"]
    assert refunds.out.out_rial() == 300_000
    assert refunds.is_well()


def test_with_our_key_known_an_unheard_order_is_given_again_at_once(refunds: RefundShop):
    payment = refunds.sold()
    refunds.out.faults = ["unheard_not_done"]
    refund = refunds.ask(payment, 300_000)
    refunds.wait(seconds=6)
    refunds.wait(seconds=1)

    assert refunds.see(refund).state == RefundState.PAID
    assert refunds.out.asked == ["refund", "inquire_refund", "refund"]
    assert refunds.out.out_rial() == 300_000


def test_without_a_key_nothing_is_ordered_again_before_it_is_final(refunds: RefundShop):
    """«Not found» said too early would pay twice: the order may still be taken in."""
    refunds.out.idempotent = False
    payment = refunds.sold()
    refunds.out.faults = ["late"]
    refund = refunds.ask(payment, 300_000)

    for _look in range(4):
        refunds.wait(minutes=5)
    assert refunds.see(refund).state == RefundState.UNKNOWN
    assert refunds.out.asked.count("refund") == 1

    refunds.out.arrive_late()
    refunds.wait(minutes=15)
    assert refunds.see(refund).state == RefundState.PAID
    assert refunds.out.out_rial() == 300_000
    assert refunds.out.asked.count("refund") == 1


def test_without_a_key_it_is_ordered_again_once_not_found_is_final(refunds: RefundShop):
    refunds.out.idempotent = False
    payment = refunds.sold()
    refunds.out.faults = ["unheard_not_done"]
    refund = refunds.ask(payment, 300_000)
    refunds.wait(minutes=5)
    assert refunds.out.asked.count("refund") == 1
    refunds.wait(minutes=31)
    refunds.wait(seconds=1)

    assert refunds.see(refund).state == RefundState.PAID
    assert refunds.out.asked.count("refund") == 2
    assert refunds.out.out_rial() == 300_000


def test_without_a_key_a_second_refund_waits_for_the_first(refunds: RefundShop):
    refunds.out.idempotent = False
    payment = refunds.sold()
    refunds.out.faults = ["unheard_done"]
    first = refunds.ask(payment, 300_000)
    second = refunds.ask(payment, 300_000)
    assert (second.state, second.waiting) == (RefundState.REQUESTED, Waiting.PROVIDER)

    refunds.wait(minutes=2)
    refunds.wait(minutes=2)

    assert {refunds.see(first).state, refunds.see(second).state} == {RefundState.PAID}
    assert refunds.out.out_rial() == 600_000


def test_the_third_part_arrives_the_second_does_not(refunds: RefundShop, purchases_of):
    refunds.out.split, refunds.out.fate = 3, TransferState.IN_TRANSIT
    payment = refunds.sold()
    refund = refunds.ask(payment)
    assert (refund.state, refund.waiting) == (RefundState.IN_TRANSIT, Waiting.BANK)

    paid, failed = TransferState.PAID, TransferState.FAILED
    refunds.out.become(refund.id, paid, failed, paid)
    refunds.wait(minutes=2)

    refund = refunds.see(refund)
    assert (refund.state, refund.paid_rial) == (RefundState.PARTLY_PAID, 600_000)
    assert refunds.shop.see(payment).refunded_rial == 600_000
    assert refunds.books()["refunds"] == refunds.out.out_rial() == 600_000
    assert refunds.alerts()[0].kind == "refund_trouble"
    assert refunds.is_well()

    refunds.out.split, refunds.out.fate = 1, paid
    with acting_for(refunds.business_id, durable=True):
        asked = pay_again(transfer_id=refund.id, external_id="r-2", by="سارا", now=refunds.now)
    rest = refunds.run(asked.id)
    assert (rest.amount_rial, rest.state) == (300_000, RefundState.PAID)
    assert refunds.shop.see(payment).refunded_rial == refunds.out.out_rial() == 900_000
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000
    assert refunds.is_well()


def test_an_empty_wallet_holds_it_and_calls_a_person(refunds: RefundShop):
    refunds.out.wallet_rial = 100_000
    payment = refunds.sold()
    refund = refunds.ask(payment)
    assert (refund.state, refund.waiting) == (RefundState.REQUESTED, Waiting.BALANCE)
    assert refunds.alerts()[0].detail["what"] == "no_balance"
    assert refunds.shop.see(payment).refunded_rial == 900_000

    refunds.out.wallet_rial = 5_000_000
    with acting_for(refunds.business_id, durable=True):
        assert try_again(transfer_id=refund.id, now=refunds.now)
    refunds.wait(seconds=0)

    assert refunds.see(refund).state == RefundState.PAID
    assert refunds.alerts() == []
    assert refunds.is_well()


def test_an_empty_wallet_is_tried_again_by_itself(refunds: RefundShop):
    refunds.out.faults = ["short"]
    refund = refunds.ask(refunds.sold())
    refunds.wait(minutes=59)
    assert refunds.see(refund).state == RefundState.REQUESTED
    refunds.wait(minutes=2)
    assert refunds.see(refund).state == RefundState.PAID


def test_money_that_came_back_after_it_looked_paid(refunds: RefundShop, purchases_of):
    payment = refunds.sold()
    before = refunds.books()
    refund = refunds.ask(payment)
    assert refund.state == RefundState.PAID

    refunds.out.become(refund.id, TransferState.RETURNED)
    refunds.wait(days=1)

    refund = refunds.see(refund)
    assert (refund.state, refund.paid_rial) == (RefundState.RETURNED_AFTER_PAID, 0)
    assert refunds.books() == before
    assert refunds.shop.see(payment).refunded_rial == 0
    assert refunds.alerts()[0].kind == "refund_returned"
    assert events(refunds.shop, "refund.returned")[0]["owed_rial"] == 900_000
    # The goods are back: the sale stays a return, the customer is still owed the money.
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000

    with acting_for(refunds.business_id, durable=True):
        asked = pay_again(transfer_id=refund.id, external_id="again", by="سارا", now=refunds.now)
    assert refunds.run(asked.id).state == RefundState.PAID
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000
    assert refunds.out.out_rial() == 900_000
    assert refunds.is_well()


def test_paid_again_once_only(refunds: RefundShop):
    refund = refunds.ask(refunds.sold())
    refunds.out.become(refund.id, TransferState.RETURNED)
    refunds.wait(days=1)
    with acting_for(refunds.business_id, durable=True):
        pay_again(transfer_id=refund.id, external_id="a", by="سارا", now=refunds.now)
    with acting_for(refunds.business_id), pytest.raises(Problem) as refusal:
        pay_again(transfer_id=refund.id, external_id="b", by="سارا", now=refunds.now)
    assert refusal.value.code == "already_paid_again"


def test_money_that_stayed_is_confirmed_and_left_alone(refunds: RefundShop):
    refund = refunds.ask(refunds.sold())
    for _day in range(4):
        refunds.wait(days=1)
    refund = refunds.see(refund)
    assert refund.state == RefundState.PAID
    assert refund.confirmed_at is not None
    assert refund.next_try_at is None


def test_a_blocked_account_fails_on_the_way(refunds: RefundShop, purchases_of):
    refunds.out.fate = TransferState.IN_TRANSIT
    payment = refunds.sold()
    before = refunds.books()
    refund = refunds.ask(payment)
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000

    refunds.out.become(refund.id, TransferState.FAILED)
    refunds.wait(minutes=2)

    assert refunds.see(refund).state == RefundState.FAILED
    assert refunds.books() == before
    assert refunds.shop.see(payment).refunded_rial == 0
    assert events(refunds.shop, "refund.failed")[0]["state"] == "failed"
    assert refunds.is_well()


def test_a_refusal_leaves_the_sale_standing(refunds: RefundShop, purchases_of):
    refunds.out.faults = ["declined"]
    payment = refunds.sold()
    refund = refunds.ask(payment)
    assert refund.state == RefundState.REJECTED
    assert refunds.shop.see(payment).refunded_rial == 0
    assert purchases_of(refunds.business_id)[0].returned_rial == 0
    assert refunds.ask(payment).state == RefundState.PAID
    assert refunds.is_well()


def test_held_then_cancelled_at_the_provider(refunds: RefundShop):
    refunds.out.fate = TransferState.PENDING
    payment = refunds.sold()
    refund = refunds.ask(payment)
    refunds.out.become(refund.id, TransferState.CANCELLED)
    refunds.wait(minutes=2)
    assert refunds.see(refund).state == RefundState.CANCELLED
    assert refunds.shop.see(payment).refunded_rial == 0


def test_a_cancellation_that_comes_too_late_changes_nothing(refunds: RefundShop):
    refunds.out.fate = TransferState.PENDING
    refund = refunds.ask(refunds.sold())
    refunds.out.become(refund.id, TransferState.IN_TRANSIT)
    with acting_for(refunds.business_id, durable=True):
        cancel_transfer(transfer_id=refund.id, by="سارا", now=refunds.now)
    assert refunds.run(refund.id).state == RefundState.IN_TRANSIT


def test_a_process_that_died_after_its_intent_is_picked_up(refunds: RefundShop, monkeypatch):
    refunds.out.idempotent = False
    payment = refunds.sold()

    def die(*_said):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(refunds.out, "_order", die)
        with pytest.raises(SystemExit):
            refunds.ask(payment, 300_000, external_id="r-1")
    assert refunds.out.asked == []
    for _look in range(8):
        refunds.wait(minutes=6)
    refund = refunds.ask(payment, 300_000, external_id="r-1")
    assert refund.state == RefundState.PAID
    assert refunds.out.out_rial() == 300_000


def test_what_nobody_can_tell_is_a_persons(refunds: RefundShop):
    payment = refunds.sold()
    refunds.out.faults = ["unheard_done"] + ["silent"] * 20
    refund = refunds.ask(payment, 300_000)
    for _day in range(16):
        refunds.wait(hours=25)
    refund = refunds.see(refund)
    assert (refund.state, refund.waiting) == (RefundState.UNKNOWN, Waiting.PERSON)
    assert refunds.alerts()[0].detail["what"] == "unknown"

    with acting_for(refunds.business_id, durable=True):
        settle_by_hand(transfer_id=refund.id, paid=True, by="سارا", now=refunds.now)
    assert refunds.see(refund).state == RefundState.PAID
    assert refunds.books()["refunds"] == 300_000
    assert refunds.is_well()


def test_never_reached_is_tried_again_with_the_same_key(refunds: RefundShop):
    refunds.out.faults = ["refused", "refused"]
    refund = refunds.ask(refunds.sold(), 300_000)
    assert (refund.state, refund.waiting) == (RefundState.REQUESTED, Waiting.PROVIDER)
    refunds.wait(seconds=6)
    refunds.wait(seconds=16)
    assert refunds.see(refund).state == RefundState.PAID
    assert [one.key for one in refunds.out.sent] == [str(refund.id)]


def test_parts_worth_more_than_the_order_are_not_believed(refunds: RefundShop):
    payment = refunds.sold()
    refund = refunds.ask(payment, 300_000)
    refunds.out.sent[0].parts.append(refunds.out.sent[0].parts[0])
    refunds.out.sent[0].parts[1] = type(refunds.out.sent[0].parts[0])(
        reference="more", amount_rial=300_000, state=TransferState.PAID
    )
    refunds.wait(days=1)
    refund = refunds.see(refund)
    assert (refund.state, refund.waiting, refund.paid_rial) == (
        RefundState.PAID,
        Waiting.PERSON,
        300_000,
    )
    assert refunds.alerts()[0].kind == "amount_mismatch"
