"""Money back, whole or in part: which way it goes, what it does, what it refuses."""

from datetime import date, datetime, timedelta

import pytest

from core.calendar import TEHRAN
from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import NewLine, NewReturnLine, record_return
from payments.enums import PaymentState
from payments.enums.refunds import RefundRoute, RefundState, Waiting
from payments.models import BankHoliday, Payment
from payments.operations.refunds import (
    ask_refund,
    cancel_transfer,
    decide,
    pay_again,
    preview_refund,
    register_refund_effect,
    set_refund_policy,
    try_again,
)
from payments.operations.refunds.effects import _effects
from payments.providers.contract import TransferState
from tests.payments.refunds.conftest import RefundShop
from tests.payments.test_paying import events


def test_inside_the_window_the_whole_payment_is_undone(refunds: RefundShop, purchases_of):
    payment = refunds.shop.buy()
    refund = refunds.ask(payment)

    assert (refund.route, refund.state) == (RefundRoute.REVERSE, RefundState.PAID)
    assert refunds.shop.truth(payment) == "REVERSED"
    assert refunds.shop.see(payment).state == PaymentState.REVERSED
    assert refunds.shop.see(payment).refunded_rial == 900_000
    assert refunds.out.sent == []
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000
    assert events(refunds.shop, "refund.paid")[0]["paid_rial"] == 900_000
    assert refunds.is_well()


def test_after_the_window_money_goes_back_through_the_gateway(refunds: RefundShop, purchases_of):
    payment = refunds.sold()
    before = refunds.books()
    refund = refunds.ask(payment)

    assert (refund.route, refund.state) == (RefundRoute.GATEWAY, RefundState.PAID)
    assert refunds.shop.see(payment).state == PaymentState.SETTLED
    assert refunds.shop.see(payment).refunded_rial == refunds.out.out_rial() == 900_000
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000
    after = refunds.books()
    assert after["provider"] == before["provider"] - 900_000
    assert after["refunds"] == 900_000
    assert "in_transit" not in after
    told = [events(refunds.shop, name) for name in ("refund.requested", "refund.paid")]
    assert [len(one) for one in told] == [1, 1]
    assert refunds.is_well()


def test_a_refused_reversal_goes_on_as_a_refund(refunds: RefundShop):
    payment = refunds.shop.buy(909_942)  # the provider's bank cannot reverse this one
    refund = refunds.ask(payment)

    assert (refund.route, refund.state) == (RefundRoute.GATEWAY, RefundState.PAID)
    assert refunds.out.out_rial() == 909_942
    assert refunds.shop.see(payment).state == PaymentState.SETTLED
    assert refunds.is_well()


def test_two_equal_parts_with_numbers_of_their_own_both_go(refunds: RefundShop, purchases_of):
    payment = refunds.sold()
    first, second = refunds.ask(payment, 300_000), refunds.ask(payment, 300_000)

    assert {first.state, second.state} == {RefundState.PAID}
    assert first.id != second.id
    assert refunds.out.out_rial() == 600_000
    assert purchases_of(refunds.business_id)[0].returned_rial == 600_000
    with pytest.raises(Problem) as refusal:
        refunds.ask(payment, 300_001)
    assert refusal.value.code == "refund_exceeds_payment"
    assert refusal.value.extra["left_rial"] == 300_000
    assert refunds.is_well()


def test_the_same_number_is_one_refund(refunds: RefundShop):
    payment = refunds.sold()
    first = refunds.ask(payment, 300_000, external_id="r-1")
    again = refunds.ask(payment, 300_000, external_id="r-1")

    assert first.id == again.id
    assert refunds.out.asked.count("refund") == 1
    with pytest.raises(Problem) as refusal:
        refunds.ask(payment, 400_000, external_id="r-1")
    assert refusal.value.code == "external_id_conflict"


def test_lines_come_back_as_they_were_sold(refunds: RefundShop, purchases_of):
    lines = [
        NewLine(name="لاته", sku="latte", quantity=3, unit_price_rial=200_000),
        NewLine(name="کیک", sku="cake", unit_price_rial=300_000),
    ]
    payment = refunds.sold(lines=lines)
    refund = refunds.ask(payment, lines=[NewReturnLine(sku="latte", quantity=2)])

    assert refund.amount_rial == refunds.out.out_rial() == 400_000
    (purchase,) = purchases_of(refunds.business_id)
    assert purchase.returned_rial == 400_000
    rest = refunds.ask(payment)
    assert (rest.amount_rial, rest.state) == (500_000, RefundState.PAID)


