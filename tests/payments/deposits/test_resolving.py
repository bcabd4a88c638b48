"""One-click decisions: each moves the money once, leaves a trace, and keeps the books true."""

import pytest

from businesses.queries import audit_trail
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.enums import BookAccount, PaymentState
from payments.enums.deposits import DepositReason, DepositState
from payments.models import DepositReturn
from payments.operations import cancel_payment, poll_due
from payments.operations.deposits import (
    Part,
    Rest,
    accept_deposit,
    fail_return,
    finish_return,
    ignore_deposit,
    return_deposit,
    split_deposit,
)
from tests.payments.deposits.conftest import THEIRS


def decide(till, what, deposit, **how):
    with acting_for(till.business.id):
        return what(deposit_id=deposit.id, by="test", now=till.now, **how)


def returns(till, deposit):
    with acting_for(till.business.id):
        return list(DepositReturn.objects.filter(deposit=deposit).order_by("ordered_at"))


def test_a_stray_deposit_is_taken_for_an_invoice(till):
    invoice = till.invoice(900_000, customer=CustomerHint(mobile="09121234567"))
    deposit = till.hear(900_000)
    decide(till, accept_deposit, deposit, payment_id=invoice.id)
    assert till.see(deposit.id).state == DepositState.CONFIRMED
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    assert till.alerts() == []
    with acting_for(till.business.id):
        assert audit_trail().filter(action="deposit.accepted").count() == 1
    assert till.wrongs() == []


def test_a_stray_deposit_is_taken_for_a_customer(till):
    sara = till.customer()
    deposit = till.hear(400_000)
    decide(till, accept_deposit, deposit, customer_id=sara)
    (sale,) = till.purchases()
    assert (sale.customer_id, sale.total_rial) == (sara, 400_000)
    assert till.wrongs() == []


def test_a_deposit_is_decided_once(till):
    sara = till.customer()
    deposit = till.hear(400_000)
    decide(till, accept_deposit, deposit, customer_id=sara)
    for again, how in (
        (accept_deposit, {"customer_id": sara}),
        (return_deposit, {}),
        (ignore_deposit, {"note": ""}),
    ):
        with pytest.raises(Problem, match="deposit_not_waiting"):
            decide(till, again, deposit, **how)
    assert len(till.purchases()) == 1


def test_too_much_pays_the_invoice_and_the_rest_waits(till):
    invoice = till.invoice(900_000)
    deposit = till.hear(1_000_000, till.identifier(payment_id=invoice.id).digits)
    assert deposit.reason == DepositReason.OVER
    decide(till, accept_deposit, deposit, payment_id=invoice.id)
    left = till.see(deposit.id)
    assert (left.state, left.open_rial) == (DepositState.UNMATCHED, 100_000)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    assert till.book(BookAccount.UNMATCHED) == -100_000
    assert till.wrongs() == []
    decide(till, accept_deposit, left, customer_id=till.customer())
    assert till.see(deposit.id).state == DepositState.CONFIRMED
    assert till.wrongs() == []


def test_too_much_with_a_customer_named_leaves_nothing(till):
    invoice = till.invoice(900_000)
    deposit = till.hear(1_000_000, till.identifier(payment_id=invoice.id).digits)
    decide(till, accept_deposit, deposit, payment_id=invoice.id, customer_id=till.customer())
    assert sorted(sale.total_rial for sale in till.purchases()) == [100_000, 900_000]
    assert till.wrongs() == []


def test_too_much_goes_back_in_two_steps(till):
    invoice = till.invoice(900_000)
    digits = till.identifier(payment_id=invoice.id).digits
    deposit = till.hear(1_000_000, digits, source_iban=THEIRS)
    decide(till, accept_deposit, deposit, payment_id=invoice.id, rest=Rest.RETURN)
    (order,) = returns(till, deposit)
    assert (order.amount_rial, order.to_iban, order.state) == (100_000, THEIRS, "ordered")
    assert till.book(BookAccount.IN_TRANSIT) == -100_000
    assert till.book(BookAccount.BANK) == 1_000_000
    with acting_for(till.business.id):
        with pytest.raises(Problem, match="reference_missing"):
            finish_return(return_id=order.id, bank_reference=" ", by="test", now=till.now)
        finish_return(return_id=order.id, bank_reference="77", by="test", now=till.now)
        with pytest.raises(Problem, match="return_over"):
            fail_return(return_id=order.id, by="test", now=till.now)
    assert till.book(BookAccount.BANK) == 900_000
    assert till.book(BookAccount.IN_TRANSIT) == 0
    assert till.wrongs() == []


