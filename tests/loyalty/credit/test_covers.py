"""Store credit that pays part of an online payment (ADR 42, 70): held, spent once, back again."""

import re

from django.test import Client

from core.tenancy import acting_for
from core.text import latin_digits
from customers.operations import record_return
from customers.queries.people import find_customer
from messaging.models import Message
from payments.operations.covers.put import cover_by_credit, uncover_payment
from tests.loyalty.conftest import MOBILE
from tests.loyalty.covers.conftest import bank, checkout, fresh_sandbox, now, poll, sandbox, shop
from tests.loyalty.credit.conftest import filled, has, known, refused, switch_on

__all__ = ["bank", "checkout", "fresh_sandbox", "now", "poll", "sandbox", "shop"]


def _sara(checkout, *rials):
    with acting_for(checkout.business_id):
        switch_on(checkout.now)
        sara = known(checkout.now)
        for rial in rials:
            filled(sara, checkout.now, rial)
    return sara


def _cover(checkout, payment):
    with acting_for(checkout.business_id):
        cover_by_credit(payment_id=payment.id, now=checkout.now)
    return checkout.see(payment.id)


def _left(checkout, sara):
    with acting_for(checkout.business_id):
        return has(sara, checkout.now)


def test_it_pays_what_it_can_and_the_gateway_the_rest(checkout):
    """Two fillings are two covers; naming it again changes nothing; a return gives it back."""
    sara = _sara(checkout, 300_000, 150_000)
    payment = checkout.ask()
    for _time in range(2):
        seen = _cover(checkout, payment)
    assert (seen.amount_rial, seen.covered_rial, _left(checkout, sara)) == (550_000, 450_000, 0)
    checkout.shop.come_back(checkout.shop.pay(seen))
    assert checkout.tenders(payment) == [
        ("gateway", 550_000),
        ("store_credit", 150_000),
        ("store_credit", 300_000),
    ]
    with acting_for(checkout.business_id):
        record_return(purchase_id=checkout.sale(payment).id, external_id="r", now=checkout.now)
    assert _left(checkout, sara) == 450_000


def test_taken_off_it_is_there_again(checkout):
    sara = _sara(checkout, 300_000)
    payment = _cover(checkout, checkout.ask())
    [cover] = checkout.covers(payment)
    with acting_for(checkout.business_id):
        uncover_payment(payment_id=payment.id, cover_id=cover.id, now=checkout.now)
    assert (_left(checkout, sara), checkout.see(payment.id).amount_rial) == (300_000, 1_000_000)


def test_somebody_without_it_is_refused(checkout):
    _sara(checkout)
    payment = checkout.ask()
    with acting_for(checkout.business_id):
        asked = {"payment_id": payment.id, "now": checkout.now}
        assert refused(cover_by_credit, **asked) == "insufficient_store_credit"


def test_on_the_pay_page_only_with_the_payers_code(checkout):
    """Whoever has the link alone sees and spends none of it."""
    sara = _sara(checkout, 300_000)
    payment = checkout.ask()
    client, address = Client(), f"/p/{payment.pay_token}/"
    page = client.get(address).content.decode()
    assert "پرداخت با اعتبار شما" in page
    assert "۳۰٬۰۰۰" not in page
    assert "credit_code" in client.post(f"{address}credit/").content.decode()
    assert client.post(f"{address}credit/", {"credit_code": "000000"}).status_code == 409
    assert _left(checkout, sara) == 300_000
    with acting_for(checkout.business_id):
        assert find_customer(mobile=MOBILE) == sara
        text = latin_digits(Message.objects.latest("id").body)
    code = re.search(r"\d{6}", text)
    assert code is not None
    done = client.post(f"{address}credit/", {"credit_code": code.group()})
    assert done.status_code == 302
    assert "اعتبار شما در این فروشگاه" in client.get(address).content.decode()
    assert (checkout.see(payment.id).amount_rial, _left(checkout, sara)) == (700_000, 0)