def test_goods_that_came_back_before_are_not_returned_twice(refunds: RefundShop, purchases_of):
    payment = refunds.sold()
    assert payment.purchase_id is not None
    with acting_for(refunds.business_id):
        record_return(
            purchase_id=payment.purchase_id, external_id="x", amount_rial=900_000, now=refunds.now
        )
    refund = refunds.ask(payment, 400_000, records_return=False)

    assert refund.state == RefundState.PAID
    assert purchases_of(refunds.business_id)[0].returned_rial == 900_000


def test_below_the_least_nothing_is_asked(refunds: RefundShop):
    payment = refunds.sold()
    with pytest.raises(Problem) as refusal:
        refunds.ask(payment, 19_999)
    assert refusal.value.code == "invalid_refund_amount"
    assert refunds.out.asked == []


def test_what_was_not_paid_is_not_given_back(refunds: RefundShop):
    payment = refunds.shop.ask()
    with pytest.raises(Problem) as refusal:
        refunds.ask(payment)
    assert refusal.value.code == "payment_not_refundable"


def test_one_refund_where_only_one_is_allowed(refunds: RefundShop):
    refunds.out.once = True
    payment = refunds.sold()
    refunds.ask(payment, 300_000)
    with pytest.raises(Problem) as refusal:
        refunds.ask(payment, 300_000)
    assert refusal.value.code == "refund_once_only"


