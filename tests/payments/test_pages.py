"""What the buyer sees."""

import pytest
from django.test import Client
from django.utils import timezone

from core.calendar import format_jalali
from core.tenancy import acting_for
from customers.models import Case
from customers.operations import CustomerHint, NewLine
from payments.enums import PaymentState
from payments.operations import cancel_payment
from payments.providers.contract import Redirect
from tests.payments.conftest import Shop


@pytest.fixture
def now():
    """Return the real time: what answers here reads the clock itself."""
    return timezone.now()


@pytest.fixture
def buyer() -> Client:
    """Return a stranger's browser, with cross-site protection on."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def browser() -> Client:
    return Client()


def test_the_pay_page_names_shop_items_and_amount_in_toman(shop: Shop, buyer):
    lines = [NewLine(name="لاته", quantity=2, unit_price_rial=450_000)]
    payment = shop.ask(lines=lines, description="سفارش ۷")
    page = buyer.get(f"/p/{payment.pay_token}/").content.decode()
    for text in ("کافه نارنج", "لاته", "سفارش ۷", "۹۰٬۰۰۰", "تومان", "پرداخت"):
        assert text in page
    assert "<script>" not in page
    assert "style=" not in page


def test_the_button_leads_to_the_bank(shop: Shop, browser):
    payment = shop.ask()
    answer = browser.post(f"/p/{payment.pay_token}/")
    assert answer.status_code == 303
    authority = shop.attempt(payment).authority
    assert answer["Location"] == f"{shop.bank.base_url}/pg/StartPay/{authority}"


def test_a_bank_that_wants_a_form_gets_one_and_hears_whose_it_is(shop: Shop, browser, monkeypatch):
    way = Redirect(url="https://bank.test/pay", method="POST", fields={"RefId": 'A"<7'})
    monkeypatch.setattr("payments.web.views.start_attempt", lambda **_: way)
    answer = browser.post(f"/p/{shop.ask().pay_token}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert 'action="https://bank.test/pay"' in page
    assert 'name="RefId" value="A&quot;&lt;7"' in page
    assert "csrf" not in page
    assert "<script>" not in page


def test_the_button_needs_its_own_page(shop: Shop, buyer):
    payment = shop.ask()
    assert buyer.post(f"/p/{payment.pay_token}/").status_code == 403


def test_a_gateway_that_is_down_is_told_and_may_be_tried_again(shop: Shop, browser):
    payment = shop.ask()
    shop.bank.script("request", "html_500")
    answer = browser.post(f"/p/{payment.pay_token}/")
    assert answer.status_code == 502
    assert "درگاه" in answer.content.decode()
    assert browser.post(f"/p/{payment.pay_token}/").status_code == 303


def test_from_the_bank_to_the_receipt_without_a_cookie(shop: Shop, buyer):
    payment = shop.ask(customer=CustomerHint(mobile="09121234567"))
    address = shop.pay(payment).removeprefix("http://vafa.test")
    back = buyer.get(address)
    assert (back.status_code, back["Location"]) == (303, f"/p/{payment.pay_token}/receipt/")
    page = buyer.get(back["Location"]).content.decode()
    assert "پرداختتان رسید" in page
    assert "۹۰٬۰۰۰" in page
    assert "points-earned" in page
    settled_at = shop.see(payment).settled_at
    assert settled_at is not None
    assert format_jalali(settled_at, style="time") in page
    again = buyer.get(f"/p/{payment.pay_token}/")
    assert again["Location"] == back["Location"]


def test_a_return_by_post_needs_no_cookie_and_no_token(shop: Shop, buyer):
    payment = shop.ask()
    path, _, query = shop.pay(payment).removeprefix("http://vafa.test").partition("?")
    back = buyer.post(path, dict(pair.split("=") for pair in query.split("&")))
    assert back.status_code == 303
    assert shop.see(payment).state == PaymentState.SETTLED


def test_a_shop_with_a_page_of_its_own_gets_the_buyer_back(shop: Shop, buyer):
    payment = shop.ask(return_url="https://shop.example/back?order=7&a=")
    back = buyer.get(shop.pay(payment).removeprefix("http://vafa.test"))
    assert back["Location"] == (
        f"https://shop.example/back?order=7&a=&payment_id={payment.id}&status=settled"
    )


def test_while_the_bank_is_asked_the_buyer_waits_here(shop: Shop, buyer):
    payment = shop.ask(return_url="https://shop.example/back")
    address = shop.pay(payment).removeprefix("http://vafa.test")
    shop.bank.script("verify", "timeout_not_done")
    back = buyer.get(address)
    assert back["Location"] == f"/p/{payment.pay_token}/receipt/"
    page = buyer.get(back["Location"]).content.decode()
    assert 'hx-trigger="every 3s"' in page
    assert "داریم از بانک می‌پرسیم" in page


def test_after_a_failed_try_the_buyer_may_try_again(shop: Shop, buyer):
    payment = shop.ask()
    back = buyer.get(shop.pay(payment, "cancel").removeprefix("http://vafa.test"))
    page = buyer.get(back["Location"]).content.decode()
    assert f'href="/p/{payment.pay_token}/"' in page


def test_a_withdrawn_payment_shows_no_button(shop: Shop, buyer):
    payment = shop.ask()
    with acting_for(shop.business.id):
        cancel_payment(payment_id=payment.id, now=shop.now)
    answer = buyer.get(f"/p/{payment.pay_token}/", follow=True)
    assert "pay-button" not in answer.content.decode()
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/p/x/", "/p/x/receipt/", "/pay/return/x/", f"/p/{'a' * 44}/"])
def test_invented_addresses_are_not_found(shop: Shop, buyer, path):
    assert buyer.get(path).status_code == 404


def test_a_forged_return_is_refused_politely(shop: Shop, buyer):
    payment = shop.ask()
    shop.send_to_bank(payment)
    token = shop.attempt(payment).callback_token
    answer = buyer.get(f"/pay/return/{token}/", {"Authority": "S" + "1" * 35, "Status": "OK"})
    assert answer.status_code == 400
    assert shop.see(payment).state == PaymentState.PROCESSING


def test_markup_in_what_the_shop_said_stays_text(shop: Shop, buyer):
    payment = shop.ask(description="<script>alert(1)</script>")
    page = buyer.get(f"/p/{payment.pay_token}/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_a_complaint_without_words_is_told_beside_its_field(shop, client):
    payment = shop.ask()
    shop.come_back(shop.pay(payment))
    told = client.post(f"/p/{payment.pay_token}/complaint/", {"text": " \u200c\n"}, follow=True)
    page = told.content.decode()
    assert told.status_code == 200
    assert 'id="complaint-error"' in page
    assert '<details class="complaint" open>' in page
    with acting_for(shop.business.id):
        assert not Case.objects.exists()
    plain = client.get(f"/p/{payment.pay_token}/receipt/").content.decode()
    assert 'id="complaint-error"' not in plain
