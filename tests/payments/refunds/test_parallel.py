"""Many at once, in real connections that really commit."""

from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection

from core.errors import Problem
from core.tenancy import acting_for
from payments.models import ProviderAccount, Transfer
from payments.operations import poll_due, reverse_payment
from payments.operations.refunds import ask_refund, run_transfer
from tests.payments.conftest import Shop
from tests.payments.refunds.conftest import RefundShop


@pytest.fixture
def refunds(committed, business, bank, now, out, poll) -> RefundShop:
    with acting_for(business.id, durable=True):
        ProviderAccount.objects.update(families=["gateway", "refunds"])
    return RefundShop(Shop(business, bank, now), out, now, poll)


def test_twenty_full_refunds_at_once_are_one(refunds: RefundShop, in_parallel):
    payment = refunds.sold()

    def ask() -> str:
        number = f"r-{uuid4().hex}"
        try:
            with acting_for(refunds.business_id, durable=True):
                asked = ask_refund(
                    payment_id=payment.id, external_id=number, by="x", now=refunds.now
                )
        except Problem as problem:
            return problem.code
        run_transfer(business_id=refunds.business_id, transfer_id=asked.id, now=refunds.now)
        return "asked"

    said = Counter(in_parallel(*[ask] * 20))

    assert said["asked"] == 1
    assert set(said) == {"asked", "refund_exceeds_payment"}
    assert refunds.out.out_rial() == refunds.shop.see(payment).refunded_rial == 900_000


def test_reversal_and_refund_at_once_take_the_money_once(refunds: RefundShop, in_parallel):
    payment = refunds.shop.buy()

    def reverse() -> str:
        try:
            reverse_payment(
                business_id=refunds.business_id, payment_id=payment.id, by="x", now=refunds.now
            )
        except Problem as problem:
            return problem.code
        return "reversed"

    def refund() -> str:
        try:
            with acting_for(refunds.business_id, durable=True):
                ask_refund(
                    payment_id=payment.id,
                    external_id=uuid4().hex,
                    amount_rial=500_000,
                    by="x",
                    now=refunds.now,
                )
        except Problem as problem:
            return problem.code
        return "refunded"

    said = Counter(in_parallel(*[reverse, refund] * 5))

    assert (said["reversed"] > 0) != (said["refunded"] > 0)
    assert said["refunded"] <= 1
    refunds.wait(seconds=0)
    back = refunds.out.out_rial() + (900_000 if said["reversed"] else 0)
    assert refunds.shop.see(payment).refunded_rial == back <= 900_000


def test_ten_workers_send_a_refund_once(refunds: RefundShop, in_parallel):
    refunds.out.idempotent = False
    payment = refunds.sold()
    with acting_for(refunds.business_id, durable=True):
        asked = ask_refund(
            payment_id=payment.id, external_id="r-1", amount_rial=300_000, by="x", now=refunds.now
        )

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute('SET ROLE "vafa_worker"')
        poll_due(now=refunds.now)

    in_parallel(*[work] * 10)

    assert refunds.out.asked.count("refund") == 1
    with acting_for(refunds.business_id):
        assert Transfer.objects.get(id=asked.id).state == "paid"