def test_too_little_waits_for_the_top_up_and_is_credited_once_whole(till):
    invoice = till.invoice(900_000)
    digits = till.identifier(payment_id=invoice.id).digits
    first = till.hear(600_000, digits)
    assert first.reason == DepositReason.UNDER
    decide(till, accept_deposit, first, payment_id=invoice.id)
    assert till.payment(invoice.id).state == PaymentState.CREATED
    assert till.purchases() == []
    assert till.book(BookAccount.UNMATCHED) == -600_000
    second = till.hear(300_000, digits)
    assert second.state == DepositState.CONFIRMED
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    assert till.book(BookAccount.UNMATCHED) == 0
    assert till.wrongs() == []


def test_a_part_that_waits_in_vain_comes_back_to_the_queue(till, as_role):
    invoice = till.invoice(900_000)
    first = till.hear(600_000, till.identifier(payment_id=invoice.id).digits)
    decide(till, accept_deposit, first, payment_id=invoice.id)
    with acting_for(till.business.id):
        cancel_payment(payment_id=invoice.id, now=till.now)
    with as_role("vafa_worker"):
        poll_due(now=till.now)
    back = till.see(first.id)
    assert (back.state, back.open_rial) == (DepositState.UNMATCHED, 600_000)
    assert till.wrongs() == []


def test_one_transfer_for_several_invoices_and_a_customer(till):
    one, two = till.invoice(300_000), till.invoice(500_000)
    deposit = till.hear(1_000_000)
    parts = [
        Part(amount_rial=300_000, payment_id=one.id),
        Part(amount_rial=500_000, payment_id=two.id),
        Part(amount_rial=200_000, customer_id=till.customer()),
    ]
    decide(till, split_deposit, deposit, parts=parts)
    assert till.see(deposit.id).state == DepositState.CONFIRMED
    assert sorted(sale.total_rial for sale in till.purchases()) == [200_000, 300_000, 500_000]
    assert till.wrongs() == []


def test_a_split_that_asks_too_much_changes_nothing(till):
    one = till.invoice(300_000)
    deposit = till.hear(500_000)
    for parts, code in (
        ([Part(amount_rial=300_001, payment_id=one.id)], "payment_overpaid"),
        (
            [
                Part(amount_rial=300_000, payment_id=one.id),
                Part(amount_rial=200_001, customer_id=till.customer()),
            ],
            "deposit_overspent",
        ),
        ([], "nothing_to_split"),
        ([Part(amount_rial=0, payment_id=one.id)], "deposit_overspent"),
    ):
        with pytest.raises(Problem, match=code):
            decide(till, split_deposit, deposit, parts=parts)
    assert till.see(deposit.id).open_rial == 500_000
    assert till.payment(one.id).state == PaymentState.CREATED
    assert till.wrongs() == []


def test_a_late_deposit_is_accepted_by_a_person(till, minutes, as_role):
    invoice = till.invoice(900_000)
    digits = till.identifier(payment_id=invoice.id).digits
    till.now += minutes(6 * 24 * 60)
    with as_role("vafa_worker"):
        poll_due(now=till.now)
    assert till.payment(invoice.id).state == PaymentState.EXPIRED
    deposit = till.hear(900_000, digits)
    assert deposit.reason == DepositReason.LATE
    decide(till, accept_deposit, deposit, payment_id=invoice.id)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    assert till.wrongs() == []


def test_the_owners_own_transfer_is_nobodys(till):
    deposit = till.hear(5_000_000)
    decide(till, ignore_deposit, deposit, note="جابه‌جایی بین دو حساب خودم")
    assert till.see(deposit.id).state == DepositState.IGNORED
    assert till.book(BookAccount.OWNER) == -5_000_000
    assert till.book(BookAccount.UNMATCHED) == 0
    assert till.purchases() == []
    assert till.wrongs() == []


def test_a_whole_deposit_goes_back_and_may_fail_to(till):
    deposit = till.hear(700_000, source_iban=THEIRS)
    first = decide(till, return_deposit, deposit, note="اشتباه واریز شده")
    assert till.see(deposit.id).state == DepositState.RETURNING
    with acting_for(till.business.id):
        fail_return(return_id=first, by="test", now=till.now)
    failed = till.see(deposit.id)
    assert (failed.state, failed.open_rial) == (DepositState.RETURN_FAILED, 700_000)
    assert till.book(BookAccount.UNMATCHED) == -700_000
    second = decide(till, return_deposit, failed)
    with acting_for(till.business.id):
        finish_return(return_id=second, bank_reference="88", by="test", now=till.now)
    assert till.see(deposit.id).state == DepositState.RETURNED
    assert till.book(BookAccount.BANK) == 0
    assert till.wrongs() == []


def test_decisions_about_nothing_are_refused(till, other_business):
    stray = till.hear(400_000)
    with pytest.raises(NotFound), acting_for(other_business.id):
        accept_deposit(deposit_id=stray.id, customer_id=stray.id, by="x", now=till.now)
    with pytest.raises(NotFound):
        decide(till, accept_deposit, stray, customer_id=stray.id)