def test_a_preview_tells_and_changes_nothing(refunds: RefundShop):
    payment = refunds.sold()
    effect = lambda back, now: {"points_taken": back.returned_rial // 100_000}  # noqa: E731
    register_refund_effect(effect)
    try:
        with acting_for(refunds.business_id):
            told = preview_refund(payment_id=payment.id, amount_rial=300_000, now=refunds.now)
    finally:
        _effects.remove(effect)

    assert (told.amount_rial, told.left_rial) == (300_000, 600_000)
    assert (told.route, told.fee_rial) == (RefundRoute.GATEWAY, 0)
    assert told.effects["points_taken"] == 3
    assert told.returned is not None
    assert told.returned.amount_rial == 300_000
    assert refunds.shop.see(payment).refunded_rial == 0
    assert refunds.out.asked == []


def test_it_is_cancelled_before_it_leaves(refunds: RefundShop, purchases_of):
    refunds.out.fate = TransferState.PENDING
    payment = refunds.sold()
    refund = refunds.ask(payment)
    assert (refund.state, refund.waiting) == (RefundState.SUBMITTED, Waiting.PROVIDER)

    with acting_for(refunds.business_id, durable=True):
        cancel_transfer(transfer_id=refund.id, by="سارا", now=refunds.now)
    refund = refunds.run(refund.id)

    assert refund.state == RefundState.CANCELLED
    assert refunds.shop.see(payment).refunded_rial == 0
    assert purchases_of(refunds.business_id)[0].returned_rial == 0
    assert events(refunds.shop, "refund.failed")[0]["state"] == "cancelled"
    assert refunds.is_well()


def test_on_its_way_it_cannot_be_stopped(refunds: RefundShop):
    refunds.out.fate = TransferState.IN_TRANSIT
    refund = refunds.ask(refunds.sold())
    with acting_for(refunds.business_id), pytest.raises(Problem) as refusal:
        cancel_transfer(transfer_id=refund.id, by="سارا", now=refunds.now)
    assert refusal.value.code == "not_cancellable"


def test_fees_are_in_the_books(refunds: RefundShop):
    refunds.out.fee_rial = 5_000
    payment = refunds.sold()
    before = refunds.books()
    refund = refunds.ask(payment, 300_000)

    after = refunds.books()
    assert refund.fee_rial == 5_000
    assert after["provider"] == before["provider"] - 305_000
    assert after["fees"] == before["fees"] + 5_000
    assert refunds.is_well()


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("end", [TransferState.FAILED, TransferState.RETURNED])
def test_the_fee_of_money_that_comes_back_is_where_the_provider_says(
    refunds: RefundShop, end, keeps
):
    """Scenario 11: some keep the fee of what failed, some give it back; the books say as told."""
    refunds.out.fee_rial, refunds.out.keeps_fees = 5_000, keeps
    returns = end is TransferState.RETURNED
    refunds.out.fate = TransferState.PAID if returns else TransferState.IN_TRANSIT
    payment = refunds.sold()
    before, wallet = refunds.books(), refunds.out.wallet_rial
    refund = refunds.ask(payment, 300_000)
    assert refunds.books()["provider"] == before["provider"] - 305_000

    refunds.out.become(refund.id, end)
    refunds.wait(days=1)

    kept = 5_000 if keeps else 0
    assert refunds.see(refund).fee_rial == kept
    assert refunds.books()["fees"] == before["fees"] + kept
    assert refunds.books()["provider"] == before["provider"] - kept
    assert refunds.out.wallet_rial == wallet - kept
    assert refunds.is_well()


def test_a_fee_told_only_once_it_arrived_is_in_the_books(refunds: RefundShop):
    refunds.out.fate = TransferState.IN_TRANSIT
    refund = refunds.ask(refunds.sold(), 300_000)
    before = refunds.books()
    refunds.out.charge(refund.id, 4_000)
    refunds.out.become(refund.id, TransferState.PAID)
    refunds.wait(minutes=2)

    assert refunds.see(refund).fee_rial == 4_000
    assert refunds.books()["fees"] == before["fees"] + 4_000
    assert refunds.is_well()


def test_a_payment_of_another_business_is_not_there(refunds: RefundShop, other_business):
    payment = refunds.sold()
    with acting_for(other_business.id), pytest.raises(Problem) as refusal:
        ask_refund(payment_id=payment.id, external_id="x", by="x", now=refunds.now)
    assert refusal.value.code == "not_found"


def test_paid_again_only_what_is_owed(refunds: RefundShop):
    refund = refunds.ask(refunds.sold())
    with acting_for(refunds.business_id), pytest.raises(Problem) as refusal:
        pay_again(transfer_id=refund.id, external_id="r-2", by="سارا", now=refunds.now)
    assert refusal.value.code == "nothing_owed"


def test_the_expected_day_is_one_on_which_banks_work(refunds: RefundShop):
    payment = refunds.sold()
    wednesday = datetime(2026, 12, 2, 10, tzinfo=TEHRAN)
    thursday = datetime(2026, 12, 3, 10, tzinfo=TEHRAN)
    with acting_for(refunds.business_id):
        usual = preview_refund(payment_id=payment.id, now=wednesday)
        over_friday = preview_refund(payment_id=payment.id, now=thursday)
        BankHoliday.objects.create(day=date(2026, 12, 5), is_closed=True)
        over_holiday = preview_refund(payment_id=payment.id, now=thursday)
    assert usual.expected_at == datetime(2026, 12, 3, 15, 45, tzinfo=TEHRAN)
    assert over_friday.expected_at == datetime(2026, 12, 5, 5, 45, tzinfo=TEHRAN)
    assert over_holiday.expected_at == datetime(2026, 12, 6, 5, 45, tzinfo=TEHRAN)


def test_the_day_is_told_anew_once_it_is_handed_over(refunds: RefundShop):
    refunds.out.fate = TransferState.IN_TRANSIT
    refunds.out.faults = ["short"]
    refund = refunds.ask(refunds.sold())
    early = refund.expected_at
    assert early is not None
    refunds.now += timedelta(days=4)
    with acting_for(refunds.business_id, durable=True):
        try_again(transfer_id=refund.id, now=refunds.now)
    refund = refunds.run(refund.id)
    assert refund.state == RefundState.IN_TRANSIT
    assert refund.expected_at is not None
    assert refund.expected_at > early


def test_money_for_a_payment_undone_meanwhile_waits_for_a_person(refunds: RefundShop):
    """The bank took the payment back before the refund was approved: nothing is sent twice."""
    payment = refunds.sold()
    with acting_for(refunds.business_id):
        set_refund_policy(approval_above_rial=0, return_days=None, now=refunds.now)
    refund = refunds.ask(payment, 300_000)
    with acting_for(refunds.business_id, durable=True):
        Payment.objects.filter(id=payment.id).update(state=PaymentState.REVERSED)
        decide(transfer_id=refund.id, decision="approve", by="علی", now=refunds.now)
    refund = refunds.run(refund.id)
    assert (refund.state, refund.waiting) == (RefundState.REQUESTED, Waiting.PERSON)
    assert refunds.out.sent == []
    assert refunds.alerts()[0].kind == "contradiction"
