"""What is left of a deposit, decided again; and parts whose payment ended while they waited."""

from datetime import timedelta

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import PaymentState
from payments.enums.deposits import AllocationState, DepositReason, DepositState
from payments.models import Deposit, DepositAllocation
from payments.operations import cancel_payment, poll_due
from payments.operations.deposits import Part, accept_deposit, due, split_deposit


def decide(till, what, deposit, **how):
    with acting_for(till.business.id):
        return what(deposit_id=deposit.id, by="test", now=till.now, **how)


def held(till, deposit):
    with acting_for(till.business.id):
        rows = DepositAllocation.objects.filter(deposit=deposit, state=AllocationState.HELD)
        return list(rows.values_list("amount_rial", flat=True))


def test_one_invoice_may_be_given_two_parts_of_one_deposit(till):
    invoice, deposit = till.invoice(500_000), till.hear(1_000_000)
    part = Part(amount_rial=200_000, payment_id=invoice.id)
    decide(till, split_deposit, deposit, parts=[part])
    assert held(till, deposit) == [200_000]
    decide(till, accept_deposit, deposit, payment_id=invoice.id)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    left = till.see(deposit.id)
    assert (left.state, left.open_rial) == (DepositState.UNMATCHED, 500_000)
    assert till.wrongs() == []


def test_one_split_may_name_an_invoice_twice(till):
    invoice, deposit = till.invoice(500_000), till.hear(500_000)
    parts = [Part(amount_rial=250_000, payment_id=invoice.id)] * 2
    decide(till, split_deposit, deposit, parts=parts)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    with pytest.raises(Problem, match="deposit_not_waiting"):
        decide(till, split_deposit, deposit, parts=parts)
    assert till.wrongs() == []


def test_a_part_that_waits_in_vain_comes_back_while_the_rest_still_waits(till, as_role):
    invoice, deposit = till.invoice(900_000), till.hear(700_000)
    part = Part(amount_rial=600_000, payment_id=invoice.id)
    decide(till, split_deposit, deposit, parts=[part])
    with acting_for(till.business.id):
        cancel_payment(payment_id=invoice.id, now=till.now)
    with as_role("vafa_worker"):
        assert poll_due(now=till.now)
        assert not poll_due(now=till.now)
    back = till.see(deposit.id)
    assert (back.state, back.open_rial) == (DepositState.UNMATCHED, 700_000)
    assert back.reason == DepositReason.NO_IDENTIFIER
    assert till.wrongs() == []


def test_a_part_does_not_wait_for_an_invoice_that_ran_out(till, as_role):
    invoice = till.invoice(900_000)
    digits = till.identifier(payment_id=invoice.id).digits
    first = till.hear(600_000, digits)
    decide(till, accept_deposit, first, payment_id=invoice.id)
    till.now += timedelta(days=6)
    with as_role("vafa_worker"):
        poll_due(now=till.now)
    assert till.payment(invoice.id).state == PaymentState.EXPIRED
    back = till.see(first.id)
    assert (back.state, back.open_rial) == (DepositState.UNMATCHED, 600_000)
    assert back.reason == DepositReason.LATE
    # A person may still complete it: what is held from now on is held knowingly.
    decide(till, accept_deposit, first, payment_id=invoice.id)
    till.now += timedelta(minutes=1)
    with as_role("vafa_worker"):
        poll_due(now=till.now)
    assert held(till, first) == [600_000]
    second = till.hear(300_000, digits)
    decide(till, accept_deposit, second, payment_id=invoice.id)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    assert till.wrongs() == []


def test_a_dead_payments_part_does_not_hurry_the_provider(till, as_role, monkeypatch):
    invoice, deposit = till.invoice(900_000), till.hear(600_000)
    decide(till, accept_deposit, deposit, payment_id=invoice.id)
    with acting_for(till.business.id):
        # The provider did not answer our yes; it is asked again in a minute.
        Deposit.objects.filter(id=deposit.id).update(
            state=DepositState.AWAITING_CONFIRM,
            needs_confirm=True,
            taken_at=None,
            next_try_at=till.now + timedelta(minutes=1),
        )
        cancel_payment(payment_id=invoice.id, now=till.now)
    asked = []

    def ask(**how):
        asked.append(how["now"])
        return True

    monkeypatch.setattr(due, "run_deposit", ask)
    with as_role("vafa_worker"):
        poll_due(now=till.now)
        assert asked == []
        poll_due(now=till.now + timedelta(minutes=2))
    assert asked == [till.now + timedelta(minutes=2)]
