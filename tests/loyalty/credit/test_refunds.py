"""A payment's refund kept here as store credit (N8, N9; issue 4 §2): never more than was paid."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase
from dashboard.web.refunds.showing import clock_of
from loyalty.models import StoreCredit
from loyalty.queries.credit import credit_of
from loyalty.queries.invariants import broken
from payments.models import Payment
from payments.operations.refunds import ask_refund, preview_refund
from payments.queries.invariants import broken as broken_payments
from tests.conftest import _owner_of
from tests.loyalty.credit.conftest import switch_on
from tests.payments.conftest import bank, poll, shop
from tests.payments.refunds.conftest import out, refunds
from tests.sandbox_server import fresh_sandbox, sandbox

__all__ = ["bank", "fresh_sandbox", "out", "poll", "refunds", "sandbox", "shop"]

FAR = timedelta(days=4000)
CREDIT: dict[str, Any] = {"destination": "store_credit"}


@pytest.fixture
def well(refunds):
    """Store credit is on; afterwards money and credit agree."""
    with acting_for(refunds.business_id):
        switch_on(refunds.now)
    yield
    with acting_for(refunds.business_id):
        assert broken(refunds.now + FAR) == []
        assert broken_payments(refunds.now) == []


def has(refunds):
    with acting_for(refunds.business_id):
        customer = Purchase.objects.get().customer_id
        assert customer is not None
        return credit_of(customer, refunds.now).balance_rial


def test_it_is_not_offered_before_the_owner_switches_it_on(refunds):
    payment = refunds.sold()
    with acting_for(refunds.business_id), pytest.raises(Problem) as caught:
        preview_refund(payment_id=payment.id, **CREDIT, now=refunds.now)
    assert caught.value.code == "store_credit_off"


def test_the_whole_of_it_is_told_before_and_done_at_once(refunds, well):
    """N8: the sale becomes a return with it; no money leaves."""
    payment = refunds.sold()
    with acting_for(refunds.business_id):
        told = preview_refund(payment_id=payment.id, **CREDIT, now=refunds.now)
    assert (told.amount_rial, told.route, told.fee_rial) == (900_000, "credit", 0)
    assert told.returned is not None
    assert told.returned.amount_rial == 900_000
    done = refunds.ask(payment, **CREDIT)
    assert (done.state, done.paid_rial) == ("paid", 900_000)
    assert done.confirmed_at is not None
    assert has(refunds) == 900_000
    with acting_for(refunds.business_id):
        assert Purchase.objects.get().returned_rial == 900_000
    assert refunds.books()["store_credit"] == -900_000
    assert refunds.parts(done) == []
    # Nothing left that could still come back: no days are waited for, and none are told.
    # Nor is it handed to a provider.
    asked, approved, added = clock_of(done)
    assert all(step.at != "—" for step in (asked, approved, added))
    assert "افزوده شد" in str(added.label)


def test_money_and_credit_together_never_exceed_what_was_paid(refunds, well):
    """R19, complaint 4.2: in parts, each its own way."""
    payment = refunds.sold()
    refunds.ask(payment, 300_000, **CREDIT)
    refunds.ask(payment, 400_000)
    refunds.wait(days=3)
    with acting_for(refunds.business_id), pytest.raises(Problem) as caught:
        ask_refund(
            payment_id=payment.id,
            amount_rial=200_001,
            external_id="x",
            by="t",
            now=refunds.now,
            **CREDIT,
        )
    assert caught.value.code == "refund_exceeds_payment"
    refunds.ask(payment, **CREDIT)
    assert has(refunds) == 500_000
    with acting_for(refunds.business_id):
        assert Purchase.objects.get().returned_rial == 900_000
        assert Payment.objects.get().refunded_rial == 900_000


def test_the_same_number_again_fills_once(refunds, well):
    """R42."""
    payment = refunds.sold()
    for _time in range(2):
        done = refunds.ask(payment, 200_000, external_id="r-1", **CREDIT)
    assert has(refunds) == 200_000
    assert done.state == "paid"


def test_what_cannot_be_filled_any_more_is_refused_whole(refunds, well):
    """The cap was reached meanwhile: neither credit nor return, and the payment is free again."""
    payment = refunds.sold()
    with acting_for(refunds.business_id, durable=True):
        asked = ask_refund(
            payment_id=payment.id, external_id="r-1", by="t", now=refunds.now, **CREDIT
        )
        switch_on(refunds.now, most_rial=100_000)
    done = refunds.run(asked.id)
    assert (done.state, done.last_code) == ("rejected", "store_credit_full")
    assert has(refunds) == 0
    with acting_for(refunds.business_id):
        assert Purchase.objects.get().returned_rial == 0
        assert Payment.objects.get().refunded_rial == 0


def test_a_payment_of_nobody_is_no_credit(refunds, well):
    payment = refunds.sold(customer=None)
    with acting_for(refunds.business_id), pytest.raises(Problem) as caught:
        preview_refund(payment_id=payment.id, **CREDIT, now=refunds.now)
    assert caught.value.code == "buyer_unknown"


def test_workers_at_once_fill_once(refunds, well, in_parallel):
    """R41: many hands on one refund."""
    payment = refunds.sold()
    with acting_for(refunds.business_id, durable=True):
        asked = ask_refund(
            payment_id=payment.id, external_id="r-1", by="t", now=refunds.now, **CREDIT
        )
    in_parallel(*[partial(refunds.run, asked.id)] * 8)
    assert has(refunds) == 900_000
    with acting_for(refunds.business_id):
        assert StoreCredit.objects.count() == 1


def test_the_manager_chooses_it_on_the_page_and_sees_what_it_does(refunds, well):
    """The page offers it where it is on; the button does what the preview said."""
    payment = refunds.sold()
    slug = refunds.shop.business.slug
    client = Client()
    client.force_login(_owner_of(refunds.shop.business))
    address = f"/b/{slug}/payments/{payment.id}/refund/"
    assert "اعتبار فروشگاه، اگر مشتری موافق است" in client.get(address).content.decode()
    typed = {
        "amount": "",
        "reason": "customer_request",
        "destination": "store_credit",
        "iban": "",
        "note": "",
        "number": "refund-page",
    }
    seen = client.post(f"{address}preview/", typed)
    assert "به‌صورت اعتبار فروشگاه" in seen.content.decode()
    assert client.post(address, typed).status_code == 302
    assert has(refunds) == 900_000
